// Regions to bases: which contig is meant, which range of it, and its letters in one piece.

import type { Contig, ContigKey, ContigPlace, Region } from '../types/index.d.ts';
import type { Directory } from './directory.ts';
import type { Engine } from './engine.ts';
import { UnresolvedError } from './errors.ts';
import type { Bytes } from './ranges.ts';
import { turn } from './strand.ts';
import { windowsOf, WINDOW_BASES, type Span } from './windows.ts';

/** Bases of regions that are planned together, so that a request never needs more memory than some of its answer. */
const PLANNED_BASES = 16 * 1024 * 1024;

/** The bases of all regions, in their order. */
export async function sequencesOf(engine: Engine, directory: Directory, regions: readonly Region[], signal?: AbortSignal): Promise<Bytes[]> {
  // Before anything is read: what cannot be right.
  for (const { start, end } of regions) checkRange(start, end);
  const named = await withSamples(directory, regions, signal);
  const answers = await basesOf(engine, await spansOf(directory, named, isShort, signal), signal).catch(async (error) => {
    if (!(error instanceof UnresolvedError)) throw error;
    // The contigs' tables say which contig it is, or that it is none.
    return basesOf(engine, await spansOf(directory, named, () => false, signal), signal);
  });
  regions.forEach(({ reverseComplement }, i) => reverseComplement && turn(answers[i]!));
  return answers;
}

type Named = Pick<Region, 'start' | 'end'> & { sample: string; contig: ContigKey };

/** Regions, those without a sample with the only one that has the contig. */
async function withSamples(directory: Directory, regions: readonly Region[], signal?: AbortSignal): Promise<Named[]> {
  const found = new Map<ContigKey, ContigPlace>();
  const named: Named[] = [];
  for (const { sample, contig, start, end } of regions) {
    if (sample != null) {
      named.push({ sample, contig, start, end });
      continue;
    }
    const place = found.get(contig) ?? (await directory.only(contig, signal));
    found.set(contig, place);
    named.push({ sample: place.sample, contig: place.index, start, end });
  }
  return named;
}

/** A region that may be asked for without its contig's length. */
function isShort({ start = 0, end = Infinity }: Named): boolean {
  return end - start <= WINDOW_BASES;
}

/** What regions mean. Those that are `direct` are left to the reader, so that no table is read for them. */
async function spansOf(directory: Directory, regions: readonly Named[], direct: (region: Named) => boolean, signal?: AbortSignal): Promise<Span[]> {
  const byTable = regions.filter((region) => directory.known(region.sample) ?? !direct(region));
  const tables = await directory.tables(byTable.map(({ sample }) => sample), signal);
  return regions.map(({ sample, contig, start = 0, end = Infinity }) => {
    const table = tables.get(sample);
    return table ? spanOf(sample, directory.pick(sample, table, contig), start, end) : { sample, contig, start, end };
  });
}

async function basesOf(engine: Engine, spans: readonly Span[], signal?: AbortSignal): Promise<Bytes[]> {
  const answers: Bytes[] = [];
  for await (const batch of windowsOf(engine, spans, PLANNED_BASES, signal)) {
    for (const { window, bases } of batch) {
      const { start, end } = spans[window.of]!;
      if (window.start === start && window.end === end) answers[window.of] = bases;
      else (answers[window.of] ??= new Uint8Array(end - start)).set(bases, window.start - start);
    }
  }
  return answers;
}

/** A range of a contig, its end cut to the contig's length. */
export function spanOf(sample: string, { index, name, length }: Contig, start = 0, end = Infinity): Span & { contig: number } {
  checkRange(start, end);
  if (start > length) throw new RangeError(`The region starts at ${start}, but ${name} of ${sample} ends at ${length} (counted from 0).`);
  return { sample, contig: index, start, end: Math.min(end, length) };
}

function checkRange(start = 0, end = Infinity): void {
  const whole = Number.isSafeInteger(start) && (Number.isSafeInteger(end) || end === Infinity);
  if (!whole || start < 0) throw new RangeError(`Positions are whole numbers from 0 on; ${start} to ${end} was asked for.`);
  if (end < start) throw new RangeError(`The region ends at ${end}, before it starts at ${start}.`);
}
