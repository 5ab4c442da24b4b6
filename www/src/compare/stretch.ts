// Segments that go together, one after another: their blocks, and what lies between these, as pieces of a comparison.

import type { ComparedPiece, Contig } from '../../types/index.d.ts';
import type { Block } from './alignment.ts';
import { commonPrefix, commonSuffix, gapColumns, letterByLetter, type Column } from './gap.ts';
import type { Pair } from './partners.ts';
import type { ContigSegments } from './tables.ts';

export interface Range {
  start: number;
  end: number;
}

/** What a region takes of a stretch, its ends within blocks, or at the ends of the gaps that the region's ends are in. */
export interface Place {
  stretch: Stretch;
  ours: Range;
  theirs: Range;
  /** Bases before and behind these that go together if they are the same: neighbouring segments share some. */
  lead: number;
  trail: number;
}

/** Positions of the other contig are those of the strand that reads as ours does, unless they are called upright. */
export class Stretch {
  readonly pairs: readonly Pair[];
  readonly ours: ContigSegments;
  readonly theirs: ContigSegments;
  /** Bases of the other contig, if its other strand reads as ours does. */
  readonly turned: number | undefined;
  blocks: readonly Block[] = [];
  /** Segments between these that nothing goes together with. */
  readonly #openOurs: Range[];
  readonly #openTheirs: Range[];

  constructor(pairs: readonly Pair[], ours: ContigSegments, theirs: ContigSegments) {
    this.pairs = pairs;
    this.ours = ours;
    this.theirs = theirs;
    const last = theirs.starts.length - 1;
    this.turned = pairs[0]?.turned ? theirs.starts[last]! + theirs.lengths[last]! : undefined;
    this.#openOurs = between(ours, pairs.map((pair) => pair.ours));
    this.#openTheirs = between(theirs, pairs.map((pair) => pair.theirs)).map((range) => this.upright(range));
  }

  /** From one strand of the other contig to the other, if these are two; it is its own inverse. */
  upright({ start, end }: Range): Range {
    return this.turned === undefined ? { start, end } : { start: this.turned - end, end: this.turned - start };
  }

  /** What `span` takes of it, if anything. */
  within(span: Range): Place | undefined {
    const { blocks } = this;
    const first = blocks.findIndex(({ a, length }) => a + length > span.start);
    const last = blocks.findLastIndex(({ a }) => a < span.end);
    if (first < 0 || last < 0) return undefined;
    const [from, to] = [blocks[first]!, blocks[last]!];
    const before = blocks[first - 1];
    const after = blocks[last + 1];
    const inFirst = Math.max(0, span.start - from.a);
    const inLast = Math.min(to.length, span.end - to.a);
    const start = from.a <= span.start || !before ? at(from, inFirst) : at(before, before.length);
    const end = inLast < to.length || !after || to.a + to.length >= span.end ? at(to, inLast) : at(after, 0);
    return { stretch: this, ours: { start: start.a, end: end.a }, theirs: { start: start.b, end: end.b }, lead: 0, trail: 0 };
  }

  /**
   * The pieces of a place, cut to `span`, none of them before `floor`. `ourBases` gives letters of our contig, `theirBases` are
   * those of the place with what is before and behind it.
   */
  pieces({ ours, theirs, lead, trail }: Place, span: Range, floor: number, ourBases: (from: number, to: number) => string, theirBases: string, contigs: readonly Contig[]): ComparedPiece[] {
    const name = contigs[this.theirs.contig]?.name ?? '';
    const first = theirs.start - lead;
    const b = (from: number, to: number) => theirBases.slice(from - first, to - first);
    const pieces: ComparedPiece[] = [];
    let row = new Row();
    const end = () => {
      if (row.cigar.length) pieces.push(this.#piece(row.ours, row.theirs, name, row.bases.join(''), row.otherBases.join(''), row.text()));
      row = new Row();
    };
    let [x, y] = [ours.start, theirs.start];
    /** Adds bases that are the same, and takes them from what is left. */
    const same = (left: Range, right: Range, count: number) => {
      if (count > 0) row.block(left.start, right.start, ourBases(left.start, left.start + count), b(right.start, right.start + count));
      left.start += count;
      right.start += count;
    };
    const gap = (a: number, to: number) => {
      const [gapA, gapB] = [{ start: x, end: a }, { start: y, end: to }];
      [x, y] = [a, to];
      if (this.#isShared(gapA, gapB)) return row.gap(gapA, gapB, span, ourBases(gapA.start, gapA.end), b(gapB.start, gapB.end));
      const [cutLeft, cutRight] = [Math.max(0, span.start - gapA.start), Math.max(0, gapA.end - span.end)];
      const left = { start: gapA.start + cutLeft, end: gapA.end - cutRight };
      const start = Math.min(gapB.start + cutLeft, gapB.end);
      const right = { start, end: Math.max(start, gapB.end - cutRight) };
      const [leftBases, rightBases] = [ourBases(left.start, left.end), b(right.start, right.end)];
      const ahead = cutLeft ? 0 : commonPrefix(leftBases, rightBases);
      const behind = cutRight ? 0 : commonSuffix(leftBases.slice(ahead), rightBases.slice(ahead));
      const isWhole = !cutLeft && !cutRight && Math.min(leftBases.length, rightBases.length) === ahead + behind;
      // All of one side is like the other's: more is inserted or deleted.
      if (isWhole) return row.gap(gapA, gapB, span, leftBases, rightBases);
      same(left, right, ahead);
      end();
      const [open, other] = [{ start: left.start, end: left.end - behind }, { start: right.start, end: right.end - behind }];
      if (open.start < open.end) pieces.push(this.#piece(open, other, name, ourBases(open.start, open.end), b(other.start, other.end)));
      same({ ...left, start: open.end }, { ...right, start: other.end }, behind);
    };
    const before = Math.min(lead, ours.start - floor);
    const leading = commonSuffix(ourBases(ours.start - before, ours.start), b(theirs.start - before, theirs.start));
    same({ start: ours.start - leading, end: ours.start }, { start: theirs.start - leading, end: theirs.start }, leading);
    for (const block of this.blocks) {
      const [from, to] = [Math.max(block.a, ours.start), Math.min(block.a + block.length, ours.end)];
      if (block.a + block.length < ours.start || block.a > ours.end || from > to) continue;
      const along = block.b - block.a;
      gap(from, from + along);
      const [cutFrom, cutTo] = [Math.max(from, span.start), Math.min(to, span.end)];
      if (cutFrom < cutTo) row.block(cutFrom, cutFrom + along, ourBases(cutFrom, cutTo), b(cutFrom + along, cutTo + along));
      [x, y] = [to, to + along];
    }
    gap(ours.end, theirs.end);
    const trailing = commonPrefix(ourBases(ours.end, ours.end + trail), b(theirs.end, theirs.end + trail));
    same({ ...ours, start: ours.end }, { ...theirs, start: theirs.end }, trailing);
    end();
    return pieces;
  }

  /** Whether a gap is one within segments that go together, or one side has nothing there. */
  #isShared(a: Range, b: Range): boolean {
    if (a.start === a.end || b.start === b.end) return true;
    return !this.#openOurs.some((open) => meets(open, a)) && !this.#openTheirs.some((open) => meets(open, b));
  }

  #piece(ours: Range, theirs: Range, name: string, bases: string, otherBases: string, cigar?: string): ComparedPiece {
    const other = { contig: this.theirs.contig, name, ...this.upright(theirs), reverseComplement: this.turned !== undefined };
    return { start: ours.start, end: ours.end, bases, other, otherBases, ...(cigar !== undefined && { cigar }) };
  }
}

/** Columns of an aligned piece, one after another. */
class Row {
  readonly cigar: { count: number; column: Column }[] = [];
  readonly bases: string[] = [];
  readonly otherBases: string[] = [];
  readonly ours = { start: -1, end: -1 };
  readonly theirs = { start: -1, end: -1 };

  /** Letters of the same places of a reference. They differ where a letter without a complement was turned round. */
  block(a: number, b: number, bases: string, otherBases: string): void {
    if (bases === otherBases) this.#push('=', bases.length, { start: a, end: a + bases.length }, { start: b, end: b + bases.length }, bases, otherBases);
    else this.#columns(letterByLetter(bases, otherBases), a, b, bases, otherBases);
  }

  /** What lies between blocks, as far as it is in `span`: bases only the other has belong to it between two bases of it. */
  gap(a: Range, b: Range, span: Range, bases: string, otherBases: string): void {
    const columns = gapColumns(bases, otherBases);
    let [i, j, first] = [0, 0, 0];
    const isIn = (column: Column) => a.start + i < span.end && (column === 'I' ? a.start + i > span.start : a.start + i >= span.start);
    const move = (column: Column) => {
      if (column !== 'I') i++;
      if (column !== 'D') j++;
    };
    while (first < columns.length && !isIn(columns[first]!)) move(columns[first++]!);
    const [fromA, fromB] = [i, j];
    let last = first;
    while (last < columns.length && isIn(columns[last]!)) move(columns[last++]!);
    this.#columns(columns.slice(first, last), a.start + fromA, b.start + fromB, bases.slice(fromA, i), otherBases.slice(fromB, j));
  }

  text(): string {
    return this.cigar.map(({ count, column }) => `${count}${column}`).join('');
  }

  #columns(columns: readonly Column[], a: number, b: number, bases: string, otherBases: string): void {
    let [i, j] = [0, 0];
    for (let at = 0; at < columns.length; ) {
      const column = columns[at]!;
      let count = 0;
      while (columns[at] === column) [at, count] = [at + 1, count + 1];
      const [x, y] = [column === 'I' ? 0 : count, column === 'D' ? 0 : count];
      this.#push(column, count, { start: a + i, end: a + i + x }, { start: b + j, end: b + j + y }, bases.slice(i, i + x), otherBases.slice(j, j + y));
      [i, j] = [i + x, j + y];
    }
  }

  #push(column: Column, count: number, ours: Range, theirs: Range, bases: string, otherBases: string): void {
    if (count === 0) return;
    const before = this.cigar.at(-1);
    if (!before) [this.ours.start, this.theirs.start] = [ours.start, theirs.start];
    [this.ours.end, this.theirs.end] = [ours.end, theirs.end];
    if (before?.column === column) before.count += count;
    else this.cigar.push({ count, column });
    this.bases.push(bases);
    this.otherBases.push(otherBases);
  }
}

function at({ a, b }: Block, by: number): { a: number; b: number } {
  return { a: a + by, b: b + by };
}

function meets(x: Range, y: Range): boolean {
  return x.start < y.end && y.start < x.end;
}

/** The segments between the first and the last of `chosen` that are none of these. */
function between({ starts, lengths }: ContigSegments, chosen: readonly number[]): Range[] {
  const taken = new Set(chosen);
  const open: Range[] = [];
  for (let i = Math.min(...chosen) + 1; i < Math.max(...chosen); i++) {
    if (!taken.has(i)) open.push({ start: starts[i]!, end: starts[i]! + lengths[i]! });
  }
  return open;
}
