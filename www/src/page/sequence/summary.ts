// How alike two regions are, in numbers.

import type { Comparison } from '../../../types/index.d.ts';
import { make } from '../dom.ts';
import { count } from '../format.ts';
import { share } from './composition.ts';

/** Columns of the same letter among all columns of the alignment; `undefined` where nothing is aligned. */
export function identity({ matches, substitutions, inserted, deleted }: Comparison): number | undefined {
  const columns = matches + substitutions + inserted + deleted;
  return columns ? matches / columns : undefined;
}

/** A bar, and the numbers. */
export function drawSummary(comparison: Comparison): HTMLElement[] {
  const { matches, substitutions, inserted, deleted, unaligned, otherUnaligned } = comparison;
  const rows: [name: string, number: number, className: string, title: string][] = [
    ['same', matches, 'same', 'Columns of the same letter'],
    ['substituted', substitutions, 'substituted', 'Columns of different letters'],
    ['inserted', inserted, 'inserted', `Bases that only ${comparison.other} has`],
    ['deleted', deleted, 'deleted', `Bases that only ${comparison.sample} has`],
    ['not shared', unaligned + otherUnaligned, 'unshared', `Bases of segments without a group in common: ${count(unaligned)} of ${comparison.sample}, ${count(otherUnaligned)} of ${comparison.other}`],
  ];
  const bar = make('div', 'share-bar');
  bar.setAttribute('aria-hidden', 'true');
  const list = make('ul', 'shares');
  list.setAttribute('aria-label', 'How alike they are');
  const alike = identity(comparison);
  const first = make('li');
  first.append(make('b', '', alike === undefined ? 'nothing aligned' : share(Math.floor(alike * 1000) / 1000)), alike === undefined ? '' : ' identical');
  first.title = 'Columns of the same letter among all columns of the alignment';
  list.append(first);
  for (const [name, number, className, title] of rows) {
    if (number === 0) continue;
    const part = make('span', className);
    part.style.flexGrow = String(number);
    bar.append(part);
    const item = make('li', `key ${className}`, `${count(number)} `);
    item.append(make('span', 'count', name));
    item.title = title;
    list.append(item);
  }
  return [bar, list];
}
