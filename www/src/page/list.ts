// A list of any length that is only ever as large in the document as on the screen.

import { make } from './dom.ts';

export interface ListOptions<Item> {
  /** What a row shows: the name, and a smaller text to its right. */
  text: (item: Item) => { label: string; aside?: string };
  onChoose: (item: Item) => void;
}

/** Rows drawn beyond what is seen, so that scrolling shows no gaps. */
const SPARE_ROWS = 6;
/** Browsers stop believing in elements taller than this, in pixels. */
const HEIGHT_MAX = 12_000_000;

let lists = 0;

export class VirtualList<Item> {
  #items: readonly Item[] = [];
  #chosen: Item | undefined;
  #active = -1;
  #none = '';
  #rows = new Map<number, HTMLElement>();
  #rowHeight = 28;
  readonly #id = `list${++lists}`;
  readonly #space = make('div', 'space');
  readonly #host: HTMLElement;
  readonly #options: ListOptions<Item>;

  constructor(host: HTMLElement, options: ListOptions<Item>) {
    this.#host = host;
    this.#options = options;
    host.setAttribute('role', 'listbox');
    host.tabIndex = 0;
    this.#space.setAttribute('role', 'presentation');
    host.append(this.#space);
    host.addEventListener('scroll', () => this.#draw(), { passive: true });
    host.addEventListener('click', (event) => this.#click(event));
    host.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.#layOut()).observe(host);
  }

  /** Shows other items, from the top; `none` is said when there are none. */
  setItems(items: readonly Item[], none: string): void {
    this.#items = items;
    this.#none = none;
    this.#active = this.#chosen === undefined ? -1 : items.indexOf(this.#chosen);
    this.#host.scrollTop = 0;
    this.#layOut();
    if (this.#active >= 0) this.#reveal(this.#active, true);
  }

  /** Marks an item as the chosen one and shows it. */
  choose(item: Item | undefined): void {
    this.#chosen = item;
    this.#active = item === undefined ? -1 : this.#items.indexOf(item);
    if (this.#active >= 0) this.#reveal(this.#active, true);
    this.#redraw();
  }

  #layOut(): void {
    this.#rowHeight = parseFloat(getComputedStyle(this.#host).getPropertyValue('--row')) || 28;
    const height = Math.min(this.#items.length * this.#rowHeight, HEIGHT_MAX);
    this.#space.style.height = height > 0 ? `${height}px` : 'auto';
    this.#redraw();
  }

  #redraw(): void {
    this.#rows.clear();
    this.#space.replaceChildren();
    if (this.#items.length === 0) this.#space.append(make('p', 'none', this.#none));
    this.#draw();
  }

  /** Adds the rows that came into view, removes those that left. */
  #draw(): void {
    const { first, last, shift } = this.#view();
    for (const [index, row] of this.#rows) {
      if (index >= first && index < last) continue;
      row.remove();
      this.#rows.delete(index);
    }
    for (let index = first; index < last; index++) {
      const row = this.#rows.get(index) ?? this.#add(index);
      row.style.transform = `translateY(${index * this.#rowHeight - shift}px)`;
    }
    this.#host.setAttribute('aria-activedescendant', this.#rows.has(this.#active) ? this.#rowId(this.#active) : '');
  }

  /**
   * The rows to draw. Beyond {@link HEIGHT_MAX} the scrollbar stands for more rows than there are pixels, and `shift`
   * is how far rows must be moved up.
   */
  #view(): { first: number; last: number; shift: number } {
    const { scrollTop, clientHeight } = this.#host;
    const full = this.#items.length * this.#rowHeight;
    const scale = full > HEIGHT_MAX ? (full - clientHeight) / (HEIGHT_MAX - clientHeight) : 1;
    const top = scrollTop * scale;
    const first = Math.max(0, Math.floor(top / this.#rowHeight) - SPARE_ROWS);
    const last = Math.min(this.#items.length, Math.ceil((top + clientHeight) / this.#rowHeight) + SPARE_ROWS);
    return { first, last, shift: top - scrollTop };
  }

  #add(index: number): HTMLElement {
    const item = this.#items[index]!;
    const { label, aside } = this.#options.text(item);
    const row = make('div', index === this.#active ? 'item active' : 'item');
    row.id = this.#rowId(index);
    row.title = label;
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', String(item === this.#chosen));
    row.setAttribute('aria-posinset', String(index + 1));
    row.setAttribute('aria-setsize', String(this.#items.length));
    row.dataset.index = String(index);
    row.append(make('span', 'label', label || '(no name)'));
    if (aside) row.append(make('span', 'aside', aside));
    this.#rows.set(index, row);
    this.#space.append(row);
    return row;
  }

  #click(event: MouseEvent): void {
    const row = (event.target as Element).closest<HTMLElement>('.item');
    const item = this.#items[Number(row?.dataset.index ?? -1)];
    if (item !== undefined) this.#options.onChoose(item);
  }

  #key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#host.clientHeight / this.#rowHeight) - 1);
    const end = this.#items.length - 1;
    const at = this.#active;
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: end,
    };
    const to = moves[event.key];
    if (to !== undefined && end >= 0) {
      this.#active = Math.max(0, Math.min(end, to));
      this.#reveal(this.#active);
      this.#redraw();
    } else if ((event.key === 'Enter' || event.key === ' ') && this.#items[at] !== undefined) {
      this.#options.onChoose(this.#items[at]);
    } else return;
    event.preventDefault();
  }

  /** Scrolls until a row is seen: just so, or to the middle. One that is seen already stays where it is. */
  #reveal(index: number, toMiddle = false): void {
    const height = this.#host.clientHeight;
    const full = this.#items.length * this.#rowHeight;
    const scale = full > HEIGHT_MAX ? (full - height) / (HEIGHT_MAX - height) : 1;
    const top = index * this.#rowHeight;
    const seen = this.#host.scrollTop * scale;
    const below = top + this.#rowHeight - height;
    if (top >= seen && below <= seen) return;
    this.#host.scrollTop = (toMiddle ? (top + below) / 2 : top < seen ? top : below) / scale;
  }

  #rowId(index: number): string {
    return `${this.#id}-${index}`;
  }
}
