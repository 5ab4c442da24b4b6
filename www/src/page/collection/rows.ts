// The segment tables of the rows in view: read when they are seen, a few at a time and from top to bottom, given up when
// they are scrolled away, and kept up to a number of bytes.

import type { AgcArchive, Contig, SampleSegments } from '../../../types/index.d.ts';
import { isAbort } from '../../errors.ts';

/** What there is to know of a sample. */
export interface RowTable {
  contigs: readonly Contig[];
  segments: SampleSegments;
  /** Whether segments by which it founded groups are told from other references. */
  founders: boolean;
  /** Whether groups have the numbers of the index, which say nothing to people. */
  ranks: boolean;
}

type Source = Pick<AgcArchive, 'contigs' | 'segments'>;

const AT_ONCE = 4;
/** Bytes of tables kept; those in view are, whatever they take. */
const KEPT_BYTES_MAX = 48 * 2 ** 20;
/** Memory of a contig with its names, about. */
const CONTIG_BYTES = 160;
/** Who founded what among the first samples is told at little cost. */
export const FOUNDERS_TOLD = 48;

export class Rows {
  readonly #archive: Source;
  readonly #samples: readonly string[];
  /** By number, the one looked at last at the end. */
  readonly #kept = new Map<number, RowTable & { bytes: number }>();
  readonly #coming = new Map<number, AbortController>();
  readonly #failed = new Map<number, Error>();
  #wanted = { first: 0, last: 0 };
  /** Whether less is read for the index's numbers of groups than for their own. */
  readonly #ranks: boolean;
  /** Whether the tables of all samples are read, so that founders cost no more, and groups neither. */
  #allKnown = false;
  #closed = false;
  /** A row has come, or failed. */
  readonly #onRow: (row: number, error?: Error) => void;

  constructor(archive: Source, samples: readonly string[], ranks: boolean, onRow: (row: number, error?: Error) => void) {
    this.#archive = archive;
    this.#samples = samples;
    this.#ranks = ranks;
    this.#onRow = onRow;
  }

  get(row: number): RowTable | undefined {
    return this.#kept.get(row);
  }

  /** Bytes of tables kept. */
  get bytes(): number {
    return [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Rows `first` to before `last` are in view: reads them, and no others. */
  want(first: number, last: number): void {
    this.#wanted = { first, last };
    for (const [row, stop] of this.#coming) {
      if (row >= first && row < last) continue;
      this.#coming.delete(row);
      stop.abort();
    }
    for (let row = first; row < last; row++) {
      const table = this.#kept.get(row);
      if (!table) continue;
      this.#kept.delete(row);
      this.#kept.set(row, table);
    }
    this.#next();
  }

  /** The tables of all samples were read: rows in view that do not tell founders are asked for anew. */
  tellFounders(): void {
    this.#allKnown = true;
    this.#next();
  }

  /** Asks again for what failed. */
  retry(): void {
    this.#failed.clear();
    this.#next();
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#coming.values()) stop.abort();
    this.#coming.clear();
    this.#kept.clear();
  }

  #next(): void {
    const { first, last } = this.#wanted;
    for (let row = first; row < last && this.#coming.size < AT_ONCE && !this.#closed; row++) {
      const table = this.#kept.get(row);
      const wanting = !table || (this.#allKnown && (!table.founders || table.ranks));
      if (wanting && !this.#coming.has(row) && !this.#failed.has(row)) void this.#read(row);
    }
  }

  async #read(row: number): Promise<void> {
    const sample = this.#samples[row]!;
    const stop = new AbortController();
    const { signal } = stop;
    this.#coming.set(row, stop);
    const founders = this.#allKnown || row < FOUNDERS_TOLD;
    const ranks = this.#ranks && !this.#allKnown;
    try {
      const contigs = await this.#archive.contigs(sample, { signal });
      const segments = await this.#archive.segments(sample, { founders, ranks, signal });
      if (signal.aborted) return;
      this.#keep(row, { contigs, segments, founders, ranks, bytes: bytesOf(contigs, segments) });
      this.#onRow(row);
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      const failure = error instanceof Error ? error : new Error(String(error));
      this.#failed.set(row, failure);
      this.#onRow(row, failure);
    } finally {
      if (this.#coming.get(row) === stop) this.#coming.delete(row);
      this.#next();
    }
  }

  #keep(row: number, table: RowTable & { bytes: number }): void {
    this.#kept.delete(row);
    this.#kept.set(row, table);
    let { bytes } = this;
    const { first, last } = this.#wanted;
    for (const [oldest, { bytes: own }] of this.#kept) {
      if (bytes <= KEPT_BYTES_MAX) break;
      if (oldest >= first && oldest < last) continue;
      this.#kept.delete(oldest);
      bytes -= own;
    }
  }
}

function bytesOf(contigs: readonly Contig[], { starts, lengths, groups, entries, reversed, kinds, ends }: SampleSegments): number {
  return [starts, lengths, groups, entries, reversed, kinds, ends].reduce((sum, column) => sum + column.byteLength, contigs.length * CONTIG_BYTES);
}
