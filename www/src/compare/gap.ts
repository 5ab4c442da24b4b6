// What lies between two blocks, aligned: letter by letter, or by a small banded alignment, or not at all.

/** Letters of one side that are put into rows of such an alignment at most, and cells of it. */
const ROWS_MAX = 20_000;
const CELLS_MAX = 4_000_000;
/** Diagonals beside those that lead from corner to corner. */
const BAND_SPARE = 32;

const MISMATCH = 3;
const GAP = 4;
const MATCH = -2;

/** Columns of an alignment, as in the extended CIGAR: same letters, different ones, only in the second, only in the first. */
export type Column = '=' | 'X' | 'I' | 'D';

/**
 * The columns of two texts that lie between the same neighbours. Texts of one length are compared letter by letter if half of
 * their letters agree; others are aligned, if that takes little memory and half of the columns agree. What is left is all of
 * the second inserted, all of the first deleted.
 */
export function gapColumns(a: string, b: string): Column[] {
  const prefix = commonPrefix(a, b);
  const [restA, restB] = [a.slice(prefix), b.slice(prefix)];
  const suffix = commonSuffix(restA, restB);
  return [...same(prefix), ...between(restA.slice(0, restA.length - suffix), restB.slice(0, restB.length - suffix)), ...same(suffix)];
}

/** How many letters are the same from the beginning on. */
export function commonPrefix(a: string, b: string): number {
  let count = 0;
  while (count < a.length && count < b.length && a[count] === b[count]) count++;
  return count;
}

/** How many are the same up to the end. */
export function commonSuffix(a: string, b: string): number {
  let count = 0;
  while (count < a.length && count < b.length && a.at(-1 - count) === b.at(-1 - count)) count++;
  return count;
}

function between(a: string, b: string): Column[] {
  const apart: Column[] = [...new Array<Column>(b.length).fill('I'), ...new Array<Column>(a.length).fill('D')];
  if (!a || !b) return apart;
  if (a.length === b.length) {
    const columns = letterByLetter(a, b);
    // Single letters, and two or three that differ together, are what they look like.
    if (a.length <= 3 || alike(columns)) return columns;
  }
  const columns = banded(a, b);
  return columns && alike(columns) ? columns : apart;
}

function same(count: number): Column[] {
  return new Array<Column>(count).fill('=');
}

export function letterByLetter(a: string, b: string): Column[] {
  return Array.from(a, (letter, i) => (letter === b[i] ? '=' : 'X'));
}

function alike(columns: readonly Column[]): boolean {
  return 2 * columns.filter((column) => column === '=').length >= columns.length;
}

/** The cheapest alignment within a band around the corners' diagonals; `undefined` where that takes too much memory. */
function banded(a: string, b: string): Column[] | undefined {
  const low = Math.min(0, b.length - a.length) - BAND_SPARE;
  const width = Math.abs(b.length - a.length) + 2 * BAND_SPARE + 1;
  if (a.length > ROWS_MAX || (a.length + 1) * width > CELLS_MAX) return undefined;
  // Where each cell is come to from: 0 along the diagonal, 1 by an insertion, 2 by a deletion.
  const from = new Uint8Array((a.length + 1) * width);
  let above = new Int32Array(width);
  let row = new Int32Array(width);
  for (let i = 0; i <= a.length; i++) {
    for (let d = 0; d < width; d++) {
      const j = i + low + d;
      let [cost, way] = [i === 0 && j === 0 ? 0 : FAR, 0];
      if (i > 0 && j > 0) cost = above[d]! + (a[i - 1] === b[j - 1] ? MATCH : MISMATCH);
      if (d > 0 && j > 0 && row[d - 1]! + GAP < cost) [cost, way] = [row[d - 1]! + GAP, 1];
      if (d + 1 < width && i > 0 && above[d + 1]! + GAP < cost) [cost, way] = [above[d + 1]! + GAP, 2];
      row[d] = j < 0 || j > b.length ? FAR : cost;
      from[i * width + d] = way;
    }
    [above, row] = [row, above];
  }
  const columns: Column[] = [];
  for (let [i, j] = [a.length, b.length]; i > 0 || j > 0; ) {
    const way = from[i * width + j - i - low];
    if (way === 1) columns.push('I');
    else if (way === 2) columns.push('D');
    else columns.push(a[i - 1] === b[j - 1] ? '=' : 'X');
    if (way !== 1) i--;
    if (way !== 2) j--;
  }
  return columns.reverse();
}

const FAR = 1 << 28;
