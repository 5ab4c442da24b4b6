// A pane with a title, a count, a filter box and a table: samples, and contigs.

import { announce, byId } from './dom.ts';
import { count } from './format.ts';
import { Table, type TableOptions } from './table.ts';

export class Panel<Item> {
  #none = '';
  readonly #name: string;
  readonly #table: Table<Item>;
  readonly #filter: HTMLInputElement;

  /** `name` is the prefix of the pane's ids in index.html. */
  constructor(name: string, options: TableOptions<Item>) {
    this.#name = name;
    this.#table = new Table(byId(`${name}-list`), options);
    this.#filter = byId<HTMLInputElement>(`${name}-filter`);
    this.#filter.addEventListener('input', () => this.#show());
    this.#filter.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Other items; the filter starts empty. `none` is said where there are no items. */
  setItems(items: readonly Item[], none: string): void {
    this.#none = none;
    this.#filter.value = '';
    this.#filter.hidden = items.length < 2;
    this.#table.setItems(items, none);
    this.#count();
  }

  /** More became known of the items. */
  refresh(): void {
    this.#table.refresh();
  }

  choose(item: Item | undefined): void {
    this.#table.choose(item);
  }

  /** How wide the pane should be; a length of CSS. */
  get fit(): string {
    return this.#table.fit;
  }

  /** The items that are ticked, in the archive's order. */
  get ticked(): Item[] {
    return [...this.#table.ticked].sort((a, b) => a - b).map((item) => this.#table.rows.items[item]!);
  }

  #show(): void {
    const { rows } = this.#table;
    rows.filter(this.#filter.value);
    this.#table.show(rows.items.length ? `None of ${count(rows.items.length)} has that name.` : this.#none);
    this.#count();
    announce(rows.filtered ? `${count(rows.found.length)} found` : '');
  }

  #count(): void {
    const { items, found, filtered } = this.#table.rows;
    const all = items.length ? count(items.length) : '';
    byId(`${this.#name}-count`).textContent = filtered ? `${count(found.length)} of ${all}` : all;
  }

  /** Down goes into the table; Enter takes its first item. */
  #key(event: KeyboardEvent): void {
    const { rows, host } = this.#table;
    if (event.key === 'ArrowDown') {
      host.focus();
      if (this.#table.active < 0) this.#table.active = 0;
      this.#table.redraw();
    } else if (event.key === 'Enter') {
      const [first] = Array.from({ length: Math.min(2, rows.count) }, (_, row) => row).filter((row) => 'item' in rows.at(row)!);
      if (first !== undefined) this.#table.enter(first);
    } else return;
    event.preventDefault();
  }
}
