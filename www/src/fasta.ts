// FASTA text: `>`, the name, a line end; then lines of letters.

import { encodeName } from './names.ts';
import type { Bytes } from './ranges.ts';

export const LINE_BASES = 80;
const GREATER_THAN = 0x3e;
export const NEW_LINE = 0x0a;

/** The line that starts a record. */
export function headerLine(name: string): Bytes {
  const bytes = encodeName(name);
  const line = new Uint8Array(bytes.length + 2);
  line[0] = GREATER_THAN;
  line.set(bytes, 1);
  line[line.length - 1] = NEW_LINE;
  return line;
}

/** Breaks letters that come in windows into lines, as if they had come at once. */
export class LineBreaker {
  readonly #width: number;
  #column = 0;

  /** A width of 0 breaks no lines. */
  constructor(width = LINE_BASES) {
    this.#width = width || Infinity;
  }

  /** The next letters of a record, with a line end after every full line. */
  push(bases: Uint8Array): Bytes {
    const ends = Math.floor((this.#column + bases.length) / this.#width);
    const out = new Uint8Array(bases.length + ends);
    let to = 0;
    for (let from = 0; from < bases.length; ) {
      const take = Math.min(this.#width - this.#column, bases.length - from);
      out.set(bases.subarray(from, from + take), to);
      from += take;
      to += take;
      this.#column += take;
      if (this.#column === this.#width) {
        out[to++] = NEW_LINE;
        this.#column = 0;
      }
    }
    return out;
  }

  /** What ends the record: the last line's end, unless it was full. */
  finish(): Bytes {
    const open = this.#column > 0;
    this.#column = 0;
    return open ? Uint8Array.of(NEW_LINE) : new Uint8Array(0);
  }
}

/** Bytes a record takes, so that progress can be told before it is written. */
export function recordBytes(name: string, bases: number, width = LINE_BASES): number {
  return encodeName(name).length + 2 + bases + Math.ceil(bases / width);
}
