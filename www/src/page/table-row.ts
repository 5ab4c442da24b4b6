// What a row of a table shows: an item, or a group that its items are under.

import { make } from './dom.ts';
import { count } from './format.ts';
import type { Facts, Rows } from './rows.ts';

export interface Column<Item> {
  /** The first column has the name; the id of a later one is that of a number of {@link Facts.numbers}, or it has the text. */
  id: string;
  title: string;
  /** Whether there is anything to show. */
  shown?: (items: readonly Item[]) => boolean;
}

/** What rows are drawn from. */
export interface Sight<Item> {
  rows: Rows<Item>;
  facts: Facts<Item>;
  columns: readonly Column<Item>[];
  chosen: Item | undefined;
  /** Numbers of the items that are ticked, where they can be. */
  ticked: Set<number> | undefined;
}

/** Makes `element` the row at this place, whatever row it was before. */
export function fillRow<Item>(element: HTMLElement, at: number, sight: Sight<Item>): void {
  const { rows, ticked } = sight;
  const row = rows.at(at)!;
  element.dataset.row = String(at);
  element.setAttribute('role', 'row');
  element.setAttribute('aria-rowindex', String(at + 2));
  const cells = 'group' in row ? groupCells(element, row.group, sight) : itemCells(element, row.item, sight);
  if (ticked) cells.unshift(tickCell('group' in row ? rows.members(row.group) : [row.item], element.title, ticked));
  element.replaceChildren(...cells);
}

function itemCells<Item>(element: HTMLElement, item: number, { rows, facts, columns, chosen }: Sight<Item>): HTMLElement[] {
  const it = rows.items[item]!;
  const more = facts.more?.(it);
  const stem = rows.titles[rows.groupOf(item)]?.length ?? 0;
  element.className = stem ? 'item member' : 'item';
  element.title = more ? `${facts.name(it)} ${more}` : facts.name(it);
  element.setAttribute('aria-selected', String(it === chosen));
  element.removeAttribute('aria-expanded');
  if (rows.titles.length) element.setAttribute('aria-level', stem ? '2' : '1');
  else element.removeAttribute('aria-level');
  return columns.map(({ id }, i) => {
    const number = facts.numbers[id];
    if (i > 0) return number ? gridcell('amount', count(number(it))) : gridcell('more', more ?? '');
    const name = facts.name(it);
    const label = gridcell('label', stem ? '' : name || '(no name)');
    // What all of a group begin with steps back, and is cut first where there is no room.
    if (stem) label.append(make('span', 'stem', name.slice(0, stem)), make('span', 'rest', name.slice(stem)));
    return label;
  });
}

function groupCells<Item>(element: HTMLElement, group: number, { rows, facts, columns }: Sight<Item>): HTMLElement[] {
  const title = rows.titles[group]!;
  element.className = 'item group';
  element.title = title;
  element.removeAttribute('aria-selected');
  element.setAttribute('aria-expanded', String(rows.isOpen(group)));
  element.setAttribute('aria-level', '1');
  return columns.map(({ id }, i) => {
    if (i > 0) return facts.numbers[id] ? gridcell('amount', count(rows.sum(group, id))) : gridcell('more', '');
    const label = gridcell('label', '');
    label.append(make('span', 'rest', title), make('span', 'members', count(rows.members(group).length)));
    return label;
  });
}

function tickCell(items: readonly number[], title: string, ticked: ReadonlySet<number>): HTMLElement {
  const cell = gridcell('tick', '');
  const box = make('input');
  box.type = 'checkbox';
  box.tabIndex = -1;
  box.setAttribute('aria-label', `Select ${title}`);
  const ticks = items.filter((item) => ticked.has(item)).length;
  box.checked = ticks > 0 && ticks === items.length;
  box.indeterminate = ticks > 0 && !box.checked;
  cell.append(box);
  return cell;
}

function gridcell(className: string, text: string): HTMLElement {
  const cell = make('span', className, text);
  cell.setAttribute('role', 'gridcell');
  return cell;
}
