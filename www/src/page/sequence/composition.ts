// How many of each base a window has.

import { make } from '../dom.ts';
import { count } from '../format.ts';

const LETTERS = ['A', 'C', 'G', 'T', 'N'] as const;

export type Counts = Record<(typeof LETTERS)[number] | 'other', number>;

export function countBases(bases: string): Counts {
  const byCode = new Uint32Array(128);
  for (let i = 0; i < bases.length; i++) byCode[bases.charCodeAt(i) & 127]!++;
  const counts = Object.fromEntries(LETTERS.map((letter) => [letter, byCode[letter.charCodeAt(0)]!])) as Counts;
  counts.other = bases.length - LETTERS.reduce((sum, letter) => sum + counts[letter], 0);
  return counts;
}

/** Share of G and C among the bases that are known to be one of A, C, G and T; `undefined` where there are none. */
export function gcShare({ A, C, G, T }: Counts): number | undefined {
  const known = A + C + G + T;
  return known ? (G + C) / known : undefined;
}

/** A bar, and the numbers. */
export function drawComposition(counts: Counts): HTMLElement[] {
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const bar = make('div', 'share-bar');
  bar.setAttribute('aria-hidden', 'true');
  const list = make('ul', 'shares');
  list.setAttribute('aria-label', 'Composition');
  for (const [letter, number] of Object.entries(counts)) {
    if (number === 0 && (letter === 'N' || letter === 'other')) continue;
    const colour = letter === 'other' ? 'X' : letter;
    const part = make('span', colour);
    part.style.flexGrow = String(number);
    bar.append(part);
    const item = make('li');
    item.append(make('b', colour, letter), ` ${count(number)} `, make('span', 'count', share(number / all)));
    list.append(item);
  }
  const gc = gcShare(counts);
  if (gc !== undefined) {
    const item = make('li', '', 'GC ');
    item.append(make('span', 'count', share(gc)));
    list.append(item);
  }
  return [bar, list];
}

export function share(part: number): string {
  return `${(100 * part).toFixed(1)}%`;
}
