// The best way through blocks that two sequences have in common: in order on both, each base used once.

import { countUpTo } from '../search.ts';
import type { Block } from './alignment.ts';

/** Blocks that may come right before one, the nearest of them. */
const LOOKED_BACK = 64;
/** Blocks of short repeats are left out, the shortest first, where there are more than this. */
const BLOCKS_MAX = 200_000;

/**
 * What leaving the diagonal costs for each base, so that repeats do not draw a chain away; long insertions are rare, but there
 * are some.
 */
const SHIFT_COST = 0.5;
const SHIFT_COST_MAX = 200;
/** What bases between two blocks are worth, as they are probably alike, and how many of them are counted. */
const BETWEEN_WORTH = 0.25;
const BETWEEN_MAX = 2000;

/** Blocks in order on both sequences, cut where they overlap. */
export function chained(blocks: readonly Block[]): Block[] {
  const sorted = fewer(blocks).sort((x, y) => x.a - y.a || x.b - y.b);
  const scores = new Float64Array(sorted.length);
  const before = new Int32Array(sorted.length).fill(-1);
  const behind = new Behind(sorted);
  let last = -1;
  sorted.forEach((block, i) => {
    scores[i] = block.length;
    const follow = (j: number) => {
      const score = scores[j]! + gain(sorted[j]!, block);
      if (score > scores[i]!) {
        scores[i] = score;
        before[i] = j;
      }
    };
    for (let j = i - 1; j >= 0 && j >= i - LOOKED_BACK; j--) follow(j);
    // Where repeats have many blocks, the one to follow may be farther back.
    const best = behind.best(block, scores);
    if (best >= 0) follow(best);
    if (last < 0 || scores[i]! > scores[last]!) last = i;
  });
  const chain: Block[] = [];
  for (let i = last; i >= 0; i = before[i]!) chain.push(sorted[i]!);
  return cut(chain.reverse());
}

/** Of the blocks that end before a block on both sequences, the one with the best chain: a tree of maxima by the ends. */
class Behind {
  readonly #blocks: readonly Block[];
  /** Blocks by where they end on the first sequence; those up to `#next` are in the tree. */
  readonly #byEndA: number[];
  #next = 0;
  readonly #endsB: Float64Array;
  /** A Fenwick tree over {@link #endsB}, of numbers of blocks. */
  readonly #tree: Int32Array;

  constructor(blocks: readonly Block[]) {
    this.#blocks = blocks;
    this.#byEndA = [...blocks.keys()].sort((i, j) => endA(blocks[i]!) - endA(blocks[j]!));
    this.#endsB = Float64Array.from(blocks, endB).sort();
    this.#tree = new Int32Array(blocks.length + 1).fill(-1);
  }

  /** To be asked for blocks in their order; -1 if there is none. */
  best({ a, b }: Block, scores: Float64Array): number {
    for (; this.#next < this.#byEndA.length; this.#next++) {
      const block = this.#byEndA[this.#next]!;
      if (endA(this.#blocks[block]!) > a) break;
      for (let at = countUpTo(this.#endsB, endB(this.#blocks[block]!)); at < this.#tree.length; at += at & -at) {
        const other = this.#tree[at]!;
        if (other < 0 || scores[other]! < scores[block]!) this.#tree[at] = block;
      }
    }
    let best = -1;
    for (let at = countUpTo(this.#endsB, b); at > 0; at -= at & -at) {
      const other = this.#tree[at]!;
      if (other >= 0 && (best < 0 || scores[other]! > scores[best]!)) best = other;
    }
    return best;
  }
}

/** What a block adds to a chain that ends with `before`. */
function gain(before: Block, block: Block): number {
  const ordered = before.a < block.a && before.b < block.b && endA(before) < endA(block) && endB(before) < endB(block);
  if (!ordered) return -Infinity;
  const shift = Math.abs(block.a - before.a - (block.b - before.b));
  const gap = Math.max(0, Math.min(block.a - endA(before), block.b - endB(before), BETWEEN_MAX));
  return block.length - overlap(before, block) + BETWEEN_WORTH * gap - Math.min(SHIFT_COST * shift, SHIFT_COST_MAX);
}

function overlap(before: Block, block: Block): number {
  return Math.max(0, endA(before) - block.a, endB(before) - block.b);
}

function cut(chain: readonly Block[]): Block[] {
  const kept: Block[] = [];
  for (const block of chain) {
    const before = kept.at(-1);
    const less = before ? overlap(before, block) : 0;
    const { a, b, length } = { a: block.a + less, b: block.b + less, length: block.length - less };
    // What continues the block before is one with it.
    if (before && endA(before) === a && endB(before) === b) before.length += length;
    else if (length > 0) kept.push({ a, b, length });
  }
  return kept;
}

function fewer(blocks: readonly Block[]): Block[] {
  if (blocks.length <= BLOCKS_MAX) return [...blocks];
  return [...blocks].sort((x, y) => y.length - x.length).slice(0, BLOCKS_MAX);
}

function endA({ a, length }: Block): number {
  return a + length;
}

function endB({ b, length }: Block): number {
  return b + length;
}
