// Which segments of another sample go with those of a region: segments of the same groups, in the same order.

import { RAW_GROUPS } from '../columns.ts';
import type { ContigSegments } from './tables.ts';

/** Segments beside the region that help to tell which of several places is meant. */
const CONTEXT = 24;
/** Segments of a chain that may lie between two that go together. */
const SKIPPED_MAX = 8;
/** Pairs that may come right before one. */
const LOOKED_BACK = 64;
/** Places of one group that are looked at. */
const PLACES_MAX = 500;
/** What a segment that is passed over costs, in bases. */
const SKIP_COST = 50;

/** A segment of ours and one of theirs that go together: number `ours` of our contig, `theirs` of contig `contig`. */
export interface Pair {
  ours: number;
  contig: number;
  theirs: number;
  /** They have opposite orientations. */
  turned: boolean;
}

interface Scored extends Pair {
  bases: number;
  before: number;
  after: number;
  bestBefore: Scored | undefined;
  bestAfter: Scored | undefined;
}

/**
 * Chains of pairs for segments `first` to `last` of our contig (`last` included), the best chain first; each segment of ours is
 * in one chain at most, and a chain has one contig and one orientation. Neighbours outside these help to choose.
 */
export function chainsOf(ours: ContigSegments, first: number, last: number, theirs: readonly ContigSegments[]): Pair[][] {
  const pairs = pairsOf(ours, Math.max(0, first - CONTEXT), Math.min(ours.starts.length - 1, last + CONTEXT), theirs);
  score(pairs);
  const wanted = pairs.filter((pair) => pair.ours >= first && pair.ours <= last);
  wanted.sort((x, y) => total(y) - total(x));
  const taken = new Set<number>();
  const chains: Pair[][] = [];
  for (const pair of wanted) {
    if (taken.has(pair.ours)) continue;
    const chain = through(pair).filter((one) => one.ours >= first && one.ours <= last && !taken.has(one.ours));
    chain.forEach((one) => taken.add(one.ours));
    chains.push(chain);
  }
  return chains;
}

function pairsOf(ours: ContigSegments, first: number, last: number, theirs: readonly ContigSegments[]): Scored[] {
  const wanted = new Map<number, number[]>();
  for (let i = first; i <= last; i++) {
    const key = keyOf(ours, i);
    const same = wanted.get(key);
    if (same) same.push(i);
    else wanted.set(key, [i]);
  }
  const places = new Map<number, number>();
  const pairs: Scored[] = [];
  for (const table of theirs) {
    for (let j = 0; j < table.starts.length; j++) {
      const key = keyOf(table, j);
      const same = wanted.get(key);
      if (!same) continue;
      const seen = places.get(key) ?? 0;
      if (seen >= PLACES_MAX) continue;
      places.set(key, seen + 1);
      for (const i of same) {
        const bases = Math.min(ours.lengths[i]!, table.lengths[j]!);
        const turned = ours.reversed[i] !== table.reversed[j];
        pairs.push({ ours: i, contig: table.contig, theirs: j, turned, bases, before: 0, after: 0, bestBefore: undefined, bestAfter: undefined });
      }
    }
  }
  return pairs;
}

/** What segments have in common that go together: a group, or an entry of a raw one, which has no reference. */
function keyOf({ groups, entries }: ContigSegments, i: number): number {
  const [group, entry] = [groups[i]!, entries[i]!];
  return group < RAW_GROUPS ? -1 - group - RAW_GROUPS * entry : group;
}

/** How good the best chains are that end and that begin with each pair. */
function score(pairs: Scored[]): void {
  const along = ({ turned, theirs }: Scored) => (turned ? -theirs : theirs);
  pairs.sort((x, y) => x.contig - y.contig || Number(x.turned) - Number(y.turned) || x.ours - y.ours || along(x) - along(y));
  const follows = (x: Scored, y: Scored): number | undefined => {
    const [left, right] = [y.ours - x.ours, along(y) - along(x)];
    if (x.contig !== y.contig || x.turned !== y.turned || right < 0 || left + right === 0) return undefined;
    const skipped = Math.max(left, right) - 1;
    return skipped > SKIPPED_MAX ? undefined : skipped * SKIP_COST;
  };
  pairs.forEach((pair, i) => {
    for (let k = i - 1; k >= Math.max(0, i - LOOKED_BACK); k--) {
      const cost = follows(pairs[k]!, pair);
      if (cost === undefined) continue;
      const better = pairs[k]!.before + pairs[k]!.bases - cost;
      if (better > pair.before) Object.assign(pair, { before: better, bestBefore: pairs[k] });
    }
  });
  for (let i = pairs.length - 1; i >= 0; i--) {
    const pair = pairs[i]!;
    for (let k = i + 1; k < Math.min(pairs.length, i + 1 + LOOKED_BACK); k++) {
      const cost = follows(pair, pairs[k]!);
      if (cost === undefined) continue;
      const better = pairs[k]!.after + pairs[k]!.bases - cost;
      if (better > pair.after) Object.assign(pair, { after: better, bestAfter: pairs[k] });
    }
  }
}

function total({ before, after, bases }: Scored): number {
  return before + after + bases;
}

function through(pair: Scored): Scored[] {
  const chain = [pair];
  for (let at = pair.bestBefore; at; at = at.bestBefore) chain.unshift(at);
  for (let at = pair.bestAfter; at; at = at.bestAfter) chain.push(at);
  return chain;
}
