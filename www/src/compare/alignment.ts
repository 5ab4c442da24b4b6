// How regions are made of references, as the reader tells it, and two of them brought together.

import type { AlignedPiece, Region } from '../../types/index.d.ts';
import type { AlignmentTable } from '../../pkg/ragc_read.js';
import type { Directory } from '../directory.ts';
import type { Engine, Question } from '../engine.ts';
import { encodeName } from '../names.ts';
import { spanOf } from '../sequences.ts';
import type { Span } from '../windows.ts';

/** A region of a sample that is named. */
export type RegionOf = Pick<Region, 'contig' | 'start' | 'end'> & { sample: string };

/** Numbers of a piece in the reader's table, before its runs. */
const COLUMNS = 7;

/** Bases of a contig from `start` on that are those of a reference from `at` on, or, if `reversed`, their reverse complement. */
export interface Run {
  start: number;
  length: number;
  at: number;
  reversed: boolean;
}

/** Bases from `a` on and from `b` on that are the same. */
export interface Block {
  a: number;
  b: number;
  length: number;
}

/** How a region is made from references. */
export async function alignmentOf(engine: Engine, directory: Directory, { sample, contig, start, end }: RegionOf, signal?: AbortSignal): Promise<AlignedPiece[]> {
  const table = await directory.contigs(sample, signal);
  const span = spanOf(sample, directory.pick(sample, table, contig), start, end);
  return piecesOf(await engine.ask(alignmentQuestion(span), signal));
}

export function alignmentQuestion({ sample, contig, start, end }: Span & { contig: number }): Question<AlignmentTable> {
  const name = encodeName(sample);
  return (reader) => reader.alignment(name, contig, start, end);
}

export function piecesOf(table: AlignmentTable): AlignedPiece[] {
  const found: AlignedPiece[] = [];
  for (let at = 0; at + COLUMNS <= table.length; ) {
    const [segment = 0, group = 0, entry = 0, reversed, start = 0, end = 0, count = 0] = table.subarray(at, (at += COLUMNS));
    found.push({ segment, group, entry, reversed: reversed === 1, start, end, runs: Int32Array.from(table.subarray(at, (at += 2 * count))) });
  }
  return found;
}

/** The runs of a piece that have a place in the reference. */
export function referenceRuns({ start, reversed, runs }: AlignedPiece): Run[] {
  const found: Run[] = [];
  for (let i = 0; i < runs.length; i += 2) {
    const [length = 0, at = -1] = runs.subarray(i, i + 2);
    if (at >= 0) found.push({ start, length, at, reversed });
    start += length;
  }
  return found;
}

/**
 * What the runs of two pieces have in common: bases that come from the same place of the reference. Positions of the second
 * are those on the strand that reads as the first does: `turned` by the length of its contig where that is the other one.
 */
export function common(ours: readonly Run[], theirs: readonly Run[], turned: number | undefined): Block[] {
  const sorted = [...theirs].sort((x, y) => x.at - y.at);
  // How far the runs up to each reach, so that looking back can end.
  let reach = 0;
  const reaches = sorted.map(({ at, length }) => (reach = Math.max(reach, at + length)));
  const blocks: Block[] = [];
  for (const run of ours) {
    const end = run.at + run.length;
    for (let i = lowerBound(sorted, end) - 1; i >= 0 && reaches[i]! > run.at; i--) {
      const other = sorted[i]!;
      const [from, to] = [Math.max(run.at, other.at), Math.min(end, other.at + other.length)];
      if (from >= to) continue;
      const b = placeOf(other, from, to);
      blocks.push({ a: placeOf(run, from, to), b: turned === undefined ? b : turned - b - (to - from), length: to - from });
    }
  }
  return blocks;
}

/** Where bases `from` to `to` of the reference are in the contig. */
function placeOf({ start, length, at, reversed }: Run, from: number, to: number): number {
  return start + (reversed ? at + length - to : from - at);
}

/** How many runs begin before `end`. */
function lowerBound(sorted: readonly Run[], end: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.at < end) low = middle + 1;
    else high = middle;
  }
  return low;
}
