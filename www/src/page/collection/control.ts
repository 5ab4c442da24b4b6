// What pointer and keyboard do in the picture: look, move a cursor over rows, contigs and segments, zoom, go.

import type { Picture } from './picture.ts';
import type { Rows, RowTable } from './rows.ts';
import { rangeOf, segmentsOf, spotAt, spotIn, type Spot } from './spot.ts';

export interface Asks {
  /** The pointer or the keyboard is at a spot, on a row that is not read yet, or nowhere. */
  onLook: (at: { row: number; spot: Spot | undefined } | undefined, by: 'pointer' | 'keyboard') => void;
  /** To the bases of a spot. */
  onGo: (spot: Spot) => void;
  /** To a sample by its name. */
  onSample: (row: number) => void;
}

/** What is under the pointer. */
interface Under {
  row: number;
  spot: Spot | undefined;
  inName: boolean;
}

const ZOOM_STEP = 1.6;
/** A pointer that moved no more than this has clicked. */
const CLICK_PX = 4;

export class Control {
  readonly #picture: Picture;
  readonly #asks: Asks;
  #rows: Rows | undefined;
  #count = 0;
  /** Where the keyboard is: a row, and bases from the left, which tell the contig once the row is read. */
  #cursor: { row: number; at: number } | undefined;
  #pressed: { x: number; y: number; moved: boolean } | undefined;
  /** A tap looks, a second one goes. */
  #tapped: Spot | undefined;

  constructor(picture: Picture, asks: Asks) {
    this.#picture = picture;
    this.#asks = asks;
    const { host } = picture;
    host.addEventListener('pointermove', (event) => this.#move(event));
    host.addEventListener('pointerleave', () => this.#hover(undefined));
    host.addEventListener('pointerdown', (event) => (this.#pressed = { x: event.clientX, y: event.clientY, moved: false }));
    host.addEventListener('pointercancel', () => (this.#pressed = undefined));
    host.addEventListener('pointerup', (event) => this.#release(event));
    host.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    host.addEventListener('keydown', (event) => this.#key(event));
    host.addEventListener('blur', () => this.#mark(undefined));
    host.addEventListener('focus', () => host.matches(':focus-visible') && this.#moveTo(this.#cursor?.row ?? picture.inView.first));
  }

  /** Other rows. */
  start(rows: Rows, count: number): void {
    this.#rows = rows;
    this.#count = count;
    this.#cursor = this.#tapped = undefined;
  }

  /** A row has come, on which the cursor may wait. */
  rowCame(row: number): void {
    if (this.#cursor?.row === row && this.#picture.host.matches(':focus-visible')) this.#moveTo(row);
  }

  #spot(row: number, at: number): Spot | undefined {
    const table = this.#rows?.get(row);
    return table && spotAt(row, table, this.#picture.placed(table), at);
  }

  #hover(at: Under | undefined): void {
    this.#picture.marks = { ...this.#picture.marks, hovered: at?.spot };
    this.#picture.host.style.cursor = at?.spot || at?.inName ? 'pointer' : '';
    this.#picture.draw();
    this.#asks.onLook(at, 'pointer');
  }

  #under({ clientX, clientY }: MouseEvent): Under | undefined {
    const { left, top } = this.#picture.host.getBoundingClientRect();
    const { row, base } = this.#picture.at(clientX - left, clientY - top);
    if (row < 0 || row >= this.#count) return undefined;
    const { frame, view } = this.#picture;
    const inBars = base >= view.from && base < view.to;
    return { row, spot: inBars ? this.#spot(row, base) : undefined, inName: !frame.narrow && clientX - left < frame.left };
  }

  #move(event: PointerEvent): void {
    // Let go of elsewhere.
    if (event.buttons === 0) this.#pressed = undefined;
    const pressed = this.#pressed;
    if (pressed) {
      const by = pressed.x - event.clientX;
      if (pressed.moved || Math.abs(by) > CLICK_PX) {
        Object.assign(pressed, { moved: true, x: event.clientX });
        return this.#picture.panBy(by);
      }
    }
    if (event.pointerType !== 'touch') this.#hover(this.#under(event));
  }

  #release(event: PointerEvent): void {
    const pressed = this.#pressed;
    this.#pressed = undefined;
    if (!pressed || pressed.moved || Math.abs(event.clientY - pressed.y) > CLICK_PX || event.button !== 0) return;
    const under = this.#under(event);
    if (!under) return;
    if (under.inName) return this.#asks.onSample(under.row);
    if (!under.spot) return;
    if (event.pointerType === 'touch' && this.#tapped?.segment !== under.spot.segment) {
      this.#tapped = under.spot;
      return this.#hover(under);
    }
    this.#asks.onGo(under.spot);
  }

  #wheel(event: WheelEvent): void {
    const { left } = this.#picture.host.getBoundingClientRect();
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.ctrlKey || event.metaKey) this.#picture.zoomBy(1.0025 ** event.deltaY, event.clientX - left);
    else if (sideways && this.#picture.zoom > 1 && Math.abs(sideways) >= (event.shiftKey ? 0 : Math.abs(event.deltaY))) this.#picture.panBy(sideways);
    else return;
    event.preventDefault();
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || this.#count === 0) return;
    const { row = this.#picture.inView.first } = this.#cursor ?? {};
    const { height, rowHeight } = this.#picture.frame;
    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    const rows: Record<string, number> = { ArrowDown: row + 1, ArrowUp: row - 1, PageDown: row + page, PageUp: row - page, Home: 0, End: this.#count - 1 };
    const to = rows[event.key];
    if (to !== undefined) this.#moveTo(Math.max(0, Math.min(this.#count - 1, to)));
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') this.#along(event.key === 'ArrowRight' ? 1 : -1, event.shiftKey);
    else if (event.key === '+' || event.key === '=') this.#picture.zoomBy(1 / ZOOM_STEP);
    else if (event.key === '-') this.#picture.zoomBy(ZOOM_STEP);
    else if (event.key === '0') this.#picture.fit();
    else if (event.key === 'Enter' || event.key === ' ') {
      const { cursor } = this.#picture.marks;
      if (cursor) this.#asks.onGo(cursor);
    } else return;
    event.preventDefault();
  }

  /** The cursor onto a row, at the bases where it was. */
  #moveTo(row: number): void {
    if (row >= this.#count) return;
    this.#cursor = { row, at: this.#cursor?.at ?? this.#picture.view.from };
    const table = this.#rows?.get(row);
    this.#set(row, table && this.#nearest(row, table, this.#cursor.at));
  }

  /** To the next contig, or the next segment of the contig or of the one beside it. */
  #along(by: 1 | -1, bySegment: boolean): void {
    const { row = this.#picture.inView.first } = this.#cursor ?? {};
    const table = this.#rows?.get(row);
    const spot = this.#picture.marks.cursor;
    if (!table || !spot || spot.row !== row) return this.#moveTo(row);
    const { starts } = table.segments;
    const next = (spot.segment ?? -1) + by;
    const { first, end } = segmentsOf(table, spot.contig.index);
    if (bySegment && next >= first && next < end) return this.#set(row, spotIn(row, table, spot.place, spot.contig, starts[next]!));
    const { contigs } = this.#picture.placed(table);
    const place = spot.place + by;
    const contig = table.contigs[contigs[place] ?? -1];
    if (contig) this.#set(row, spotIn(row, table, place, contig, bySegment && by < 0 ? contig.length - 1 : 0));
  }

  /** What is at some bases from the left, or else the contig before that. */
  #nearest(row: number, table: RowTable, at: number): Spot | undefined {
    const placed = this.#picture.placed(table);
    const found = spotAt(row, table, placed, at);
    if (found) return found;
    const place = Math.max(0, placed.starts.findLastIndex((start) => start <= at));
    const contig = table.contigs[placed.contigs[place] ?? -1];
    return contig && spotIn(row, table, place, contig, 0);
  }

  #set(row: number, spot: Spot | undefined): void {
    const table = this.#rows?.get(row);
    if (spot && table) this.#cursor = { row, at: (this.#picture.placed(table).starts[spot.place] ?? 0) + spot.base };
    this.#mark(spot);
    this.#picture.reveal(spot ?? { row, place: 0, base: 0, contig: { index: 0, name: '', header: '', length: 0 }, segment: undefined });
    this.#asks.onLook({ row, spot }, 'keyboard');
  }

  #mark(cursor: Spot | undefined): void {
    this.#picture.marks = { ...this.#picture.marks, cursor };
    this.#picture.draw();
  }
}

/** Bases to show for a spot: its segment, or those about the spot where the segment is long. */
export function windowOf(table: RowTable, spot: Spot, basesMax: number, about: number): { start: number; end: number } {
  const { start, end } = rangeOf(table, spot);
  if (end - start <= basesMax) return { start, end };
  const from = Math.max(start, Math.min(end - about, Math.round(spot.base - about / 2)));
  return { start: from, end: from + about };
}
