// Regions to bases: which contig is meant, which range of it, and its letters in one piece.

import type { Contig, Region } from '../types/index.d.ts';
import type { Directory } from './directory.ts';
import type { Engine } from './engine.ts';
import type { Bytes } from './ranges.ts';
import { windowsOf, type Span } from './windows.ts';

/** Bases of regions that are planned together, so that a request never needs more memory than some of its answer. */
const PLANNED_BASES = 16 * 1024 * 1024;

/** The bases of all regions, in their order. */
export async function sequencesOf(engine: Engine, directory: Directory, regions: readonly Region[], signal?: AbortSignal): Promise<Bytes[]> {
  const spans = await spansOf(directory, regions, signal);
  const answers: Bytes[] = [];
  for await (const batch of windowsOf(engine, spans, PLANNED_BASES, signal)) {
    for (const { window, bases } of batch) {
      const { start, end } = spans[window.of]!;
      if (bases.length === end - start) answers[window.of] = bases;
      else (answers[window.of] ??= new Uint8Array(end - start)).set(bases, window.start - start);
    }
  }
  regions.forEach(({ reverseComplement }, i) => reverseComplement && complement(answers[i]!.reverse()));
  return answers;
}

/** The contigs and ranges that regions mean. */
async function spansOf(directory: Directory, regions: readonly Region[], signal?: AbortSignal): Promise<Span[]> {
  // Before anything is read: what cannot be right.
  for (const { start, end } of regions) checkRange(start, end);
  const found = new Map<string | number, string>();
  for (const { sample, contig } of regions) {
    if (sample == null && !found.has(contig)) found.set(contig, await directory.sampleOf(contig, signal));
  }
  const samples = regions.map(({ sample, contig }) => sample ?? found.get(contig)!);
  const tables = await directory.tables(samples, signal);
  return regions.map(({ contig, start, end }, i) => {
    const sample = samples[i]!;
    return spanOf(sample, directory.pick(sample, tables.get(sample)!, contig), start, end);
  });
}

/** A range of a contig, its end cut to the contig's length. */
export function spanOf(sample: string, { index, name, length }: Contig, start = 0, end = Infinity): Span {
  checkRange(start, end);
  if (start > length) throw new RangeError(`The region starts at ${start}, but ${name} of ${sample} ends at ${length} (counted from 0).`);
  return { sample, contig: index, start, end: Math.min(end, length) };
}

function checkRange(start = 0, end = Infinity): void {
  const whole = Number.isSafeInteger(start) && (Number.isSafeInteger(end) || end === Infinity);
  if (!whole || start < 0) throw new RangeError(`Positions are whole numbers from 0 on; ${start} to ${end} was asked for.`);
  if (end < start) throw new RangeError(`The region ends at ${end}, before it starts at ${start}.`);
}

/** What pairs with each letter, IUPAC's included; other bytes stay as they are. */
const PAIRED = Uint8Array.from({ length: 256 }, (_, byte) => byte);
for (const pair of ['AT', 'CG', 'RY', 'KM', 'BV', 'DH', 'at', 'cg', 'ry', 'km', 'bv', 'dh']) {
  const [a, b] = [pair.charCodeAt(0), pair.charCodeAt(1)];
  PAIRED[a] = b;
  PAIRED[b] = a;
}

function complement(bases: Bytes): void {
  for (let i = 0; i < bases.length; i++) bases[i] = PAIRED[bases[i]!]!;
}
