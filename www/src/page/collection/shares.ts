// How much of each kind of segment there is in each pixel column of a row.

import type { SampleSegments } from '../../../types/index.d.ts';
import { countUpTo } from '../../search.ts';
import type { Placed } from './scale.ts';

/** Kinds of segments, as their numbers go: reference, delta, raw, founder. */
export const KINDS = 4;

/** Neighbours of so many columns each are told apart. */
const PARTED_PX = 5;

/** What is looked at, in bases from the left of the picture. */
export interface View {
  from: number;
  to: number;
}

/** For each column the parts of it that have bases of each kind, {@link KINDS} numbers; less than 1 in all where contigs end. */
export function sharesOf({ ends, starts, lengths, kinds }: SampleSegments, { contigs, starts: places }: Placed, { from, to }: View, width: number): Float32Array {
  const shares = new Float32Array(width * KINDS);
  const perBase = width / (to - from);
  const endOf = (i: number) => (places[i]! - from + lengthOf(contigs[i]!)) * perBase;
  const lengthOf = (contig: number) => {
    const last = ends[contig]! - 1;
    return last >= 0 ? starts[last]! + lengths[last]! : 0;
  };
  const isWide = (i: number) => lengthOf(contigs[i]!) * perBase >= PARTED_PX;
  for (let i = 0; i < contigs.length; i++) {
    const contig = contigs[i]!;
    const at = (places[i]! - from) * perBase;
    const end = ends[contig] ?? 0;
    const next = places[i + 1] ?? Infinity;
    if (at >= width) break;
    if ((next - from) * perBase <= 0) continue;
    // Where the contig before ends, one column is left free.
    const edge = at + (i > 0 && isWide(i - 1) && isWide(i) && at - endOf(i - 1) < 1 ? 1 : 0);
    const first = contig > 0 ? ends[contig - 1]! : 0;
    // Segments left of what is looked at are passed over.
    for (let j = at < 0 ? Math.max(first, countUpTo(starts, from - places[i]!, first, end) - 1) : first; j < end; j++) {
      const x0 = Math.max(0, edge, at + starts[j]! * perBase);
      const x1 = Math.min(width, at + (starts[j]! + lengths[j]!) * perBase);
      if (x0 >= width) break;
      if (x1 <= x0) continue;
      const kind = kinds[j]!;
      let x = Math.floor(x0);
      // The column it begins in, whole columns, and the one it ends in.
      for (let left = x0; left < x1; left = ++x) shares[x * KINDS + kind]! += Math.min(x + 1, x1) - left;
    }
  }
  return shares;
}
