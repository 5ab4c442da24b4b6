// A window of a contig as lines of coloured letters with the position of each line's first base.

import { make } from './dom.ts';
import { count } from './format.ts';

const LINE_PX = 22;
const TEN = 10;
const LINE_BASES_MAX = 120;
const SPARE_LINES = 4;
/** Room around the positions; page.css has the same. */
const GUTTER_PX = 26;

const CLASSES: Record<string, string> = { A: 'A', C: 'C', G: 'G', T: 'T', N: 'N' };

export class SequenceView {
  #bases = '';
  /** Position of the first base, counted from 1. */
  #first = 1;
  #lineBases = 60;
  #gutterChars = 1;
  readonly #host: HTMLElement;
  readonly #space = make('div', 'space');

  constructor(host: HTMLElement) {
    this.#host = host;
    host.append(this.#space);
    host.addEventListener('scroll', () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#layOut()).observe(host);
  }

  /** Shows `bases`, of which the first is base number `first` of its contig, counted from 1. */
  show(bases: string, first: number): void {
    this.#bases = bases;
    this.#first = first;
    this.#gutterChars = count(first + bases.length).length;
    this.#host.scrollTop = 0;
    this.#layOut();
  }

  /** As many tens of bases in a line as there is room for. */
  #layOut(): void {
    const room = this.#host.clientWidth;
    if (room === 0) return;
    const char = this.#charWidth();
    const gutter = this.#gutterChars * char + GUTTER_PX;
    // The last ten needs no gap after it.
    const tens = Math.floor((room - gutter - 4 + char) / ((TEN + 1) * char));
    this.#lineBases = Math.max(1, Math.min(LINE_BASES_MAX / TEN, tens)) * TEN;
    this.#space.style.height = `${Math.ceil(this.#bases.length / this.#lineBases) * LINE_PX + 16}px`;
    this.#draw();
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.#host;
    const lines = Math.ceil(this.#bases.length / this.#lineBases);
    const first = Math.max(0, Math.floor(scrollTop / LINE_PX) - SPARE_LINES);
    const last = Math.min(lines, Math.ceil((scrollTop + clientHeight) / LINE_PX) + SPARE_LINES);
    const drawn = [];
    for (let line = first; line < last; line++) drawn.push(this.#line(line));
    this.#space.replaceChildren(...drawn);
  }

  #line(index: number): HTMLElement {
    const start = index * this.#lineBases;
    const line = make('div', 'line');
    line.style.transform = `translateY(${index * LINE_PX + 8}px)`;
    const position = make('span', 'position', count(this.#first + start));
    position.style.minWidth = `calc(${this.#gutterChars}ch + ${GUTTER_PX}px)`;
    line.append(position);
    const end = Math.min(start + this.#lineBases, this.#bases.length);
    for (let at = start; at < end; at += TEN) line.append(ten(this.#bases.slice(at, Math.min(at + TEN, end))));
    return line;
  }

  #charWidth(): number {
    const probe = make('span', 'position', '0'.repeat(100));
    probe.style.cssText = 'padding:0;position:absolute;visibility:hidden';
    this.#host.append(probe);
    const width = probe.getBoundingClientRect().width / 100;
    probe.remove();
    return width || 8;
  }
}

/** Up to ten letters, one element for each run of one colour. */
function ten(letters: string): HTMLElement {
  const group = make('span', 'ten');
  for (const [run] of letters.matchAll(/(.)\1*/g)) group.append(make('span', CLASSES[run[0] ?? ''] ?? 'X', run));
  return group;
}
