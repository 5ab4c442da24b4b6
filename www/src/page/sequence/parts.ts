// A comparison as it is put on the screen: letters with gaps, one strand or the other, and where the differences are.

import type { ComparedPiece, Comparison } from '../../../types/index.d.ts';
import { reverseComplement } from '../../strand.ts';

export const GAP = '-';

/** Letters of one side, and the position of the first, counted from 1; `step` is -1 where positions run downwards. */
export interface Side {
  letters: string;
  first: number;
  step: 1 | -1;
}

/** A piece of a comparison. If it is aligned both sides have a letter or a gap in each column. */
export interface Part {
  aligned: boolean;
  ours: Side;
  theirs: Side;
  /** Where the counterpart is. */
  other?: NonNullable<ComparedPiece['other']>;
}

/** Columns that follow each other and are no matches; a part that is not aligned is one. */
export interface Difference {
  part: number;
  start: number;
  end: number;
}

export function partsOf({ pieces }: Comparison, reverse: boolean): Part[] {
  const parts = pieces.map((piece) => partOf(piece, reverse));
  return reverse ? parts.reverse() : parts;
}

function partOf({ start, end, bases, other, otherBases, cigar }: ComparedPiece, reverse: boolean): Part {
  let [ours, theirs] = cigar === undefined ? [bases, otherBases] : withGaps(bases, otherBases, cigar);
  if (reverse) [ours, theirs] = [reverseComplement(ours), reverseComplement(theirs)];
  const down = reverse !== (other?.reverseComplement ?? false);
  return {
    aligned: cigar !== undefined,
    ours: { letters: ours, first: reverse ? end : start + 1, step: reverse ? -1 : 1 },
    theirs: { letters: theirs, first: other ? (down ? other.end : other.start + 1) : 0, step: down ? -1 : 1 },
    ...(other && { other }),
  };
}

function withGaps(bases: string, otherBases: string, cigar: string): [string, string] {
  let [i, j, ours, theirs] = [0, 0, '', ''];
  for (const [, digits, column] of cigar.matchAll(/(\d+)([=XID])/g)) {
    const count = Number(digits);
    ours += column === 'I' ? GAP.repeat(count) : bases.slice(i, (i += count));
    theirs += column === 'D' ? GAP.repeat(count) : otherBases.slice(j, (j += count));
  }
  return [ours, theirs];
}

export function differencesOf(parts: readonly Part[]): Difference[] {
  const found: Difference[] = [];
  parts.forEach(({ aligned, ours, theirs }, part) => {
    const columns = Math.max(ours.letters.length, theirs.letters.length);
    if (!aligned) return found.push({ part, start: 0, end: columns });
    for (let at = 0; at < columns; at++) {
      if (ours.letters[at] === theirs.letters[at]) continue;
      const start = at;
      while (at < columns && ours.letters[at] !== theirs.letters[at]) at++;
      found.push({ part, start, end: at });
    }
  });
  return found;
}

/** Letters before column `at` that are no gaps. */
export function lettersBefore(letters: string, from: number, at: number): number {
  let count = 0;
  for (let i = from; i < at; i++) if (letters[i] !== GAP) count++;
  return count;
}

/** The position of the letter in a column, or of the next one behind a gap. */
export function positionAt({ letters, first, step }: Side, column: number): number {
  return first + step * lettersBefore(letters, 0, column);
}
