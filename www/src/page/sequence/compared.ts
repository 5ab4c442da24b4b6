// Two sequences, one under the other: positions of both, letters, and marks between them.

import type { Comparison } from '../../../types/index.d.ts';
import { make } from '../dom.ts';
import { count, counted } from '../format.ts';
import { colourOf, position, tens } from './letters.ts';
import { LINE_PX, measure, type Measure } from './measure.ts';
import { differencesOf, GAP, lettersBefore, partsOf, positionAt, type Difference, type Part, type Side } from './parts.ts';
import type { RowsView } from './rows.ts';

/** Room below the two lines and their marks. */
const PAIR_SPARE_PX = 12;

/** A row: the head of a part, letters of both sides, or of one of them that nothing is beside. */
interface Row {
  part: number;
  what: 'head' | 'pair' | 'ours' | 'theirs';
  start: number;
  /** Positions of the first letters. */
  ours?: number;
  theirs?: number;
}

export class ComparedView {
  #comparison: Comparison | undefined;
  #parts: Part[] = [];
  #differences: Difference[] = [];
  #current = -1;
  #layout: Row[] = [];
  #line: Measure = { letters: 60, gutter: '' };
  readonly #host: HTMLElement;
  readonly #rows: RowsView;
  /** Follows a link to the counterpart: positions count from 1. */
  onGo: (contig: number, from: number, to: number) => void = () => {};

  constructor(host: HTMLElement, rows: RowsView) {
    this.#host = host;
    this.#rows = rows;
  }

  show(comparison: Comparison, reverse: boolean): void {
    this.#comparison = comparison;
    this.#parts = partsOf(comparison, reverse);
    this.#differences = differencesOf(this.#parts);
    this.#current = -1;
    this.layOut();
  }

  get differences(): number {
    return this.#differences.length;
  }

  layOut(): void {
    const ends = this.#parts.flatMap(({ ours, theirs }) => [ours, theirs].map(({ letters, first }) => first + letters.length));
    const line = measure(this.#host, count(Math.max(1, ...ends)).length);
    if (!line) return;
    this.#line = line;
    this.#layout = this.#parts.flatMap((part, number) => layOutPart(part, number, line.letters));
    const heights = { head: LINE_PX + 10, pair: 3 * LINE_PX + PAIR_SPARE_PX, ours: LINE_PX, theirs: LINE_PX };
    this.#rows.show({ count: this.#layout.length, height: (row) => heights[this.#layout[row]!.what], draw: (row) => this.#draw(row) });
  }

  /** Goes to another difference, round the end; what it is, in words. */
  go(by: 1 | -1): string {
    const all = this.#differences.length;
    if (all === 0) return '';
    const before = this.#differences[this.#current];
    this.#current = this.#current < 0 ? (by > 0 ? 0 : all - 1) : (this.#current + by + all) % all;
    const difference = this.#differences[this.#current]!;
    for (const one of [before, difference]) if (one) this.#rowsOf(one).forEach((row) => this.#rows.refresh(row));
    const [first] = this.#rowsOf(difference);
    if (first !== undefined) this.#rows.reveal(first);
    return `Difference ${count(this.#current + 1)} of ${count(all)}: ${this.#words(difference)}`;
  }

  get current(): number {
    return this.#current;
  }

  #rowsOf({ part, start, end }: Difference): number[] {
    const rows: number[] = [];
    this.#layout.forEach((row, number) => {
      if (row.part !== part) return;
      if (row.what === 'pair' ? row.start < end && row.start + this.#line.letters > start : row.what === 'head' && !this.#parts[part]!.aligned) rows.push(number);
    });
    return rows;
  }

  #words({ part, start, end }: Difference): string {
    const { aligned, ours, theirs } = this.#parts[part]!;
    const at = count(positionAt(ours, start));
    if (!aligned) return `${counted(ours.letters.length, 'base')} from ${at} on, not shared`;
    const [a, b] = [ours, theirs].map(({ letters }) => letters.slice(start, end).replaceAll(GAP, '')) as [string, string];
    if (!a) return `${spelled(b)} inserted before ${at}`;
    if (!b) return `${spelled(a)} deleted at ${at}`;
    return `${spelled(a)} at ${at} is ${spelled(b)}`;
  }

  #draw(number: number): HTMLElement {
    const row = this.#layout[number]!;
    const part = this.#parts[row.part]!;
    if (row.what === 'head') return this.#head(row.part, part);
    const end = row.start + this.#line.letters;
    if (row.what !== 'pair') {
      const line = make('div', 'line apart');
      line.append(position(row[row.what], this.#line.gutter), spans(part[row.what].letters.slice(row.start, end), colourOf));
      return line;
    }
    const [a, b] = [part.ours.letters.slice(row.start, end), part.theirs.letters.slice(row.start, end)];
    const current = this.#differences[this.#current];
    const isCurrent = (i: number) => current?.part === row.part && row.start + i >= current.start && row.start + i < current.end;
    const classes = (letter: string, i: number) => (a[i] === b[i] ? 'same' : `differs ${colourOf(letter)}${isCurrent(i) ? ' current' : ''}`);
    const marks = Array.from(a, (letter, i) => (letter === b[i] ? '|' : letter === GAP || b[i] === GAP ? ' ' : '×')).join('');
    const pair = make('div', 'line pair');
    const lines = [
      [row.ours, a, classes],
      [undefined, marks, (mark: string) => (mark === '×' ? 'tie wrong' : 'tie')],
      [row.theirs, b, classes],
    ] as const;
    for (const [at, letters, classOf] of lines) {
      const line = make('div', 'of-pair');
      line.append(position(at, this.#line.gutter), spans(letters, classOf));
      if (at === undefined) line.setAttribute('aria-hidden', 'true');
      pair.append(line);
    }
    return pair;
  }

  #head(number: number, { aligned, ours, theirs, other }: Part): HTMLElement {
    const { sample, other: name } = this.#comparison!;
    const current = this.#differences[this.#current];
    const head = make('div', `line part-head${!aligned && current?.part === number ? ' current' : ''}`);
    const words = make('span');
    if (!other) words.append(`not shared with ${name}: ${counted(ours.letters.length, 'base')}`);
    else {
      const link = make('button', 'link', `${other.name}:${count(other.start + 1)}-${count(other.end)}${theirs.step < 0 ? ' (-)' : ''}`);
      link.type = 'button';
      link.title = `Go to this region of ${name}`;
      link.onclick = () => this.onGo(other.contig, other.start + 1, other.end);
      words.append(aligned ? `below: ${name} ` : 'not shared, so not aligned: ');
      words.append(link, aligned ? '' : ` of ${name} after ${counted(ours.letters.length, 'base')} of ${sample}`);
    }
    words.title = words.textContent ?? '';
    head.append(words);
    return head;
  }
}

function layOutPart({ aligned, ours, theirs }: Part, part: number, letters: number): Row[] {
  const rows: Row[] = [{ part, what: 'head', start: 0 }];
  if (!aligned) {
    const one = (what: 'ours' | 'theirs', { letters: text, first, step }: Side) => {
      for (let start = 0; start < text.length; start += letters) rows.push({ part, what, start, [what]: first + step * start });
    };
    one('ours', ours);
    one('theirs', theirs);
    return rows;
  }
  let [a, b] = [ours.first, theirs.first];
  for (let start = 0; start < ours.letters.length; start += letters) {
    rows.push({ part, what: 'pair', start, ours: a, theirs: b });
    const end = Math.min(start + letters, ours.letters.length);
    a += ours.step * lettersBefore(ours.letters, start, end);
    b += theirs.step * lettersBefore(theirs.letters, start, end);
  }
  return rows;
}

/** Letters in tens, one element for each run of one class. */
function spans(letters: string, classOf: (letter: string, at: number) => string): HTMLElement {
  const text = make('span', 'letters');
  let at = 0;
  for (const ten of tens(letters)) {
    const group = make('span', 'ten');
    let last: HTMLElement | undefined;
    for (const letter of ten) {
      const className = classOf(letter, at++);
      if (last?.className === className) last.textContent += letter;
      else group.append((last = make('span', className, letter)));
    }
    text.append(group);
  }
  return text;
}

function spelled(letters: string): string {
  return letters.length > 12 ? counted(letters.length, 'base') : letters;
}
