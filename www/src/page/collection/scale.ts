// Where the contigs of a sample lie in the picture, in bases from its left: on one scale for all samples, contigs of the
// same name below each other.

import type { Contig } from '../../../types/index.d.ts';

/** A contig shorter than this part of its sample is drawn with the others of that kind, behind the columns. */
const SMALL_PART = 1 / 400;
const COLUMNS_MAX = 64;
/** Space between columns, as a part of all bases. */
const GAP_PART = 0.004;
/** What is longer than all before it gets this much room more, so that the scale seldom changes. */
const SPARE = 1.04;
/** A sample with less of its bases in columns has contigs of other names, which are drawn in their own order. */
const ALIKE_PART = 0.5;

/** Contigs of one name in all samples. */
export interface Column {
  name: string;
  at: number;
  length: number;
}

/** The contigs of a sample from left to right. */
export interface Placed {
  /** Contigs by their places in the sample. */
  contigs: Uint32Array;
  /** Where each begins. */
  starts: Float64Array;
}

export class Scale {
  readonly columns: Column[];
  readonly #byName = new Map<string, Column>();
  readonly #gap: number;
  /** Room for contigs behind the columns, and for samples that do not go by columns. */
  #rest = 0;
  #alone = 0;
  /** Counts its changes. */
  version = 0;

  /** Columns are the contigs of the first sample. */
  constructor(first: readonly Contig[]) {
    const total = sum(first);
    const large = first.filter(({ length }) => length > 0 && length >= total * SMALL_PART).slice(0, COLUMNS_MAX);
    this.#gap = total * GAP_PART;
    this.columns = large.map(({ name, length }) => ({ name: nameWithin(name), at: 0, length }));
    for (const column of this.columns) if (!this.#byName.has(column.name)) this.#byName.set(column.name, column);
    this.#layOut();
    this.fit(first);
  }

  /** Bases from left to right. */
  get width(): number {
    return Math.max(this.#restAt + this.#rest, this.#alone, 1);
  }

  /** Makes room for the contigs of one more sample; true if others move by that. */
  fit(contigs: readonly Contig[]): boolean {
    const { columns, rest } = this.#split(contigs);
    const grow = (now: number, needed: number) => (needed > now ? needed * SPARE : now);
    const before = this.version;
    for (const [contig, column] of columns) {
      if (contig.length <= column.length) continue;
      column.length = contig.length * SPARE;
      this.version++;
    }
    const needed = sum(rest);
    const [restNow, aloneNow] = [this.#rest, this.#alone];
    if (columns.length) this.#rest = grow(restNow, needed);
    else this.#alone = grow(aloneNow, needed);
    if (this.#rest !== restNow || this.#alone !== aloneNow) this.version++;
    if (this.version !== before) this.#layOut();
    return this.version !== before;
  }

  place(contigs: readonly Contig[]): Placed {
    const { columns, rest } = this.#split(contigs);
    const placed = columns.map(([contig, { at }]) => ({ contig: contig.index, at }));
    let at = columns.length ? this.#restAt : 0;
    for (const { index, length } of rest) {
      placed.push({ contig: index, at });
      at += length;
    }
    placed.sort((a, b) => a.at - b.at);
    return { contigs: Uint32Array.from(placed, ({ contig }) => contig), starts: Float64Array.from(placed, ({ at }) => at) };
  }

  get #restAt(): number {
    const last = this.columns.at(-1);
    return last ? last.at + last.length + this.#gap : 0;
  }

  #layOut(): void {
    let at = 0;
    for (const column of this.columns) {
      column.at = at;
      at += column.length + this.#gap;
    }
  }

  /** The contigs that have a column, each the first of its name, and all others; empty ones are left out. */
  #split(contigs: readonly Contig[]): { columns: [Contig, Column][]; rest: Contig[] } {
    const columns: [Contig, Column][] = [];
    const rest: Contig[] = [];
    const taken = new Set<Column>();
    for (const contig of contigs) {
      if (contig.length === 0) continue;
      const column = this.#byName.get(nameWithin(contig.name));
      if (column && !taken.has(column)) {
        taken.add(column);
        columns.push([contig, column]);
      } else rest.push(contig);
    }
    if (sum(columns.map(([contig]) => contig)) >= ALIKE_PART * sum(contigs)) return { columns, rest };
    return { columns: [], rest: contigs.filter(({ length }) => length > 0) };
  }
}

/** The part of a contig's name that it has in common with others: of `HG002#1#chr1` it is `chr1`. */
export function nameWithin(name: string): string {
  return name.slice(name.lastIndexOf('#') + 1);
}

function sum(contigs: readonly Contig[]): number {
  return contigs.reduce((sum, { length }) => sum + length, 0);
}
