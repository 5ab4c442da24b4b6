// Rows of different heights, of which only those on the screen are in the document.

import { make } from '../dom.ts';

/** Pixels beyond what is seen in which rows are drawn, so that scrolling shows no gaps. */
const SPARE_PX = 100;
/** Room above the first row and below the last, in pixels. */
const MARGIN_PX = 8;

export interface Rows {
  count: number;
  height: (row: number) => number;
  draw: (row: number) => HTMLElement;
}

export class RowsView {
  #rows: Rows = { count: 0, height: () => 0, draw: () => make('div') };
  /** Where each row begins, and where the last ends. */
  #tops = new Float64Array(1);
  readonly #drawn = new Map<number, HTMLElement>();
  readonly #host: HTMLElement;
  readonly #space = make('div', 'space');

  constructor(host: HTMLElement) {
    this.#host = host;
    host.append(this.#space);
    host.addEventListener('scroll', () => this.#draw(), { passive: true });
  }

  /** Other rows, or the same in another shape. */
  show(rows: Rows): void {
    this.#rows = rows;
    this.#tops = new Float64Array(rows.count + 1);
    for (let row = 0; row < rows.count; row++) this.#tops[row + 1] = this.#tops[row]! + rows.height(row);
    this.#space.style.height = `${this.#tops[rows.count]! + 2 * MARGIN_PX}px`;
    this.#drawn.clear();
    this.#space.replaceChildren();
    this.#draw();
  }

  /** Draws a row again, if it is there. */
  refresh(row: number): void {
    const before = this.#drawn.get(row);
    if (!before) return;
    const after = this.#add(row);
    before.replaceWith(after);
  }

  toTop(): void {
    this.#host.scrollTop = 0;
  }

  /** Scrolls until a row is seen, to the middle unless it is seen already. */
  reveal(row: number): void {
    const [top, bottom] = [this.#tops[row]!, this.#tops[row + 1]!];
    const { scrollTop, clientHeight } = this.#host;
    if (top >= scrollTop && bottom + 2 * MARGIN_PX <= scrollTop + clientHeight) return;
    this.#host.scrollTop = (top + bottom - clientHeight) / 2;
    this.#draw();
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.#host;
    const first = Math.max(0, this.#at(scrollTop - SPARE_PX));
    const last = Math.min(this.#rows.count, this.#at(scrollTop + clientHeight + SPARE_PX) + 1);
    const selection = document.getSelection();
    for (const [row, element] of this.#drawn) {
      // Rows where a selection begins or ends stay, so that it can be longer than the screen.
      const selected = element.contains(selection?.anchorNode ?? null) || element.contains(selection?.focusNode ?? null);
      if ((row >= first && row < last) || selected) continue;
      element.remove();
      this.#drawn.delete(row);
    }
    for (let row = first; row < last; row++) {
      if (this.#drawn.has(row)) continue;
      const after = [...this.#drawn.keys()].filter((other) => other > row);
      this.#space.insertBefore(this.#add(row), after.length ? this.#drawn.get(Math.min(...after))! : null);
    }
  }

  #add(row: number): HTMLElement {
    const element = this.#rows.draw(row);
    element.dataset.row = String(row);
    element.style.transform = `translateY(${this.#tops[row]! + MARGIN_PX}px)`;
    this.#drawn.set(row, element);
    return element;
  }

  /** The row at a height. */
  #at(top: number): number {
    let [low, high] = [0, this.#rows.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#tops[middle + 1]! <= top - MARGIN_PX) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
