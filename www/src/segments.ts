// The segments of a sample as callers get them, and what an archive holds: from the tables alone.

import type { ArchiveSizes, Contig, ContigKey, ContigSegments } from '../types/index.d.ts';
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
}

type Known = { engine: Engine; directory: Directory; census: Census };

/** The segments of some or all contigs of a sample. */
export async function segmentsOf({ engine, directory, census }: Known, { sample, contigs, founders }: Wanted, k: number, signal?: AbortSignal): Promise<ContigSegments[]> {
  const table = await directory.contigs(sample, signal);
  const name = encodeName(sample);
  const isFounded = founders ? await census.foundedBy((await directory.samples(0, Infinity, signal)).indexOf(sample), signal) : () => false;
  if (!contigs) {
    const columns = columnsOf(await engine.ask((reader) => reader.segmentsOf(name, 0, ALL_CONTIGS), signal));
    return table.contigs.map((contig, place) => oneContig(contig, columns, place, k, isFounded));
  }
  const picked = contigs.map((key) => directory.pick(sample, table, key));
  const each = await engine.askAll(picked.map(({ index }) => (reader) => reader.segmentsOf(name, index, index + 1)), signal);
  return picked.map((contig, i) => oneContig(contig, columnsOf(each[i]!), 0, k, isFounded));
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

/** The segments of the contig at `place` among those that the columns are of. */
function oneContig({ index }: Contig, { ends, groups, entries, lengths }: Columns, place: number, k: number, isFounded: (group: number) => boolean): ContigSegments {
  const [first, end] = [place > 0 ? ends[place - 1]! : 0, ends[place] ?? 0];
  const contig: ContigSegments = {
    contig: index,
    starts: new Float64Array(end - first),
    lengths: lengths.slice(first, end).map((length) => length >>> 1),
    groups: groups.slice(first, end),
    entries: entries.slice(first, end),
    reversed: Uint8Array.from(lengths.subarray(first, end), (length) => length & 1),
    kinds: new Uint8Array(end - first),
  };
  let start = 0;
  contig.groups.forEach((group, i) => {
    if (i > 0) contig.lengths[i] = Math.max(0, contig.lengths[i]! - k);
    contig.starts[i] = start;
    start += contig.lengths[i]!;
    contig.kinds[i] = kindOf(group, contig.entries[i]!, isFounded);
  });
  return contig;
}

/** See docs/FORMAT.md, "Groups and entry numbers". */
function kindOf(group: number, entry: number, isFounded: (group: number) => boolean): number {
  if (group < RAW_GROUPS) return SegmentKind.raw;
  if (entry > 0) return SegmentKind.delta;
  return isFounded(group) ? SegmentKind.founder : SegmentKind.reference;
}
