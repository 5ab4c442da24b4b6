// The contig as a bar with the window shown in it, which is dragged, or moved by keys.

import { byId } from '../dom.ts';
import { count } from '../format.ts';
import type { Window } from './locus.ts';

export class Overview {
  #length = 0;
  #window: Window = { from: 1, to: 0 };
  readonly #track = byId('overview');
  readonly #thumb = byId('overview-window');
  /** Called when the window is where it was wanted. */
  onMove: (window: Window) => void = () => {};
  /** Called while it is dragged. */
  onDrag: (window: Window) => void = () => {};

  constructor() {
    this.#track.addEventListener('pointerdown', (event) => this.#drag(event));
    this.#track.addEventListener('keydown', (event) => this.#key(event));
  }

  show(length: number, window: Window): void {
    this.#length = length;
    this.#window = window;
    this.#place(window);
  }

  #place({ from, to }: Window): void {
    const share = (bases: number) => `${this.#length ? (bases / this.#length) * 100 : 0}%`;
    this.#thumb.style.left = share(from - 1);
    this.#thumb.style.width = share(to - from + 1);
    const values = { min: 1, max: Math.max(1, this.#length), now: from, text: `${count(from)} to ${count(to)} of ${count(this.#length)}` };
    for (const [name, value] of Object.entries(values)) this.#track.setAttribute(`aria-value${name}`, String(value));
  }

  /** A window that begins at `from`, as far as the contig goes. */
  #at(from: number): Window {
    const bases = this.#window.to - this.#window.from + 1;
    const first = Math.max(1, Math.min(Math.round(from), this.#length - bases + 1));
    return { from: first, to: Math.min(first + bases - 1, this.#length) };
  }

  #drag(down: PointerEvent): void {
    if (down.button !== 0 || this.#length === 0) return;
    const box = this.#track.getBoundingClientRect();
    const base = (event: PointerEvent) => ((event.clientX - box.left) / box.width) * this.#length + 1;
    const { from, to } = this.#window;
    const thumb = this.#thumb.getBoundingClientRect();
    const onThumb = down.clientX >= thumb.left && down.clientX <= thumb.right;
    // Beside the window, it jumps there first.
    const held = onThumb ? base(down) - from : (to - from) / 2;
    let window = this.#at(base(down) - held);
    const move = (event: PointerEvent) => {
      window = this.#at(base(event) - held);
      this.#place(window);
      this.onDrag(window);
    };
    const stop = new AbortController();
    const end = (let_go: boolean) => {
      stop.abort();
      if (let_go && window.from !== from) this.onMove(window);
      else this.#place(this.#window);
    };
    this.#track.setPointerCapture(down.pointerId);
    this.#track.addEventListener('pointermove', move, stop);
    this.#track.addEventListener('pointerup', () => end(true), stop);
    this.#track.addEventListener('pointercancel', () => end(false), stop);
    this.#place(window);
  }

  #key(event: KeyboardEvent): void {
    const { from, to } = this.#window;
    const bases = to - from + 1;
    const steps: Record<string, number> = {
      ArrowLeft: from - bases / 2,
      ArrowDown: from - bases / 2,
      ArrowRight: from + bases / 2,
      ArrowUp: from + bases / 2,
      PageDown: from - 10 * bases,
      PageUp: from + 10 * bases,
      Home: 1,
      End: this.#length,
    };
    const wanted = steps[event.key];
    if (wanted === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.onMove(this.#at(wanted));
  }
}
