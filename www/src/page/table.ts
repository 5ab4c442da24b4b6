// A table of any length that is only ever as large in the document as on the screen: its head, its rows, what is chosen
// and what is ticked. Which rows there are, rows.ts says; keys are in table-keys.ts.

import { make } from './dom.ts';
import { count } from './format.ts';
import { Rows, type Facts } from './rows.ts';
import { listenForKeys } from './table-keys.ts';
import { fillRow, type Column, type Sight } from './table-row.ts';

export interface TableOptions<Item> extends Facts<Item> {
  columns: readonly Column<Item>[];
  onChoose: (item: Item) => void;
  /** Rows can be ticked; told when others are. */
  onTick?: () => void;
}

/** Rows drawn beyond what is seen, so that scrolling shows no gaps. */
const SPARE_ROWS = 8;
/** Browsers stop believing in elements taller than this, in pixels. */
const HEIGHT_MAX = 12_000_000;

/** Letters of a name for which there should be room; few names are longer. */
const NAME_LETTERS_MAX = 26;
/** Letters that stand before the names of a group's members, and after that of the group. */
const INDENT_LETTERS = 3;
/** Of a text beside the name. */
const TEXT_WIDTH = 'minmax(0, 2fr)';

let tables = 0;

export class Table<Item> {
  readonly rows: Rows<Item>;
  /** Numbers of the items that are ticked. */
  readonly ticked = new Set<number>();
  /** The row that keys move, -1 for none. */
  active = -1;
  #none = '';
  #drawn = new Map<number, HTMLElement>();
  #rowHeight = 28;
  /** What rows are drawn from. */
  readonly #sight: Sight<Item>;
  readonly #id = `table${++tables}`;
  readonly #head = make('div', 'head');
  readonly #space = make('div', 'space');
  readonly #all = make('input');
  readonly host: HTMLElement;
  readonly #options: TableOptions<Item>;

  constructor(host: HTMLElement, options: TableOptions<Item>) {
    this.host = host;
    this.#options = options;
    this.rows = new Rows(options);
    this.#sight = { rows: this.rows, facts: options, columns: [], chosen: undefined, ticked: options.onTick && this.ticked };
    host.tabIndex = 0;
    this.#head.setAttribute('role', 'row');
    this.#head.setAttribute('aria-rowindex', '1');
    this.#space.setAttribute('role', 'rowgroup');
    const top = make('div', 'top');
    top.setAttribute('role', 'rowgroup');
    top.append(this.#head);
    host.append(top, this.#space);
    host.addEventListener('scroll', () => this.#draw(), { passive: true });
    host.addEventListener('click', (event) => this.#click(event));
    listenForKeys(this);
    new ResizeObserver(() => this.#layOut()).observe(host);
    this.#all.type = 'checkbox';
    this.#all.addEventListener('change', () => this.#tick(this.rows.found, this.#all.checked));
  }

  /** Shows other items, from the top; `none` is said when there are none. */
  setItems(items: readonly Item[], none: string): void {
    this.#none = none;
    this.#sight.chosen = undefined;
    this.ticked.clear();
    this.rows.setItems(items);
    this.refresh();
    if (!this.#sight.columns.some(({ id }) => id === this.rows.sorting?.by)) this.rows.sort(undefined);
    this.host.setAttribute('role', this.rows.titles.length ? 'treegrid' : 'grid');
    this.show();
    this.#options.onTick?.();
  }

  /** Draws the same rows anew, in columns as they are needed now, after more became known of the items. */
  refresh(): void {
    const { items } = this.rows;
    this.#sight.columns = this.#options.columns.filter(({ shown }) => shown?.(items) ?? true);
    this.#layColumns();
    this.#showHead();
    this.redraw();
  }

  /** Marks an item as the chosen one and shows it. */
  choose(item: Item | undefined): void {
    this.#sight.chosen = item;
    const number = item === undefined ? -1 : this.rows.items.indexOf(item);
    const group = this.rows.groupOf(number);
    if (group >= 0 && !this.rows.isOpen(group)) this.setOpen(group, true);
    this.active = this.rows.rowOf(number);
    if (this.active >= 0) this.reveal(this.active, true);
    this.redraw();
  }

  /** Draws anew, from the top, after other rows were listed; `none` is said if there are none. */
  show(none = this.#none): void {
    this.#none = none;
    this.active = this.#sight.chosen === undefined ? -1 : this.rows.rowOf(this.rows.items.indexOf(this.#sight.chosen));
    this.host.scrollTop = 0;
    this.#layOut();
    if (this.active >= 0) this.reveal(this.active, true);
  }

  /** How many rows keys pass over at a time. */
  get page(): number {
    return Math.max(1, Math.floor((this.host.clientHeight - this.#head.offsetHeight) / this.#rowHeight) - 1);
  }

  /** Does with a row what a click on it does. */
  enter(at: number): void {
    const row = this.rows.at(at);
    if (!row) return;
    if ('item' in row) return this.#options.onChoose(this.rows.items[row.item]!);
    this.setOpen(row.group, !this.rows.isOpen(row.group));
  }

  setOpen(group: number, open: boolean): void {
    this.rows.setOpen(group, open);
    this.active = this.rows.rowOfGroup(group);
    this.#layOut();
  }

  /** Opens all groups, or closes them if all are open. The active row stays, or its group becomes it. */
  toggleAll(): void {
    const row = this.rows.at(this.active);
    const group = !row ? -1 : 'group' in row ? row.group : this.rows.groupOf(row.item);
    this.rows.toggleAll();
    this.active = group >= 0 ? this.rows.rowOfGroup(group) : row && 'item' in row ? this.rows.rowOf(row.item) : -1;
    this.#layOut();
    if (this.active >= 0) this.reveal(this.active);
  }

  /** Ticks a row, or takes its tick away; that of a group is that of its members. Where there are no ticks, enters it. */
  tick(at: number): void {
    const row = this.rows.at(at);
    if (!row) return;
    if (!this.#sight.ticked) return this.enter(at);
    const items = 'item' in row ? [row.item] : this.rows.members(row.group);
    this.#tick(items, !items.every((item) => this.ticked.has(item)));
  }

  #tick(items: readonly number[], ticked: boolean): void {
    for (const item of items) {
      if (ticked) this.ticked.add(item);
      else this.ticked.delete(item);
    }
    this.redraw();
    this.#options.onTick?.();
  }

  /** As wide as their longest text; the name has the rest, shared with a second text where there is room for one. */
  #layColumns(): void {
    const widths = this.#sight.columns.map(({ id, title }, i) => {
      if (i === 0) return 'minmax(0, 3fr)';
      return this.#options.numbers[id] ? `${Math.max(title.length, count(this.rows.largest(id)).length)}ch` : TEXT_WIDTH;
    });
    if (this.#options.onTick) widths.unshift('var(--tick)');
    this.host.style.setProperty('--columns', widths.join(' '));
    this.host.style.setProperty('--columns-narrow', widths.filter((width) => width !== TEXT_WIDTH).join(' '));
  }

  /** How wide the table should be for names and numbers to be seen whole; a length of CSS. */
  get fit(): string {
    const numbers = this.#sight.columns.filter(({ id }) => this.#options.numbers[id]);
    const letters = numbers.map(({ id, title }) => Math.max(title.length, count(this.rows.largest(id)).length));
    const indent = this.rows.titles.length ? INDENT_LETTERS : 0;
    const name = Math.min(NAME_LETTERS_MAX, this.rows.longestName) + indent;
    return `calc(${letters.reduce((sum, number) => sum + number, name)}ch + ${60 + 12 * numbers.length}px)`;
  }

  #showHead(): void {
    const cells = this.#sight.columns.map(({ id, title }, i) => {
      const cell = make('span', this.#options.numbers[id] ? 'amount' : i > 0 ? 'more' : '');
      cell.setAttribute('role', 'columnheader');
      cell.setAttribute('aria-sort', this.#order(id));
      const button = make('button', '', title);
      button.type = 'button';
      button.title = `Sort by ${title.toLowerCase()}`;
      button.addEventListener('click', () => this.#sort(id));
      cell.append(button);
      return cell;
    });
    if (this.#options.onTick) cells.unshift(this.#tickOfAll());
    this.#head.replaceChildren(...cells);
    this.#head.hidden = this.rows.items.length === 0;
  }

  #tickOfAll(): HTMLElement {
    const cell = make('span', 'tick');
    cell.setAttribute('role', 'columnheader');
    this.#all.setAttribute('aria-label', 'Select all that are listed');
    cell.append(this.#all);
    return cell;
  }

  /** Ascending, descending, then as in the archive. */
  #sort(by: string): void {
    const order = this.#order(by);
    this.rows.sort(order === 'descending' ? undefined : { by, descending: order === 'ascending' });
    for (const [i, { id }] of this.#sight.columns.entries()) {
      const cell = this.#head.children[i + (this.#options.onTick ? 1 : 0)]!;
      cell.setAttribute('aria-sort', this.#order(id));
    }
    this.show();
  }

  #order(column: string): 'none' | 'ascending' | 'descending' {
    const { by, descending } = this.rows.sorting ?? {};
    return by !== column ? 'none' : descending ? 'descending' : 'ascending';
  }

  #layOut(): void {
    this.#rowHeight = parseFloat(getComputedStyle(this.host).getPropertyValue('--row')) || 28;
    const height = Math.min(this.rows.count * this.#rowHeight, HEIGHT_MAX);
    this.#space.style.height = height > 0 ? `${height}px` : 'auto';
    this.host.setAttribute('aria-rowcount', String(this.rows.count + 1));
    this.redraw();
  }

  redraw(): void {
    this.#drawn.clear();
    this.#space.replaceChildren();
    if (this.rows.count === 0) this.#space.append(this.#nothing());
    const ticks = this.rows.found.reduce((sum, item) => sum + Number(this.ticked.has(item)), 0);
    this.#all.checked = ticks > 0 && ticks === this.rows.found.length;
    this.#all.indeterminate = ticks > 0 && !this.#all.checked;
    this.#draw();
  }

  #nothing(): HTMLElement {
    const row = make('div', 'none');
    row.setAttribute('role', 'row');
    const cell = make('span', '', this.#none);
    cell.setAttribute('role', 'gridcell');
    row.append(cell);
    return row;
  }

  /** Rows that left are filled with what came into view. */
  #draw(): void {
    const { first, last, shift } = this.#view();
    const left: HTMLElement[] = [];
    for (const [at, row] of this.#drawn) {
      if (at >= first && at < last) continue;
      left.push(row);
      this.#drawn.delete(at);
    }
    for (let at = first; at < last; at++) {
      let row = this.#drawn.get(at);
      if (!row) {
        row = left.pop() ?? this.#space.appendChild(make('div'));
        fillRow(row, at, this.#sight);
        row.id = `${this.#id}-${at}`;
        row.classList.toggle('active', at === this.active);
        this.#drawn.set(at, row);
      }
      row.style.transform = `translateY(${at * this.#rowHeight - shift}px)`;
    }
    for (const row of left) row.remove();
    const active = this.#drawn.get(this.active)?.id;
    if (active) this.host.setAttribute('aria-activedescendant', active);
    else this.host.removeAttribute('aria-activedescendant');
  }

  /**
   * The rows to draw. Beyond {@link HEIGHT_MAX} the scrollbar stands for more rows than there are pixels, and `shift`
   * is how far rows must be moved up.
   */
  #view(): { first: number; last: number; shift: number } {
    const { scrollTop } = this.host;
    const height = this.#bodyHeight();
    const top = scrollTop * this.#scale();
    const first = Math.max(0, Math.floor(top / this.#rowHeight) - SPARE_ROWS);
    const last = Math.min(this.rows.count, Math.ceil((top + height) / this.#rowHeight) + SPARE_ROWS);
    return { first, last, shift: top - scrollTop };
  }

  #bodyHeight(): number {
    return Math.max(0, this.host.clientHeight - this.#head.offsetHeight);
  }

  #scale(): number {
    const full = this.rows.count * this.#rowHeight;
    const height = this.#bodyHeight();
    return full > HEIGHT_MAX ? (full - height) / (HEIGHT_MAX - height) : 1;
  }

  #click(event: MouseEvent): void {
    const target = event.target as Element;
    const at = Number(target.closest<HTMLElement>('.item')?.dataset.row ?? -1);
    if (at < 0) return;
    this.active = at;
    if (!target.closest('.tick')) return this.enter(at);
    this.tick(at);
    this.host.focus({ preventScroll: true });
  }

  /** Scrolls until a row is seen: just so, or to the middle. One that is seen already stays where it is. */
  reveal(at: number, toMiddle = false): void {
    const height = this.#bodyHeight();
    const scale = this.#scale();
    const top = at * this.#rowHeight;
    const seen = this.host.scrollTop * scale;
    const below = top + this.#rowHeight - height;
    if (top >= seen && below <= seen) return;
    this.host.scrollTop = (toMiddle ? (top + below) / 2 : top < seen ? top : below) / scale;
  }
}
