// Bytes fetched and not yet handed to the reader: the file's ends from opening it, and what was read ahead.

import { cutFrom, mergeRanges, type Block, type Bytes, type Range } from './ranges.ts';

interface RangeReader {
  read(range: Range, signal?: AbortSignal): Promise<Bytes>;
}

export class Shelf {
  readonly #source: RangeReader;
  readonly #blocks: Block[];

  constructor(source: RangeReader, blocks: Block[] = []) {
    this.#source = source;
    this.#blocks = blocks;
  }

  /** Puts a block on the shelf. */
  put(block: Block): void {
    this.#blocks.push(block);
  }

  /** The blocks that hold `ranges`, where held; the ranges that are not. */
  take(ranges: readonly Range[]): { held: Block[]; missing: Range[] } {
    const held: Block[] = [];
    const missing: Range[] = [];
    for (const range of ranges) {
      const bytes = cutFrom(this.#blocks, range);
      if (bytes) held.push({ offset: range.start, bytes });
      else missing.push(range);
    }
    return { held, missing };
  }

  /** Fetches `ranges`, near ones together, all at once. The first failure stops the others. */
  async fetch(ranges: readonly Range[], signal?: AbortSignal): Promise<Block[]> {
    const stop = new AbortController();
    const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    try {
      return await Promise.all(
        mergeRanges(ranges).map(async (range) => ({ offset: range.start, bytes: await this.#source.read(range, either) })),
      );
    } catch (error) {
      stop.abort();
      throw error;
    }
  }
}
