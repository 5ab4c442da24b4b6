// Ranges of a file and blocks of its bytes; arithmetic only.

export type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes `start` to `end` of a file, 0-based and half-open. */
export interface Range {
  start: number;
  end: number;
}

/** Bytes of a file, from `offset` on. */
export interface Block {
  offset: number;
  bytes: Bytes;
}

/** Neighbours closer than this are fetched as one: a request costs more than the bytes between them. */
export const GAP_BYTES_MAX = 32 * 1024;
/** Merging stops here, so that a long read is split between connections. */
export const MERGED_BYTES_MAX = 4 * 1024 * 1024;

/**
 * The fewest ranges worth fetching that cover `ranges`, sorted by offset.
 *
 * Ranges that overlap or lie within `gap` bytes of each other are joined, as long as the result is not over `max` bytes;
 * a range that is longer by itself is kept whole.
 */
export function mergeRanges(ranges: readonly Range[], gap = GAP_BYTES_MAX, max = MERGED_BYTES_MAX): Range[] {
  const sorted = ranges.filter((r) => r.end > r.start).sort((a, b) => a.start - b.start || a.end - b.end);
  const merged: Range[] = [];
  for (const { start, end } of sorted) {
    const last = merged.at(-1);
    const joins = last && (start < last.end || (start - last.end <= gap && end - last.start <= max));
    if (joins) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** The bytes of `range` out of `blocks`, if one of them holds them all. */
export function cutFrom(blocks: readonly Block[], range: Range): Bytes | undefined {
  for (const { offset, bytes } of blocks) {
    if (offset <= range.start && range.end <= offset + bytes.length) {
      return bytes.subarray(range.start - offset, range.end - offset);
    }
  }
  return undefined;
}
