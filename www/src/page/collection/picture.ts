// The picture on its canvas: a row a sample, only those in view, drawn at most once a frame.

import { size } from '../format.ts';
import { frameOf, MARGIN, scrolled, shifted, zoomed, type Frame } from './frame.ts';
import { inkOf, paintRow, type Ink } from './paint.ts';
import { paintRuler } from './ruler.ts';
import type { Rows, RowTable } from './rows.ts';
import { Scale, type Placed } from './scale.ts';
import { sharesOf, type View } from './shares.ts';
import { rangeOf, type Spot } from './spot.ts';

/** Fewest bases from left to right. */
const BASES_MIN = 500;
/** Rows painted beyond those in view. */
const PAINTED_SPARE = 40;
/** Names kept as they are drawn. */
const NAMES_MAX = 2000;
/** Names that are measured for the room they need. */
const MEASURED_MAX = 2000;
/** Room for the number beside a bar of bytes. */
const BYTES_TEXT_PX = 64;

export interface Marks {
  /** Where the keyboard is. */
  cursor?: Spot | undefined;
  /** Where the pointer is. */
  hovered?: Spot | undefined;
}

interface Painted {
  canvas: HTMLCanvasElement;
  table: RowTable;
}

export class Picture {
  readonly host: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #ruler: HTMLCanvasElement;
  readonly #space: HTMLElement;
  readonly #swatches: readonly HTMLElement[];
  #samples: readonly string[] = [];
  #rows: Rows | undefined;
  #scale = new Scale([]);
  #view: View = { from: 0, to: 1 };
  #frame: Frame;
  #ink: Ink | undefined;
  #bytes: Float64Array | undefined;
  #bytesMax = 1;
  #longestName = 0;
  /** Rows as they are painted at this zoom. */
  readonly #painted = new Map<number, Painted>();
  readonly #placed = new WeakMap<RowTable, { placed: Placed; version: number }>();
  /** Names as far as there is room for them. */
  readonly #names = new Map<number, string>();
  /** The ruler is as it should be. */
  #ruled = false;
  #due = 0;
  marks: Marks = {};
  /** Other rows came into view. */
  onRows: () => void = () => {};
  /** Zoomed in or not. */
  onZoom: () => void = () => {};

  constructor(host: HTMLElement, ruler: HTMLCanvasElement, swatches: readonly HTMLElement[]) {
    this.host = host;
    this.#ruler = ruler;
    this.#swatches = swatches;
    this.#canvas = host.querySelector('canvas')!;
    this.#space = host.querySelector('.space')!;
    this.#frame = frameOf(host, 0, 0, false);
    for (const event of ['scroll', 'focus', 'blur']) host.addEventListener(event, () => this.draw(), { passive: true });
    new ResizeObserver(() => this.#layOut()).observe(host);
    const restyle = () => {
      this.#ink = undefined;
      this.#paintAnew();
      this.draw();
    };
    new MutationObserver(restyle).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) matchMedia(query).addEventListener('change', restyle);
  }

  /** Shows samples on a scale, from the top. */
  show(samples: readonly string[], rows: Rows, scale: Scale): void {
    this.#samples = samples;
    this.#rows = rows;
    this.#scale = scale;
    this.#bytes = undefined;
    this.marks = {};
    this.host.scrollTop = 0;
    this.#view = { from: 0, to: scale.width };
    this.#measureNames();
    this.#layOut();
    this.onZoom();
  }

  clear(): void {
    this.#samples = [];
    this.#rows = undefined;
    this.marks = {};
    this.#paintAnew();
    this.draw();
  }

  /** Bytes that samples take, to be shown beside them. */
  setBytes(bytes: Float64Array): void {
    this.#bytes = bytes;
    // The first sample mostly takes far more than all others.
    const [largest = 1, second = largest] = Float64Array.from(bytes).sort().reverse();
    this.#bytesMax = Math.max(1, bytes.length > 2 ? second : largest);
    this.#layOut();
  }

  /** A row has come: makes room for it and draws it. */
  rowCame(row: number): void {
    const table = this.#rows?.get(row);
    const whole = this.#isWhole;
    if (table && this.#scale.fit(table.contigs)) {
      this.#paintAnew();
      if (whole) this.#view = { from: 0, to: this.#scale.width };
    }
    this.draw();
  }

  get frame(): Frame {
    return this.#frame;
  }

  /** Rows in view, the cut ones too. */
  get inView(): { first: number; last: number } {
    const { height, rowHeight } = this.#frame;
    const first = Math.max(0, Math.floor(this.#top / rowHeight));
    return { first, last: Math.min(this.#samples.length, Math.ceil((this.#top + height) / rowHeight)) };
  }

  get zoom(): number {
    return this.#scale.width / (this.#view.to - this.#view.from);
  }

  get view(): Readonly<View> {
    return this.#view;
  }

  placed(table: RowTable): Placed {
    const known = this.#placed.get(table);
    if (known?.version === this.#scale.version) return known.placed;
    const placed = this.#scale.place(table.contigs);
    this.#placed.set(table, { placed, version: this.#scale.version });
    return placed;
  }

  /** The row and the base from the left at a place in the host. */
  at(x: number, y: number): { row: number; base: number } {
    const { left, barsWidth, rowHeight } = this.#frame;
    const { from, to } = this.#view;
    return { row: Math.floor((this.#top + y) / rowHeight), base: from + ((x - left) / barsWidth) * (to - from) };
  }

  /** `factor` times as many bases from left to right, about the base at `x` or the middle. */
  zoomBy(factor: number, x = this.#frame.left + this.#frame.barsWidth / 2): void {
    this.#look(zoomed(this.#view, factor, this.at(x, 0).base, this.#scale.width, BASES_MIN));
  }

  fit(): void {
    this.#look({ from: 0, to: this.#scale.width });
  }

  panBy(pixels: number): void {
    const { from, to } = this.#view;
    this.#look(shifted(this.#view, (pixels / this.#frame.barsWidth) * (to - from), this.#scale.width));
  }

  /** Scrolls and pans until a spot is in view. */
  reveal({ row, place, base }: Spot): void {
    const { rowHeight, height } = this.#frame;
    const { scale } = scrolled(this.#samples.length, this.#frame);
    const [top, bottom] = [row * rowHeight, (row + 1) * rowHeight - height];
    if (this.#top > top) this.host.scrollTop = top / scale;
    else if (this.#top < bottom) this.host.scrollTop = bottom / scale;
    const table = this.#rows?.get(row);
    const at = (table ? (this.placed(table).starts[place] ?? 0) : 0) + base;
    const { from, to } = this.#view;
    if (at < from || at >= to) this.#look(shifted(this.#view, at - (from + to) / 2, this.#scale.width));
    this.draw();
  }

  draw(): void {
    this.#due ||= requestAnimationFrame(() => {
      this.#due = 0;
      this.#drawNow();
    });
  }

  get #isWhole(): boolean {
    return this.#view.from === 0 && this.#view.to >= this.#scale.width;
  }

  get #top(): number {
    return this.host.scrollTop * scrolled(this.#samples.length, this.#frame).scale;
  }

  #look(view: View): void {
    if (view.from === this.#view.from && view.to === this.#view.to) return;
    this.#view = view;
    this.#paintAnew();
    this.draw();
    this.onZoom();
  }

  #layOut(): void {
    this.#frame = frameOf(this.host, this.#samples.length, this.#longestName, this.#bytes !== undefined);
    const { width, height, ratio } = this.#frame;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    this.#canvas.style.height = `${height}px`;
    this.#space.style.marginTop = `${-height}px`;
    this.#space.style.height = `${scrolled(this.#samples.length, this.#frame).height}px`;
    this.#paintAnew();
    this.draw();
  }

  /** Nothing painted so far is right any more. */
  #paintAnew(): void {
    this.#painted.clear();
    this.#names.clear();
    this.#ruled = false;
  }

  #measureNames(): void {
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    context.font = `13px ${getComputedStyle(this.host).fontFamily}`;
    const signs = this.#samples.reduce((most, name) => Math.max(most, name.length), 0);
    // Which is the widest, letters decide; short names cannot be.
    const long = this.#samples.filter(({ length }) => length * 2 > signs).slice(0, MEASURED_MAX);
    this.#longestName = long.reduce((most, name) => Math.max(most, context.measureText(name).width), 0);
  }

  #drawNow(): void {
    const context = this.#canvas.getContext('2d');
    const { width, height, ratio, rowHeight } = this.#frame;
    if (!context || width === 0 || height === 0) return;
    const ink = (this.#ink ??= inkOf(this.host, this.#swatches));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const { first, last } = this.inView;
    const top = this.#top;
    const yOf = (row: number) => Math.round((row * rowHeight - top) * ratio) / ratio;
    for (let row = first; row < last; row++) this.#drawBars(context, row, yOf(row), ink);
    // Fonts are set once for all rows: that takes longer than drawing.
    this.#drawNames(context, first, last, yOf, ink);
    if (this.#bytes) this.#drawBytes(context, this.#bytes, first, last, yOf, ink);
    this.#forget(first, last);
    if (this.host.matches(':focus-visible')) {
      context.strokeStyle = ink.accent;
      context.lineWidth = 2;
      context.strokeRect(1, 1, width - 2, height - 2);
    }
    if (this.#rows && !this.#ruled) paintRuler(this.#ruler, this.#scale.columns, this.#view, this.#frame, ink);
    this.#ruled = true;
    this.onRows();
  }

  #drawBars(context: CanvasRenderingContext2D, row: number, y: number, ink: Ink): void {
    const { width, rowHeight, barTop, barHeight, left, barsWidth } = this.#frame;
    const { cursor, hovered } = this.marks;
    if (cursor?.row === row) {
      context.fillStyle = ink.chosen;
      context.fillRect(0, y, width, rowHeight);
    }
    const table = this.#rows?.get(row);
    if (!table) {
      context.fillStyle = ink.line;
      context.fillRect(left, y + barTop + barHeight / 2 - 1, barsWidth, 2);
      return;
    }
    context.drawImage(this.#paintedRow(row, table, ink), left, y + barTop, barsWidth, barHeight);
    if (hovered?.row === row) this.#outline(context, hovered, table, y, ink.text);
    if (cursor?.row === row) this.#outline(context, cursor, table, y, ink.accent);
  }

  /** Where texts of a row are, from its top. */
  get #middle(): number {
    const { narrow, barTop, barHeight } = this.#frame;
    return narrow ? 11 : barTop + barHeight / 2 + 0.5;
  }

  #drawNames(context: CanvasRenderingContext2D, first: number, last: number, yOf: (row: number) => number, ink: Ink): void {
    const { narrow, nameWidth } = this.#frame;
    context.textBaseline = 'middle';
    context.font = `${narrow ? 12 : 13}px ${ink.font}`;
    context.fillStyle = ink.text;
    for (let row = first; row < last; row++) {
      const name = this.#names.get(row) ?? shortened(context, this.#samples[row] || '(no name)', nameWidth);
      this.#names.set(row, name);
      context.fillText(name, MARGIN, yOf(row) + this.#middle);
    }
  }

  /** A frame about the segment of a spot, of which some pixels are seen at least. */
  #outline(context: CanvasRenderingContext2D, spot: Spot, table: RowTable, y: number, colour: string): void {
    const { left, barsWidth, barTop, barHeight } = this.#frame;
    const { from, to } = this.#view;
    const { start, end } = rangeOf(table, spot);
    const at = this.placed(table).starts[spot.place] ?? 0;
    const x = (base: number) => left + ((at + base - from) / (to - from)) * barsWidth;
    const [x0, x1] = [Math.max(left - 2, x(start)), Math.min(left + barsWidth + 2, x(end))];
    if (x1 < left || x0 > left + barsWidth) return;
    const wide = Math.max(3, x1 - x0);
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.strokeRect((x0 + x1 - wide) / 2 - 0.75, y + barTop - 1.75, wide + 1.5, barHeight + 3.5);
  }

  #drawBytes(context: CanvasRenderingContext2D, bytes: Float64Array, first: number, last: number, yOf: (row: number) => number, ink: Ink): void {
    const { narrow, bytesLeft, bytesWidth } = this.#frame;
    context.font = `11.5px ${ink.font}`;
    context.textAlign = 'right';
    const room = bytesWidth - BYTES_TEXT_PX;
    for (let row = first; row < last; row++) {
      const own = bytes[row]!;
      const y = yOf(row) + this.#middle;
      context.fillStyle = ink.soft;
      context.fillText(size(Math.round(own)), bytesLeft + bytesWidth, y);
      if (narrow) continue;
      context.fillStyle = ink.bytes;
      context.fillRect(bytesLeft, y - 3.5, Math.max(1, Math.min(1, own / this.#bytesMax) * room), 6);
      // Longer than there is room for.
      if (own > this.#bytesMax) context.clearRect(bytesLeft + room - 8, y - 4.5, 2, 8);
    }
    context.textAlign = 'left';
  }

  #paintedRow(row: number, table: RowTable, ink: Ink): HTMLCanvasElement {
    const known = this.#painted.get(row);
    if (known?.table === table) return known.canvas;
    const { barsWidth, barHeight, ratio } = this.#frame;
    const canvas = known?.canvas ?? document.createElement('canvas');
    const shares = sharesOf(table.segments, this.placed(table), this.#view, Math.round(barsWidth * ratio));
    paintRow(canvas, shares, Math.round(barHeight * ratio), ink.kinds);
    this.#painted.set(row, { canvas, table });
    return canvas;
  }

  #forget(first: number, last: number): void {
    for (const row of this.#painted.keys()) {
      if (row < first - PAINTED_SPARE || row >= last + PAINTED_SPARE) this.#painted.delete(row);
    }
    if (this.#names.size > NAMES_MAX) this.#names.clear();
  }
}

/** As much of a text as there is room for. */
function shortened(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…`;
}
