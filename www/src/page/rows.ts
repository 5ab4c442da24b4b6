// Which rows a table has, and in which order: sorted, filtered, in groups that open and close. Nothing here is drawn.

import { groupsOf } from './pansn.ts';

export interface Facts<Item> {
  /** The name by which rows are found, grouped and sorted. */
  name: (item: Item) => string;
  /** More text in which the filter looks. */
  more?: (item: Item) => string;
  /** Numbers by which rows are sorted, and which groups add up; by the id of their column. */
  numbers: Record<string, (item: Item) => number>;
  /** After how many `#` a PanSN name of this kind tells its group's members apart. */
  signs: 1 | 2;
}

/** By a column, or (undefined) in the order of the archive. */
export interface Sorting {
  by: string;
  descending: boolean;
}

/** A row of a group, or of an item. */
export type Row = { group: number } | { item: number };

/** Items of one group that the filter lets through, in order; without a group each is alone. */
interface Unit {
  group: number;
  items: number[];
}

export class Rows<Item> {
  items: readonly Item[] = [];
  /** Items that the filter lets through. */
  found: readonly number[] = [];
  titles: readonly string[] = [];
  #groups: Int32Array = new Int32Array();
  #texts: string[] | undefined;
  #orders = new Map<string, number[]>();
  #closed = new Set<number>();
  #units: Unit[] = [];
  #byGroup = new Map<number, Unit>();
  #words: string[] = [];
  /** Numbers: items from 0 on, groups from -1 down. */
  #rows: readonly number[] = [];
  sorting: Sorting | undefined;
  readonly #facts: Facts<Item>;

  constructor(facts: Facts<Item>) {
    this.#facts = facts;
  }

  /** Other items. The filter is gone, the sorting stays, all groups are open. */
  setItems(items: readonly Item[]): void {
    this.items = items;
    const { groups, titles } = groupsOf(items.map(this.#facts.name), this.#facts.signs);
    this.#groups = groups;
    this.titles = titles;
    this.#texts = undefined;
    this.#orders.clear();
    this.#closed.clear();
    this.#words = [];
    this.#arrange();
  }

  /** Lets those items through whose texts have all the words. */
  filter(text: string): void {
    this.#words = text.toLowerCase().split(/\s+/).filter(Boolean);
    this.#arrange();
  }

  get filtered(): boolean {
    return this.#words.length > 0;
  }

  sort(sorting: Sorting | undefined): void {
    this.sorting = sorting;
    this.#arrange();
  }

  get count(): number {
    return this.#rows.length;
  }

  at(row: number): Row | undefined {
    const number = this.#rows[row];
    if (number === undefined) return undefined;
    return number < 0 ? { group: -1 - number } : { item: number };
  }

  groupOf(item: number): number {
    return this.#groups[item] ?? -1;
  }

  /** The row of an item, -1 where it is not shown. */
  rowOf(item: number): number {
    return this.#rows.indexOf(item);
  }

  rowOfGroup(group: number): number {
    return this.#rows.indexOf(-1 - group);
  }

  /** Items of a group that the filter lets through. */
  members(group: number): readonly number[] {
    return this.#byGroup.get(group)?.items ?? [];
  }

  /** What a column adds up to in a group. */
  sum(group: number, column: string): number {
    return this.#sum(this.members(group), column);
  }

  /** Letters of the longest name. */
  get longestName(): number {
    let longest = 0;
    for (const item of this.items) longest = Math.max(longest, this.#facts.name(item).length);
    return longest;
  }

  /** The largest number there is in a column, sums of groups included. */
  largest(column: string): number {
    const number = this.#facts.numbers[column];
    let largest = 0;
    if (number) for (const item of this.items) largest = Math.max(largest, number(item));
    for (const group of this.titles.keys()) largest = Math.max(largest, this.sum(group, column));
    return largest;
  }

  /** What the filter looks for is shown in closed groups too. */
  isOpen(group: number): boolean {
    return this.filtered || !this.#closed.has(group);
  }

  setOpen(group: number, open: boolean): void {
    if (open) this.#closed.delete(group);
    else this.#closed.add(group);
    this.#list();
  }

  /** Opens all groups, or closes them if all are open. */
  toggleAll(): void {
    this.#closed = new Set(this.#closed.size ? [] : this.titles.keys());
    this.#list();
  }

  /** The next row from `from` on, then from the top, whose name begins with these letters, or what follows its group. */
  find(letters: string, from: number): number {
    const wanted = letters.toLowerCase();
    for (let step = 0; step < this.count; step++) {
      const at = (from + step) % this.count;
      const row = this.at(at)!;
      const title = 'group' in row ? this.titles[row.group]! : this.#facts.name(this.items[row.item]!);
      const stem = 'item' in row ? this.titles[this.groupOf(row.item)] : undefined;
      const names = [title, ...(stem === undefined ? [] : [title.slice(stem.length + 1)])];
      if (names.some((name) => name.slice(0, letters.length).toLowerCase() === wanted)) return at;
    }
    return -1;
  }

  #arrange(): void {
    const order = this.#order();
    const texts = this.filtered ? (this.#texts ??= this.items.map((item) => this.#text(item))) : [];
    this.found = this.filtered ? order.filter((item) => this.#words.every((word) => texts[item]!.includes(word))) : order;
    this.#units = [];
    this.#byGroup.clear();
    for (const item of this.titles.length ? this.found : []) {
      const group = this.groupOf(item);
      const unit = this.#byGroup.get(group);
      if (unit && group >= 0) unit.items.push(item);
      else this.#units.push(this.#begin({ group, items: [item] }));
    }
    this.#sortUnits();
    this.#list();
  }

  #begin(unit: Unit): Unit {
    if (unit.group >= 0) this.#byGroup.set(unit.group, unit);
    return unit;
  }

  /** Groups stand where their sums put them; by name and in the archive's order, where their first member does. */
  #sortUnits(): void {
    const { by, descending } = this.sorting ?? { by: '', descending: false };
    if (!this.#facts.numbers[by]) return;
    const sums = new Map(this.#units.map((unit) => [unit, this.#sum(unit.items, by)]));
    const way = descending ? -1 : 1;
    this.#units.sort((a, b) => way * (sums.get(a)! - sums.get(b)!));
  }

  #list(): void {
    if (!this.titles.length) return void (this.#rows = this.found);
    const rows: number[] = (this.#rows = []);
    for (const { group, items } of this.#units) {
      if (group >= 0) rows.push(-1 - group);
      if (group >= 0 && !this.isOpen(group)) continue;
      for (const item of items) rows.push(item);
    }
  }

  #order(): readonly number[] {
    const { by, descending } = this.sorting ?? { by: '', descending: false };
    const ascending = this.#orders.get(by) ?? this.#ascending(by);
    this.#orders.set(by, ascending);
    return descending ? [...ascending].reverse() : ascending;
  }

  #ascending(by: string): number[] {
    const order = Array.from(this.items.keys());
    const number = this.#facts.numbers[by];
    if (number) {
      const values = Float64Array.from(this.items, number);
      return order.sort((a, b) => values[a]! - values[b]! || a - b);
    }
    if (!by) return order;
    const keys = this.items.map((item) => naturalKey(this.#facts.name(item)));
    return order.sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : a - b));
  }

  #sum(items: readonly number[], column: string): number {
    const number = this.#facts.numbers[column];
    return number ? items.reduce((sum, item) => sum + number(this.items[item]!), 0) : 0;
  }

  #text(item: Item): string {
    const { name, more } = this.#facts;
    return `${name(item)} ${more?.(item) ?? ''}`.toLowerCase();
  }
}

/**
 * A text by which names sort as people do it: chr2 before chr10, a before B. Collators know that as well, at twenty
 * times the price, which 33 000 contigs would make felt.
 */
export function naturalKey(name: string): string {
  return name.toLowerCase().replace(/\d+/g, (digits) => {
    const number = digits.replace(/^0+(?=\d)/, '');
    return String.fromCharCode(0x30 + Math.min(number.length, 48)) + number;
  });
}
