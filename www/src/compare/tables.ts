// The segments of a sample, contig by contig.

import type { SampleSegments } from '../../types/index.d.ts';

/** The columns of one contig, which is the one at place `contig` of its sample. */
export interface ContigSegments extends Pick<SampleSegments, 'starts' | 'lengths' | 'groups' | 'entries' | 'reversed'> {
  contig: number;
}

export function byContig({ contigs, ends, starts, lengths, groups, entries, reversed }: SampleSegments): ContigSegments[] {
  return Array.from(contigs, (contig, i) => {
    const [first, end] = [i > 0 ? ends[i - 1]! : 0, ends[i]!];
    return {
      contig,
      starts: starts.subarray(first, end),
      lengths: lengths.subarray(first, end),
      groups: groups.subarray(first, end),
      entries: entries.subarray(first, end),
      reversed: reversed.subarray(first, end),
    };
  });
}
