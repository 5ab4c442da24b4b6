// Looking for a place among rising numbers.

/** How many of rising numbers are not above `value`. Only those from `first` to before `end` are looked at; those before count. */
export function countUpTo(numbers: ArrayLike<number>, value: number, first = 0, end = numbers.length): number {
  let [low, high] = [first, end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
