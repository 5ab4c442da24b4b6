// How many bases of a sample are of each kind, in numbers: the picture for those who do not see it.

import { make } from '../dom.ts';
import { count, percent } from '../format.ts';
import type { RowTable } from './rows.ts';
import { KINDS } from './shares.ts';

const HEADS = ['Sample', 'Contigs', 'Bases', 'Reference', 'Delta', 'Raw', 'New'];

/** Bases of each kind. */
export function basesByKind({ segments: { kinds, lengths } }: RowTable): number[] {
  const bases = Array.from({ length: KINDS }, () => 0);
  kinds.forEach((kind, i) => (bases[kind]! += lengths[i]!));
  return bases;
}

/** Puts the rows in view into a table. */
export function fillTable(table: HTMLTableElement, rows: readonly { sample: string; table: RowTable | undefined }[]): void {
  const head = make('tr');
  head.append(...HEADS.map((title) => Object.assign(make('th', '', title), { scope: 'col' })));
  const lines = rows.map(({ sample, table }) => {
    const line = make('tr');
    const name = Object.assign(make('th', '', sample), { scope: 'row' });
    if (!table) {
      line.append(name, Object.assign(make('td', '', 'not read yet'), { colSpan: HEADS.length - 1 }));
      return line;
    }
    const bases = basesByKind(table);
    const all = bases.reduce((sum, own) => sum + own, 0);
    const [reference = 0, delta = 0, raw = 0, founder = 0] = bases;
    const cells = [count(table.contigs.length), count(all), ...[reference, delta, raw, founder].map((own) => percent(own, all))];
    line.append(name, ...cells.map((text) => make('td', '', text)));
    return line;
  });
  table.tHead?.replaceChildren(head);
  table.tBodies[0]?.replaceChildren(...lines);
}
