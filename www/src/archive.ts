// An archive and the questions it answers. The reader inside knows the format and does no I/O; the ask loop here puts
// a question, fetches what the reader says it needs, hands it over and asks again.

import { AgcError } from './errors.ts';
import { fastaOf, type FastaOptions } from './extract.ts';
import { HttpSource } from './http.ts';
import { decodeNames, encodeName } from './names.ts';
import type { RawInfo } from '../pkg/ragc_read.js';
import type { Block, Bytes, Range } from './ranges.ts';
import { Shelf } from './shelf.ts';
import { BlobSource, type ByteSource } from './source.ts';
import { asking, loadWasm, Reader, type Step, type WasmSource } from './wasm.ts';

/** What an archive says about itself. */
export interface ArchiveInfo {
  name: string;
  sizeBytes: number;
  /** Of the file format, as `3.0`. */
  version: string;
  /** Keys and values the writer left: `producer`, `comment` and so on. */
  about: ReadonlyMap<string, string>;
  /** The commands that made it; those of version 3 do not tell. */
  commands: readonly string[];
  kmerLen: number;
  minMatchLen: number;
  packCardinality: number;
  segmentSize: number;
  sampleCount: number;
  streamCount: number;
  groupCount: number;
}

export interface ContigInfo {
  /** Place in the sample, from 0; names may repeat within a sample. */
  index: number;
  /** The whole FASTA header line. */
  name: string;
  lengthBases: number;
}

/** What was read so far. A round is a set of requests made together; rounds follow one another. */
export interface Stats {
  requests: number;
  rounds: number;
  bytes: number;
}

export interface OpenOptions {
  signal?: AbortSignal;
  /** Where the wasm module is, if not beside this script. */
  wasm?: WasmSource;
  /** Called after every round of requests. */
  onStats?: (stats: Stats) => void;
}

interface Ask {
  signal?: AbortSignal;
}

/** The end of the file, read before anything is known: it holds the footer of a small archive and its tables. */
const TAIL_BYTES = 64 * 1024;
/** More rounds than any question takes; reaching it is a bug, not a large archive. */
const ROUNDS_MAX = 40;

export class AgcArchive {
  /** The archive at an address or in a file, with its list of samples read: at most four rounds of requests. */
  static async open(from: string | URL | Blob | ByteSource, options: OpenOptions = {}): Promise<AgcArchive> {
    const source = sourceOf(from);
    // The module loads while the first request is on its way.
    const module = loadWasm(options.wasm);
    module.catch(() => {});
    const { sizeBytes, blocks } = await source.open(options.signal);
    const shelf = new Shelf(source, blocks);
    await module;
    const archive = new AgcArchive(source, sizeBytes, shelf, options.onStats);
    try {
      await archive.#start(blocks.length > 0 ? blocks[0]!.bytes.length : 0, options);
      return archive;
    } catch (error) {
      archive.close();
      throw error;
    }
  }

  #info: ArchiveInfo | undefined;
  #samples: string[] = [];
  #rounds = 0;
  readonly #source: ByteSource;
  readonly #sizeBytes: number;
  readonly #ends: Shelf;
  readonly #onStats: ((stats: Stats) => void) | undefined;
  #reader: Reader | undefined;

  private constructor(source: ByteSource, sizeBytes: number, ends: Shelf, onStats?: (stats: Stats) => void) {
    this.#source = source;
    this.#sizeBytes = sizeBytes;
    this.#ends = ends;
    this.#onStats = onStats;
    this.#reader = asking(source.name, () => new Reader(sizeBytes));
  }

  get info(): ArchiveInfo {
    return this.#info ?? fail();
  }

  /** Names of all samples, in the archive's order. */
  get samples(): readonly string[] {
    return this.#samples;
  }

  get stats(): Stats {
    const { requests, bytes } = this.#source.traffic;
    return { requests, bytes, rounds: this.#rounds };
  }

  /** The contigs of a sample, in their order. */
  async contigs(sample: string, { signal }: Ask = {}): Promise<ContigInfo[]> {
    const name = encodeName(sample);
    const table = await this.ask((reader) => reader.contigs(name), signal);
    const lengths = table.lengths;
    return decodeNames(table.names, table.ends).map((name, index) => ({ index, name, lengthBases: lengths[index] ?? 0 }));
  }

  /** Where contigs of this name are: whole names first, else first words. */
  async locate(contig: string, { signal }: Ask = {}): Promise<{ sample: string; contig: number }[]> {
    const found = await this.ask((reader) => reader.locate(encodeName(contig)), signal);
    const samples = decodeNames(found.names, found.ends);
    return samples.map((sample, i) => ({ sample, contig: found.contigs[i] ?? 0 }));
  }

  /**
   * Letters of a contig from `start` to `end`, 0-based and half-open; an end past the contig is cut to its length.
   * One answer is held in memory: ask for a chromosome in windows, or by {@link fasta}.
   */
  async sequence(sample: string, contig: number, start: number, end: number, { signal }: Ask = {}): Promise<Bytes> {
    const name = encodeName(sample);
    return this.ask((reader) => reader.bases(name, contig, start, end), signal);
  }

  /** A sample, some of its contigs or a range of one as FASTA, in chunks that need a fixed amount of memory. */
  fasta(sample: string, options: FastaOptions = {}): AsyncGenerator<Bytes> {
    return fastaOf(this, sample, options);
  }

  /** Frees the memory of the module. Questions asked later fail. */
  close(): void {
    this.#reader?.free();
    this.#reader = undefined;
  }

  /**
   * The ask loop. `ahead` holds bytes read in advance.
   *
   * Bytes are handed over and the question is asked again without a pause between, so questions that run at the same
   * time never see each other's bytes go.
   */
  async ask<T>(question: (reader: Reader) => Step<T>, signal?: AbortSignal, ahead?: Shelf): Promise<T> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      signal?.throwIfAborted();
      const step = this.plan(question);
      if ('done' in step) return step.done;
      let { held, missing } = this.#ends.take(step.need);
      if (ahead && missing.length) {
        const more = ahead.take(missing);
        held = held.concat(more.held);
        missing = more.missing;
      }
      const fetched = missing.length ? await this.read(missing, signal) : [];
      for (const { offset, bytes } of held.concat(fetched)) {
        asking(this.#source.name, () => this.#open().supply(offset, bytes));
      }
    }
    throw new AgcError('internal', 'The reader asked for the same bytes again and again.');
  }

  /** The question put once: its answer, or what it still needs. */
  plan<T>(question: (reader: Reader) => Step<T>): { done: T } | { need: Range[] } {
    const step = asking(this.#source.name, () => question(this.#open()));
    return 'done' in step ? step : { need: pairs(step.need) };
  }

  /** One round: ranges of the file, near ones fetched together. */
  async read(ranges: readonly Range[], signal?: AbortSignal): Promise<Block[]> {
    this.#rounds++;
    try {
      return await this.#ends.fetch(ranges, signal);
    } finally {
      this.#onStats?.(this.stats);
    }
  }

  /** One round whose bytes are kept for questions to come, until the shelf is dropped. */
  async readAhead(ranges: readonly Range[], signal?: AbortSignal): Promise<Shelf> {
    return new Shelf(this.#source, await this.read(ranges, signal));
  }

  /** Reads the file's end, then the tables. `head` bytes of its start are here already. */
  async #start(head: number, { signal }: OpenOptions): Promise<void> {
    if (head > 0) this.#rounds = 1;
    const tail = { start: Math.max(head, this.#sizeBytes - TAIL_BYTES), end: this.#sizeBytes };
    if (tail.start < tail.end) for (const block of await this.read([tail], signal)) this.#ends.put(block);
    const samples = await this.ask((reader) => reader.samples(), signal);
    this.#samples = decodeNames(samples.names, samples.ends);
    const raw = await this.ask((reader) => reader.info(), signal);
    this.#info = { name: this.#source.name, sizeBytes: this.#sizeBytes, ...infoOf(raw) };
    this.#onStats?.(this.stats);
  }

  #open(): Reader {
    return this.#reader ?? fail();
  }
}

function sourceOf(from: string | URL | Blob | ByteSource): ByteSource {
  if (typeof from === 'string' || from instanceof URL) return new HttpSource(from);
  return from instanceof Blob ? new BlobSource(from) : from;
}

function infoOf({ versionMajor, versionMinor, fileTypeInfo, commands, ...numbers }: RawInfo) {
  const words = decodeNames(fileTypeInfo.names, fileTypeInfo.ends);
  const about = new Map<string, string>();
  for (let i = 0; i + 1 < words.length; i += 2) about.set(words[i]!, words[i + 1]!);
  return { version: `${versionMajor}.${versionMinor}`, about, commands: decodeNames(commands.names, commands.ends), ...numbers };
}

function pairs(flat: Float64Array): Range[] {
  const ranges: Range[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) ranges.push({ start: flat[i]!, end: flat[i + 1]! });
  return ranges;
}

function fail(): never {
  throw new AgcError('misuse', 'The archive was closed.');
}
