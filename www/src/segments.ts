// The segments of a sample as callers get them, and what an archive holds: from the tables alone.

import type { ArchiveSizes, ContigKey, SampleSegments } from '../types/index.d.ts';
import type { RawSizes } from '../pkg/ragc_read.js';
import type { Census } from './census.ts';
import { ALL_CONTIGS, columnsOf, eachPart, RAW_GROUPS, type Columns } from './columns.ts';
import type { Directory } from './directory.ts';
import type { Engine } from './engine.ts';
import { encodeName } from './names.ts';

export const SegmentKind = { reference: 0, delta: 1, raw: 2, founder: 3 } as const;

interface Wanted {
  sample: string;
  contigs: readonly ContigKey[] | undefined;
  founders: boolean;
  /** With an index, ranks in the place of groups: as good to tell which segments share one, and less is read. */
  ranks: boolean;
}

type Known = { engine: Engine; directory: Directory; census: Census; rankedCensus: Census };

/** The segments of some or all contigs of a sample. */
export async function segmentsOf({ engine, directory, census, rankedCensus }: Known, { sample, contigs, founders, ranks }: Wanted, k: number, signal?: AbortSignal): Promise<SampleSegments> {
  const table = await directory.contigs(sample, signal);
  const name = encodeName(sample);
  const isFounded = founders ? await (ranks ? rankedCensus : census).foundedBy((await directory.samples(0, Infinity, signal)).indexOf(sample), signal) : () => false;
  if (!contigs) {
    const columns = await engine.ask((reader) => reader.segmentsOf(name, 0, ALL_CONTIGS, ranks), signal);
    return told(table.contigs.map(({ index }) => index), [columnsOf(columns)], k, isFounded);
  }
  const places = contigs.map((key) => directory.pick(sample, table, key).index);
  const columns = await engine.askAll(places.map((place) => (reader) => reader.segmentsOf(name, place, place + 1, ranks)), signal);
  return told(places, columns.map(columnsOf), k, isFounded);
}

/** Bytes by what they are. */
export function sizesOf(numbers: RawSizes, total: number): ArchiveSizes {
  const [index = 0, footer = 0, allTables = 0] = numbers;
  const sizes = { references: 0, deltas: 0, raw: 0 };
  eachPart(numbers, (group, number, bytes) => {
    sizes[group < RAW_GROUPS ? 'raw' : number === 0 ? 'references' : 'deltas'] += bytes;
  });
  const { references, deltas, raw } = sizes;
  return { ...sizes, tables: Math.max(0, total - references - deltas - raw - index - footer), index, footer, allTables };
}

/** What some columns say of the segments of `contigs`, one behind the other. */
function told(contigs: readonly number[], columns: readonly Columns[], k: number, isFounded: (group: number) => boolean): SampleSegments {
  const count = columns.reduce((sum, { groups }) => sum + groups.length, 0);
  const segments: SampleSegments = {
    contigs: Uint32Array.from(contigs),
    ends: new Uint32Array(contigs.length),
    starts: new Float64Array(count),
    lengths: new Uint32Array(count),
    groups: new Uint32Array(count),
    entries: new Uint32Array(count),
    reversed: new Uint8Array(count),
    kinds: new Uint8Array(count),
  };
  let [contig, at] = [0, 0];
  for (const { ends, groups, entries, lengths } of columns) {
    segments.groups.set(groups, at);
    segments.entries.set(entries, at);
    const before = at;
    for (const end of ends) {
      for (let start = 0, first = true; at < before + end; at++, first = false) {
        const length = lengths[at - before]!;
        segments.reversed[at] = length & 1;
        segments.lengths[at] = Math.max(0, (length >>> 1) - (first ? 0 : k));
        segments.starts[at] = start;
        start += segments.lengths[at]!;
        segments.kinds[at] = kindOf(segments.groups[at]!, segments.entries[at]!, isFounded);
      }
      segments.ends[contig++] = at;
    }
  }
  return segments;
}

/** See docs/FORMAT.md, "Groups and entry numbers". */
function kindOf(group: number, entry: number, isFounded: (group: number) => boolean): number {
  if (group < RAW_GROUPS) return SegmentKind.raw;
  if (entry > 0) return SegmentKind.delta;
  return isFounded(group) ? SegmentKind.founder : SegmentKind.reference;
}
