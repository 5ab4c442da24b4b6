// The segments of one contig, cut from the columns of its sample.

import type { SampleSegments } from '../../types/index.d.ts';

export interface ContigSegments extends Pick<SampleSegments, 'starts' | 'lengths' | 'groups' | 'entries' | 'reversed'> {
  /** The contig's place in the sample. */
  contig: number;
}

/** Those of the contig that comes at `place` among those that were asked for. */
export function contigSegments(all: SampleSegments, place: number): ContigSegments {
  const [start, end] = [all.ends[place - 1] ?? 0, all.ends[place] ?? 0];
  return {
    contig: all.contigs[place] ?? place,
    starts: all.starts.subarray(start, end),
    lengths: all.lengths.subarray(start, end),
    groups: all.groups.subarray(start, end),
    entries: all.entries.subarray(start, end),
    reversed: all.reversed.subarray(start, end),
  };
}
