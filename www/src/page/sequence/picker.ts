// A box to choose a sample by typing parts of its name: an ARIA combobox whose list never has more than fits.

import { byId, make } from '../dom.ts';
import { count } from '../format.ts';

/** Names listed at most: more are found by typing. */
const LISTED_MAX = 50;

export class Picker {
  #names: readonly string[] = [];
  #found: readonly string[] = [];
  #active = -1;
  #chosen: string | undefined;
  readonly #box: HTMLInputElement;
  readonly #list: HTMLElement;
  onChoose: (name: string) => void = () => {};

  /** `id` is that of the box in index.html; its list is `id-list`. */
  constructor(id: string) {
    this.#box = byId<HTMLInputElement>(id);
    this.#list = byId(`${id}-list`);
    this.#box.addEventListener('focus', () => {
      this.#box.select();
      this.#open('');
    });
    this.#box.addEventListener('click', () => this.#list.hidden && this.#open(''));
    this.#box.addEventListener('input', () => this.#open(this.#box.value));
    this.#box.addEventListener('blur', () => this.#close());
    this.#box.addEventListener('keydown', (event) => this.#key(event));
    // Before the box loses its focus, and the list with it.
    this.#list.addEventListener('pointerdown', (event) => event.preventDefault());
    this.#list.addEventListener('click', (event) => {
      const option = (event.target as Element).closest<HTMLElement>('[role=option]');
      if (option) this.#choose(Number(option.dataset.index));
    });
  }

  setNames(names: readonly string[], chosen: string | undefined): void {
    this.#names = names;
    this.#chosen = chosen;
    this.#box.value = chosen ?? '';
  }

  #open(typed: string): void {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    this.#found = this.#names.filter((name) => words.every((word) => name.toLowerCase().includes(word)));
    this.#active = typed && this.#found.length ? 0 : this.#found.indexOf(this.#chosen ?? '');
    this.#list.hidden = false;
    this.#box.setAttribute('aria-expanded', 'true');
    this.#draw();
  }

  #close(): void {
    this.#list.hidden = true;
    this.#box.setAttribute('aria-expanded', 'false');
    this.#box.removeAttribute('aria-activedescendant');
    this.#box.value = this.#chosen ?? '';
  }

  #draw(): void {
    // As many as are listed, with the active one among them.
    const first = Math.max(0, Math.min(this.#active - LISTED_MAX / 2, this.#found.length - LISTED_MAX));
    const options = this.#found.slice(first, first + LISTED_MAX).map((name, i) => {
      const option = make('li', '', name);
      option.id = `${this.#list.id}-${first + i}`;
      option.dataset.index = String(first + i);
      option.setAttribute('role', 'option');
      option.setAttribute('aria-selected', String(first + i === this.#active));
      return option;
    });
    const more = this.#found.length - options.length;
    const note = !options.length ? 'No other sample has such a name.' : more > 0 ? `${count(more)} more: type a part of the name` : '';
    const notes = note ? [make('li', 'note', note)] : [];
    for (const one of notes) one.setAttribute('role', 'presentation');
    this.#list.replaceChildren(...options, ...notes);
    const active = this.#list.querySelector('[aria-selected=true]');
    active?.scrollIntoView({ block: 'nearest' });
    this.#box.setAttribute('aria-activedescendant', active?.id ?? '');
  }

  #key(event: KeyboardEvent): void {
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
    const by = moves[event.key];
    if (by !== undefined) {
      if (this.#list.hidden) this.#open('');
      else this.#active = Math.max(0, Math.min(this.#found.length - 1, this.#active + by));
      this.#draw();
    } else if (event.key === 'Enter' && !this.#list.hidden && this.#found[this.#active] !== undefined) this.#choose(this.#active);
    else if (event.key === 'Escape' && !this.#list.hidden) this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #choose(index: number): void {
    const name = this.#found[index];
    if (name === undefined) return;
    this.#chosen = name;
    this.#close();
    this.onChoose(name);
  }
}
