// A spot in the picture: the contig and the segment that are there, and what is said of them.

import type { Contig } from '../../../types/index.d.ts';
import { countUpTo } from '../../search.ts';
import { SegmentKind } from '../../segments.ts';
import { count, counted } from '../format.ts';
import type { RowTable } from './rows.ts';
import type { Placed } from './scale.ts';

export interface Spot {
  row: number;
  /** Where the contig is among those placed. */
  place: number;
  contig: Contig;
  /** The segment, counted over all of the sample's; absent in an empty contig. */
  segment: number | undefined;
  /** A base of the contig, from 0. */
  base: number;
}

/** Segments of a contig, by their numbers over all of the sample's. */
export function segmentsOf({ segments: { ends } }: RowTable, contig: number): { first: number; end: number } {
  return { first: contig > 0 ? ends[contig - 1]! : 0, end: ends[contig] ?? 0 };
}

/** What lies `at` bases from the left, if anything does. */
export function spotAt(row: number, table: RowTable, placed: Placed, at: number): Spot | undefined {
  const place = countUpTo(placed.starts, at) - 1;
  const contig = table.contigs[placed.contigs[place] ?? -1];
  if (!contig) return undefined;
  const base = at - placed.starts[place]!;
  return base < contig.length ? spotIn(row, table, place, contig, Math.floor(base)) : undefined;
}

/** The spot at a base of a contig. */
export function spotIn(row: number, table: RowTable, place: number, contig: Contig, base: number): Spot {
  const { first, end } = segmentsOf(table, contig.index);
  const segment = first < end ? Math.max(first, countUpTo(table.segments.starts, base, first, end) - 1) : undefined;
  return { row, place, contig, segment, base };
}

/** The bases of a spot's segment, 0-based and half-open. */
export function rangeOf({ segments: { starts, lengths } }: RowTable, { contig, segment }: Spot): { start: number; end: number } {
  if (segment === undefined) return { start: 0, end: contig.length };
  return { start: starts[segment]!, end: starts[segment]! + lengths[segment]! };
}

/** In words: where it is, and what the tables say of the segment. */
export function tell(sample: string, table: RowTable, spot: Spot): { where: string; what: string } {
  const { contig, segment, base } = spot;
  const where = `${sample} · ${contig.name || '(no name)'} · ${count(base + 1)} of ${count(contig.length)}`;
  if (segment === undefined) return { where, what: 'no segments' };
  const { start, end } = rangeOf(table, spot);
  const turned = table.segments.reversed[segment] ? ', reversed' : '';
  return { where, what: `Segment ${count(start + 1)}–${count(end)}, ${counted(end - start, 'base')}: ${storedAs(table, segment)}${turned}` };
}

function storedAs({ segments: { kinds, groups, entries }, founders, ranks }: RowTable, segment: number): string {
  const entry = entries[segment]!;
  const group = ranks ? 'its group' : `group ${count(groups[segment]!)}`;
  switch (kinds[segment]) {
    case SegmentKind.founder:
      return `new, the reference of ${group}`;
    case SegmentKind.reference:
      return founders ? `same as the reference of ${group}` : `reference of ${group}`;
    case SegmentKind.delta:
      return `delta ${count(entry)} of ${group}`;
    default:
      return `raw, entry ${count(entry)} of ${group}`;
  }
}
