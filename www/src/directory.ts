// Names to places: samples, the contigs of a sample, the contig a caller means.

import type { Contig, ContigKey, ContigPlace, SampleRow } from '../types/index.d.ts';
import type { Engine } from './engine.ts';
import { AmbiguousContigError, NotFoundError, UnresolvedError } from './errors.ts';
import { decodeNames, encodeName, firstWord } from './names.ts';
import { nearNames } from './near.ts';

/** Contigs kept in tables, of all samples together; the newest table is kept whatever it holds. */
const KEPT_CONTIGS_MAX = 100_000;
/** A longer list of samples is read as a whole; rows of samples are read so many at a time. */
const PAGE_MAX = 10_000;
/** Samples that an error lists. */
const LISTED_MAX = 20;

/** The contigs of a sample. */
export class ContigTable {
  readonly contigs: readonly Contig[];
  readonly #byHeader = new Map<string, number[]>();
  readonly #byName = new Map<string, number[]>();

  constructor(contigs: readonly Contig[]) {
    this.contigs = contigs;
    for (const { index, header, name } of contigs) {
      append(this.#byHeader, header, index);
      append(this.#byName, name, index);
    }
  }

  /** Those of this whole header, else those of this name. */
  named(name: string): readonly number[] {
    return this.#byHeader.get(name) ?? this.#byName.get(name) ?? [];
  }
}

export class Directory {
  readonly #engine: Engine;
  /** Lists are read page by page. */
  readonly #indexed: boolean;
  #names: readonly string[] | undefined;
  /** By sample, the one used last at the end. */
  readonly #tables = new Map<string, ContigTable>();
  /** A search may go through all tables, and the reader remembers how far it is for one of them only. */
  #searching: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine, indexed: boolean) {
    this.#engine = engine;
    this.#indexed = indexed;
  }

  /** Names of samples from number `from` on, in the archive's order. */
  async samples(from = 0, count = Infinity, signal?: AbortSignal): Promise<readonly string[]> {
    if (this.#indexed && !this.#names && count < PAGE_MAX) {
      const page = await this.#engine.ask((reader) => reader.samplesPage(from, count), signal);
      return decodeNames(page.names, page.ends);
    }
    if (!this.#names) {
      const { names, ends } = await this.#engine.ask((reader) => reader.samples(), signal);
      this.#names = decodeNames(names, ends);
    }
    return this.#names.slice(from, from + count);
  }

  /** The same with what their contigs add up to, {@link PAGE_MAX} at a time. */
  async sampleRows(from: number, count: number, signal?: AbortSignal): Promise<SampleRow[]> {
    const rows: SampleRow[] = [];
    for (let total = Infinity; rows.length < count && from + rows.length < total; ) {
      const first = from + rows.length;
      const page = await this.#engine.ask((reader) => reader.samplesPage(first, Math.min(PAGE_MAX, count - rows.length)), signal);
      total = page.total;
      for (const [i, name] of decodeNames(page.names, page.ends).entries()) rows.push({ name, contigCount: page.contigCounts[i] ?? 0, bases: page.bases[i] ?? 0 });
    }
    return rows;
  }

  /** The table of a sample, if it has been read. */
  known(sample: string): ContigTable | undefined {
    return this.#tables.get(sample);
  }

  async contigs(sample: string, signal?: AbortSignal): Promise<ContigTable> {
    return (await this.tables([sample], signal)).get(sample)!;
  }

  /** The tables of several samples, read together. */
  async tables(samples: Iterable<string>, signal?: AbortSignal): Promise<Map<string, ContigTable>> {
    const tables = new Map<string, ContigTable>();
    const missing: string[] = [];
    for (const sample of new Set(samples)) {
      const table = this.#tables.get(sample);
      if (table) tables.set(sample, table);
      else missing.push(sample);
    }
    for (const [i, contigs] of (await this.#read(missing, signal)).entries()) tables.set(missing[i]!, new ContigTable(contigs));
    for (const [sample, table] of tables) this.#keep(sample, table);
    return tables;
  }

  /** Where contigs of this name are, in all samples. */
  async locate(contig: string, signal?: AbortSignal): Promise<ContigPlace[]> {
    const search = this.#searching.then(() => this.#engine.ask((reader) => reader.locate(encodeName(contig)), signal));
    this.#searching = search.catch(() => {});
    const { names, ends, contigs } = await search;
    return decodeNames(names, ends).map((sample, i) => ({ sample, contig, index: contigs[i] ?? 0 }));
  }

  /** The only contig of this name in all samples. */
  async only(contig: ContigKey, signal?: AbortSignal): Promise<ContigPlace> {
    if (typeof contig === 'number') throw new RangeError('A contig given by its place in the sample needs the sample as well.');
    const places = await this.locate(contig, signal);
    const samples = [...new Set(places.map(({ sample }) => sample))];
    if (places.length > 1) {
      throw new AmbiguousContigError(`${places.length} contigs of ${this.#engine.key} have the name ${contig}: in ${listed(samples)}. Say of which sample.`, { samples: samples.slice(0, LISTED_MAX) });
    }
    if (places[0]) return places[0];
    const [first] = await this.samples(0, 1, signal);
    const table = first === undefined ? undefined : await this.contigs(first, signal);
    throw this.#noContig(contig, `No sample of ${this.#engine.key} has a`, table);
  }

  /** The contig of a sample that `key` means. */
  pick(sample: string, table: ContigTable, key: ContigKey): Contig {
    if (typeof key === 'number') {
      const contig = table.contigs[key];
      if (contig) return contig;
      throw new NotFoundError(`The sample ${sample} has no contig number ${key}: it has ${table.contigs.length}, counted from 0.`, { kind: 'contig', candidates: [] });
    }
    const [index, ...others] = table.named(key);
    if (index === undefined) throw this.#noContig(key, `The sample ${sample} has no`, table);
    if (others.length) {
      throw new AmbiguousContigError(`The sample ${sample} has ${others.length + 1} contigs of the name ${key}. Ask for one by its whole header, or by its number: ${listed([index, ...others].map(String))}.`, { samples: [sample] });
    }
    return table.contigs[index]!;
  }

  #keep(sample: string, table: ContigTable): void {
    this.#tables.delete(sample);
    this.#tables.set(sample, table);
    let kept = [...this.#tables.values()].reduce((sum, { contigs }) => sum + contigs.length, 0);
    for (const [oldest, { contigs }] of this.#tables) {
      if (kept <= KEPT_CONTIGS_MAX || oldest === sample) break;
      this.#tables.delete(oldest);
      kept -= contigs.length;
    }
  }

  async #read(samples: readonly string[], signal: AbortSignal | undefined): Promise<Contig[][]> {
    const names = samples.map(encodeName);
    try {
      const raw = await this.#engine.askAll(names.map((name) => (reader) => reader.contigs(name)), signal);
      return raw.map(({ names, ends, lengths }) => decodeNames(names, ends).map((header, index) => ({ index, name: firstWord(header), header, length: lengths[index] ?? 0 })));
    } catch (error) {
      if (!(error instanceof UnresolvedError)) throw error;
      const all = await this.samples(0, Infinity, signal);
      const known = new Set(all);
      throw this.#noSample(samples.find((sample) => !known.has(sample)) ?? '', all);
    }
  }

  #noSample(sample: string, samples: readonly string[]): NotFoundError {
    const candidates = nearNames(sample, samples);
    return new NotFoundError(`${this.#engine.key} has no sample ${sample}${meant(candidates)}.`, { kind: 'sample', candidates });
  }

  #noContig(contig: string, lacking: string, table: ContigTable | undefined): NotFoundError {
    const candidates = nearNames(contig, (table?.contigs ?? []).map(({ name }) => name));
    return new NotFoundError(`${lacking} contig ${contig}${meant(candidates)}.`, { kind: 'contig', candidates });
  }
}

function append(map: Map<string, number[]>, key: string, index: number): void {
  const list = map.get(key);
  if (list) list.push(index);
  else map.set(key, [index]);
}

function meant(candidates: readonly string[]): string {
  return candidates.length ? `; near it are ${candidates.join(', ')}` : '';
}

function listed(names: readonly string[]): string {
  const more = names.length - LISTED_MAX;
  return `${names.slice(0, LISTED_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
