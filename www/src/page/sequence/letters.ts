// A window of a contig as lines of coloured letters with the position of each line's first base.

import { make } from '../dom.ts';
import { count } from '../format.ts';
import { LINE_PX, measure, type Measure } from './measure.ts';
import { RowsView } from './rows.ts';

const CLASSES: Record<string, string> = { A: 'A', C: 'C', G: 'G', T: 'T', N: 'N', '-': 'gap' };

export interface Shown {
  /** As they are read on the screen. */
  bases: string;
  /** Position of the first of them, counted from 1; those of the reverse strand run downwards. */
  first: number;
  reverse: boolean;
}

export class LettersView {
  #shown: Shown = { bases: '', first: 1, reverse: false };
  #line: Measure = { letters: 60, gutter: '' };
  readonly #host: HTMLElement;
  readonly #rows: RowsView;

  constructor(host: HTMLElement, rows: RowsView) {
    this.#host = host;
    this.#rows = rows;
  }

  show(shown: Shown): void {
    this.#shown = shown;
    this.layOut();
  }

  layOut(): void {
    const { bases, first, reverse } = this.#shown;
    const line = measure(this.#host, count(reverse ? first : first + bases.length).length);
    if (!line) return;
    this.#line = line;
    this.#rows.show({ count: Math.ceil(bases.length / line.letters), height: () => LINE_PX, draw: (row) => this.#draw(row) });
  }

  /** The letters selected, whether they are all in the document or not; nothing if none are. */
  selected(): string {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed) return '';
    const ends = [this.#offset(selection.anchorNode, selection.anchorOffset), this.#offset(selection.focusNode, selection.focusOffset)];
    const [start, end] = [Math.min(...ends), Math.max(...ends)];
    return Number.isNaN(start) ? '' : this.#shown.bases.slice(start, end);
  }

  /** Which letter a point of the document is before; `NaN` if it is none of these. */
  #offset(node: Node | null, offset: number): number {
    const element = node instanceof Element ? node : node?.parentElement;
    const line = element?.closest<HTMLElement>('.line');
    const letters = line?.querySelector('.letters');
    if (!node || !line || !letters || !this.#host.contains(line)) return NaN;
    const before = document.createRange();
    before.setStart(letters, 0);
    // A point in the column of positions is before the line's first letter.
    if (letters.contains(node)) before.setEnd(node, offset);
    return Number(line.dataset.row) * this.#line.letters + before.toString().length;
  }

  #draw(row: number): HTMLElement {
    const { bases, first, reverse } = this.#shown;
    const start = row * this.#line.letters;
    const line = make('div', 'line');
    const text = make('span', 'letters');
    for (const ten of tens(bases.slice(start, start + this.#line.letters))) text.append(runs(ten));
    line.append(position(reverse ? first - start : first + start, this.#line.gutter), text);
    return line;
  }
}

export function position(at: number | undefined, gutter: string): HTMLElement {
  const element = make('span', 'position', at === undefined ? '' : count(at));
  element.style.minWidth = gutter;
  return element;
}

export function tens(letters: string): string[] {
  return letters.match(/.{1,10}/g) ?? [];
}

export function colourOf(letter: string): string {
  return CLASSES[letter] ?? 'X';
}

/** Up to ten letters, one element for each run of one colour. */
function runs(letters: string): HTMLElement {
  const group = make('span', 'ten');
  for (const [run] of letters.matchAll(/(.)\1*/g)) group.append(make('span', colourOf(run[0]!), run));
  return group;
}
