// Names near a name that was not found.

/** Names suggested at most. */
const SUGGESTIONS_MAX = 5;
/** Names looked at, and letters of each: a search takes milliseconds, however many there are. */
const LOOKED_AT_MAX = 20_000;
const LETTERS_MAX = 48;

/** The names most like `wanted`, the nearest first, each once. */
export function nearNames(wanted: string, names: Iterable<string>): string[] {
  const near = new Map<string, number>();
  let looked = 0;
  for (const name of names) {
    if (++looked > LOOKED_AT_MAX) break;
    if (near.has(name)) continue;
    const distance = distanceOf(fold(wanted), fold(name));
    if (distance !== undefined) near.set(name, distance);
  }
  const sorted = [...near].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  return sorted.slice(0, SUGGESTIONS_MAX).map(([name]) => name);
}

function fold(name: string): string {
  return name.slice(0, LETTERS_MAX).toLowerCase();
}

/** How far two names are apart, or `undefined` if they are not near. */
function distanceOf(wanted: string, name: string): number | undefined {
  if (wanted === name) return 0;
  if (!wanted || !name) return undefined;
  // chr1 is near chr1.2, and near HG002#1#chr1.
  if (name.startsWith(wanted) || wanted.startsWith(name) || name.endsWith(`#${wanted}`) || wanted.endsWith(`#${name}`)) return 0.5;
  // chr1 and 1.
  if (name === `chr${wanted}` || wanted === `chr${name}`) return 0.25;
  return edits(wanted, name, Math.max(1, Math.floor(wanted.length / 4)));
}

/** Insertions, deletions, substitutions and swaps of neighbours that make one name the other, if at most `max`. */
function edits(a: string, b: string, max: number): number | undefined {
  if (Math.abs(a.length - b.length) > max) return undefined;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    if (Math.min(...row) > max) return undefined;
    [before, last] = [last, row];
  }
  return last[b.length]! <= max ? last[b.length] : undefined;
}
