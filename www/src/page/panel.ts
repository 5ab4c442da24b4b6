// A pane with a title, a count, a filter box and a list: samples, and contigs.

import { byId } from './dom.ts';
import { count } from './format.ts';
import { VirtualList, type ListOptions } from './list.ts';

export class Panel<Item> {
  #all: readonly Item[] = [];
  #none = '';
  readonly #name: string;
  readonly #list: VirtualList<Item>;
  readonly #filter: HTMLInputElement;
  readonly #textOf: (item: Item) => string;

  /** `name` is the prefix of the pane's ids in index.html. */
  constructor(name: string, options: ListOptions<Item>) {
    this.#name = name;
    this.#textOf = (item) => options.text(item).label;
    this.#list = new VirtualList(byId(`${name}-list`), options);
    this.#filter = byId<HTMLInputElement>(`${name}-filter`);
    this.#filter.addEventListener('input', () => this.#show());
    this.#filter.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown') byId(`${name}-list`).focus();
    });
  }

  /** Other items; the filter starts empty. `none` is said where there are no items. */
  setItems(items: readonly Item[], none: string): void {
    this.#all = items;
    this.#none = none;
    this.#filter.value = '';
    this.#filter.hidden = items.length < 2;
    this.#list.choose(undefined);
    this.#show();
  }

  choose(item: Item | undefined): void {
    this.#list.choose(item);
  }

  #show(): void {
    const words = this.#filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const matches = (item: Item) => {
      const text = this.#textOf(item).toLowerCase();
      return words.every((word) => text.includes(word));
    };
    const found = words.length ? this.#all.filter(matches) : this.#all;
    this.#list.setItems(found, this.#all.length ? `None of ${count(this.#all.length)} has that name.` : this.#none);
    const all = this.#all.length ? count(this.#all.length) : '';
    byId(`${this.#name}-count`).textContent = words.length ? `${count(found.length)} of ${all}` : all;
  }
}
