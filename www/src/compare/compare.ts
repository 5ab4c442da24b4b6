// A region beside its counterpart in another sample: what is asked for, and how the answer is put together.

import type { AlignedPiece, ComparedPiece, Comparison, Contig } from '../../types/index.d.ts';
import type { Census } from '../census.ts';
import type { Directory } from '../directory.ts';
import type { Engine } from '../engine.ts';
import { countUpTo } from '../search.ts';
import { segmentsOf } from '../segments.ts';
import { sequencesOf, spanOf } from '../sequences.ts';
import type { Span } from '../windows.ts';
import { alignmentQuestion, common, piecesOf, referenceRuns, type Block, type RegionOf, type Run } from './alignment.ts';
import { chained } from './chain.ts';
import { chainsOf, type Pair } from './partners.ts';
import { Stretch } from './stretch.ts';
import { byContig, type ContigSegments } from './tables.ts';

/** Bases of a region that may be compared at a time. */
const COMPARED_BASES_MAX = 1_000_000;
/** Bases beside the region that are looked at, so that its ends lie between blocks. */
const FLANK = 20_000;
/** Bases of a neighbouring segment that are looked at. */
const EDGE = 1000;
/** Bases beside a stretch that belong to it if they are the same. */
const EXTENDED_MAX = 64;
/** Bases of the other sample that may lie unpaired between two segments; what is further apart is two stretches. */
const UNPAIRED_BASES_MAX = 200_000;

const letters = new TextDecoder('latin1');

interface Known {
  engine: Engine;
  directory: Directory;
  census: Census;
  rankedCensus: Census;
}

export async function compared(known: Known, region: RegionOf, other: string, k: number, signal?: AbortSignal): Promise<Comparison> {
  const { directory } = known;
  const tables = await directory.tables([region.sample, other], signal);
  const contig = directory.pick(region.sample, tables.get(region.sample)!, region.contig);
  const span = spanOf(region.sample, contig, region.start, region.end);
  const { start, end } = span;
  if (end - start > COMPARED_BASES_MAX) throw new RangeError(`At most ${COMPARED_BASES_MAX} bases can be compared at a time; ${end - start} were asked for.`);
  const [[ours], theirs] = await Promise.all([
    segmentsOf(known, { sample: region.sample, contigs: [contig.index], founders: false, ranks: true }, k, signal).then(byContig),
    segmentsOf(known, { sample: other, contigs: undefined, founders: false, ranks: true }, k, signal).then(byContig),
  ]);
  const segments = { ours: ours!, theirs };
  const stretches = end > start ? stretchesOf(segments, start, end).map((pairs) => new Stretch(pairs, ours!, theirs[pairs[0]!.contig]!)) : [];
  await align(known.engine, span, other, stretches, k, signal);
  const pieces = await lettered(known, span, other, tables.get(other)!.contigs, stretches, signal);
  return { sample: region.sample, other, contig: contig.index, start, end, pieces, ...counted(pieces) };
}

/** Pairs of segments that follow each other, in the order of the region. */
function stretchesOf({ ours, theirs }: { ours: ContigSegments; theirs: readonly ContigSegments[] }, start: number, end: number): Pair[][] {
  const [first, last] = [segmentAt(ours, start), segmentAt(ours, end - 1)];
  const chains = chainsOf(ours, Math.max(0, first - 1), Math.min(ours.starts.length - 1, last + 1), theirs);
  const paired = new Set(chains.flatMap((chain) => chain.map((pair) => pair.ours)));
  // A neighbour of the region tells where to look if the segment that the region begins or ends in has no counterpart.
  const counts = ({ ours: i }: Pair) => (i < first ? !paired.has(first) : i > last ? !paired.has(last) : true);
  const pairs = chains.flatMap((chain, of) => chain.filter(counts).map((pair) => ({ pair, of })));
  pairs.sort((x, y) => x.pair.ours - y.pair.ours || chains[x.of]!.indexOf(x.pair) - chains[y.of]!.indexOf(y.pair));
  const stretches: Pair[][] = [];
  let before: (typeof pairs)[number] | undefined;
  for (const next of pairs) {
    const goesOn = before?.of === next.of && unpaired(theirs[next.pair.contig]!, before.pair.theirs, next.pair.theirs) <= UNPAIRED_BASES_MAX;
    if (goesOn) stretches.at(-1)!.push(next.pair);
    else stretches.push([next.pair]);
    before = next;
  }
  return stretches;
}

function unpaired({ starts, lengths }: ContigSegments, i: number, j: number): number {
  const [low, high] = [Math.min(i, j), Math.max(i, j)];
  return low === high ? 0 : starts[high]! - starts[low]! - lengths[low]!;
}

/** The last segment that begins at `position` or before, and has bases. */
function segmentAt({ starts }: ContigSegments, position: number): number {
  return Math.max(0, countUpTo(starts, position) - 1);
}

/** Gives each stretch its blocks. Segments of one entry are the same text, and need no look at what they are made of. */
async function align(engine: Engine, span: Span & { contig: number }, other: string, stretches: readonly Stretch[], k: number, signal?: AbortSignal): Promise<void> {
  const wanted = new Map<string, Span & { contig: number }>();
  const want = (side: string, sample: string, contig: number, segments: ContigSegments, i: number) => {
    const [start, end] = [segments.starts[i]!, segments.starts[i]! + segments.lengths[i]!];
    wanted.set(`${side} ${contig} ${i}`, { sample, contig, ...(side === 'ours' ? near(span, start, end) : { start, end }) });
  };
  for (const { pairs, ours, theirs } of stretches) {
    for (const pair of pairs.filter((one) => !sameText(ours, theirs, one))) {
      want('ours', span.sample, span.contig, ours, pair.ours);
      want('theirs', other, theirs.contig, theirs, pair.theirs);
    }
  }
  const answers = await engine.askAll([...wanted.values()].map(alignmentQuestion), signal);
  const found = new Map<string, AlignedPiece>();
  [...wanted.keys()].forEach((key, i) => {
    const [piece] = piecesOf(answers[i]!);
    if (piece) found.set(key, piece);
  });
  const runs = (side: string, contig: number, i: number): Run[] => {
    const piece = found.get(`${side} ${contig} ${i}`);
    return piece ? referenceRuns(piece) : [];
  };
  for (const stretch of stretches) {
    const { pairs, ours, theirs, turned } = stretch;
    const blocks = pairs.flatMap((pair): Block[] =>
      sameText(ours, theirs, pair)
        ? common([wholeText(ours, pair.ours, k)], [wholeText(theirs, pair.theirs, k)], turned)
        : common(runs('ours', span.contig, pair.ours), runs('theirs', theirs.contig, pair.theirs), turned),
    );
    stretch.blocks = chained(blocks);
  }
}

/** As much of a segment as is near a region. */
function near(span: Span, start: number, end: number): { start: number; end: number } {
  if (end <= span.start) return { start: Math.max(start, end - EDGE), end };
  if (start >= span.end) return { start, end: Math.min(end, start + EDGE) };
  return { start: Math.max(start, span.start - FLANK), end: Math.min(end, span.end + FLANK) };
}

function sameText(ours: ContigSegments, theirs: ContigSegments, pair: Pair): boolean {
  return ours.entries[pair.ours] === theirs.entries[pair.theirs];
}

/** A segment as a run of its own text, of which the contig has not the bases that it shares with the segment before. */
function wholeText({ starts, lengths, reversed }: ContigSegments, i: number, k: number): Run {
  const turned = reversed[i] === 1;
  return { start: starts[i]!, length: lengths[i]!, at: turned || i === 0 ? 0 : k, reversed: turned };
}

/** The pieces of the region with their letters. */
async function lettered({ engine, directory }: Known, span: Span & { contig: number }, other: string, contigs: readonly Contig[], stretches: readonly Stretch[], signal?: AbortSignal): Promise<ComparedPiece[]> {
  const { sample, contig } = span;
  const placed = stretches.flatMap((stretch) => stretch.within(span) ?? []);
  placed.forEach((place, i) => {
    const length = contigs[place.stretch.theirs.contig]?.length ?? 0;
    const [before, after] = [placed[i - 1]?.ours.end ?? span.start, placed[i + 1]?.ours.start ?? span.end];
    place.lead = Math.max(0, Math.min(EXTENDED_MAX, place.ours.start - Math.max(before, span.start), place.theirs.start));
    place.trail = Math.max(0, Math.min(EXTENDED_MAX, Math.min(after, span.end) - place.ours.end, length - place.theirs.end));
  });
  const reach = { start: Math.min(span.start, ...placed.map(({ ours }) => ours.start)), end: Math.max(span.end, ...placed.map(({ ours }) => ours.end)) };
  const regions = [
    { sample, contig, ...reach },
    ...placed.map(({ theirs, lead, trail, stretch }) => ({ sample: other, contig: stretch.theirs.contig, ...stretch.upright({ start: theirs.start - lead, end: theirs.end + trail }), reverseComplement: stretch.turned !== undefined })),
  ];
  const [bases = '', ...others] = (await sequencesOf(engine, directory, regions, signal)).map((one) => letters.decode(one));
  const pieces: ComparedPiece[] = [];
  let at = span.start;
  const alone = (end: number) => {
    if (end > at) pieces.push({ start: at, end, bases: bases.slice(at - reach.start, end - reach.start), otherBases: '' });
    at = Math.max(at, end);
  };
  placed.forEach((place, i) => {
    for (const piece of place.stretch.pieces(place, span, at, (from, to) => bases.slice(from - reach.start, to - reach.start), others[i]!, contigs)) {
      alone(piece.start);
      pieces.push(piece);
      at = piece.end;
    }
  });
  alone(span.end);
  return pieces;
}

function counted(pieces: readonly ComparedPiece[]): Pick<Comparison, 'matches' | 'substitutions' | 'inserted' | 'deleted' | 'unaligned' | 'otherUnaligned'> {
  const counts = { matches: 0, substitutions: 0, inserted: 0, deleted: 0, unaligned: 0, otherUnaligned: 0 };
  const names = { '=': 'matches', X: 'substitutions', I: 'inserted', D: 'deleted' } as const;
  for (const { cigar, bases, otherBases } of pieces) {
    if (cigar === undefined) {
      counts.unaligned += bases.length;
      counts.otherUnaligned += otherBases.length;
    }
    for (const [, count, what] of (cigar ?? '').matchAll(/(\d+)([=XID])/g)) counts[names[what as keyof typeof names]] += Number(count);
  }
  return counts;
}
