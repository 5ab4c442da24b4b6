// The numbers in which the reader tells of segments and of sizes, taken apart.

import type { RawSizes, SegmentColumns } from '../pkg/ragc_read.js';

/** Groups below this are raw. */
export const RAW_GROUPS = 16;
/** More contigs than a sample has. */
export const ALL_CONTIGS = Number.MAX_SAFE_INTEGER;

/** The segments of some contigs, one after the other. */
export interface Columns {
  /** Where those of each contig end. */
  ends: Uint32Array;
  groups: Uint32Array;
  entries: Uint32Array;
  /** Times two, and one more for a segment that is reversed. */
  lengths: Uint32Array;
}

export function columnsOf(numbers: SegmentColumns): Columns {
  const [contigs = 0] = numbers;
  const ends = numbers.subarray(1, 1 + contigs);
  const segments = numbers.subarray(1 + contigs);
  const count = segments.length / 3;
  const column = (nth: number) => segments.subarray(nth * count, (nth + 1) * count);
  return { ends, groups: column(0), entries: column(1), lengths: column(2) };
}

/** Every reference (number 0) and every pack (its number and 1), with its group and bytes. */
export function eachPart(numbers: RawSizes, visit: (group: number, number: number, bytes: number) => void): void {
  for (let i = 3; i + 2 < numbers.length; i += 3) visit(numbers[i]!, numbers[i + 1]!, numbers[i + 2]!);
}
