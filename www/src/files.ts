// The files an archive is read from: itself, and an index beside it. Ranges go to the file they lie in, answers are
// checked, and what it took is counted.

import type { Abortable, ByteSource, Traffic } from './source.ts';
import { SizeUnknownError, SourceError } from './errors.ts';
import { Gate } from './gate.ts';
import { cutFrom, mergeRanges, type Block, type Bytes, type Range } from './ranges.ts';

/** Offsets from here on are those of the index, plus this: beyond any archive, and exact in a number. */
export const INDEX_AT = 2 ** 52;

/** Reads in flight, of sources that do not care for that themselves. */
const READS_AT_ONCE_MAX = 16;

interface File {
  source: ByteSource;
  traffic: Traffic;
}

export class Files {
  /** The length of the archive, in bytes. */
  readonly size: number;
  /** Of the index beside it. */
  readonly indexSize: number | undefined;
  /** Sets of requests made together. */
  rounds = 0;
  readonly #archive: File;
  readonly #index: File | undefined;
  readonly #gate = new Gate(READS_AT_ONCE_MAX);
  readonly #onRound: () => void;

  static async open(archive: ByteSource, index: ByteSource | undefined, onRound: () => void, { signal }: Abortable = {}): Promise<Files> {
    const sources = index ? [archive, index] : [archive];
    const before = requestsOf(sources);
    const [size, indexSize] = await Promise.all(sources.map((source) => sizeOf(source, signal)));
    const files = new Files(archive, index, size!, indexSize, onRound);
    if (requestsOf(sources) > before) files.rounds = 1;
    return files;
  }

  private constructor(archive: ByteSource, index: ByteSource | undefined, size: number, indexSize: number | undefined, onRound: () => void) {
    this.#archive = counted(archive);
    this.#index = index && counted(index);
    this.size = size;
    this.indexSize = indexSize;
    this.#onRound = onRound;
  }

  /** How people call the archive. */
  get key(): string {
    return this.#archive.source.key;
  }

  /** What all reads took so far. */
  get traffic(): Traffic {
    const files = this.#index ? [this.#archive, this.#index] : [this.#archive];
    const traffics = files.map(({ source, traffic }) => source.traffic ?? traffic);
    return {
      requests: traffics.reduce((sum, { requests }) => sum + requests, 0),
      bytes: traffics.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** The bytes of `ranges`, all asked for together. The first failure stops the rest. */
  async read(ranges: readonly Range[], signal?: AbortSignal): Promise<Block[]> {
    const { requests } = this.traffic;
    const stop = new AbortController();
    const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const ofIndex = ranges.filter(({ start }) => start >= INDEX_AT);
    const ofArchive = ranges.filter(({ start }) => start < INDEX_AT);
    try {
      const blocks = await Promise.all([this.#readFrom(this.#archive, ofArchive, 0, either), this.#readFrom(this.#index, ofIndex, INDEX_AT, either)]);
      return blocks.flat();
    } catch (error) {
      stop.abort(error);
      throw error;
    } finally {
      if (this.traffic.requests > requests) this.rounds++;
      this.#onRound();
    }
  }

  async #readFrom(file: File | undefined, ranges: readonly Range[], at: number, signal: AbortSignal): Promise<Block[]> {
    if (!ranges.length) return [];
    if (!file) throw new SourceError(`${this.key}: no index was opened with it, but one was asked for bytes.`);
    const own = ranges.map(({ start, end }) => ({ start: start - at, end: end - at }));
    const parts = await (file.source.readRanges ? this.#together(file, own, signal) : this.#merged(file, own, signal));
    return ranges.map(({ start }, i) => ({ offset: start, bytes: parts[i]! }));
  }

  async #together({ source, traffic }: File, ranges: readonly Range[], signal: AbortSignal): Promise<Bytes[]> {
    const parts = await source.readRanges!(ranges.map(({ start, end }) => ({ offset: start, length: end - start })), { signal });
    traffic.requests += ranges.length;
    return ranges.map((range, i) => checked(source, parts[i], range, traffic));
  }

  async #merged({ source, traffic }: File, ranges: readonly Range[], signal: AbortSignal): Promise<Bytes[]> {
    const read = async (range: Range): Promise<Block> => {
      signal.throwIfAborted();
      traffic.requests++;
      const bytes = await source.read(range.start, range.end - range.start, { signal });
      return { offset: range.start, bytes: checked(source, bytes, range, traffic) };
    };
    const blocks = await Promise.all(mergeRanges(ranges).map((range) => this.#gate.run(() => read(range), signal)));
    return ranges.map((range) => cutFrom(blocks, range) ?? new Uint8Array(0));
  }
}

function counted(source: ByteSource): File {
  return { source, traffic: { requests: 0, bytes: 0 } };
}

/** Requests of sources that count them. */
function requestsOf(sources: readonly ByteSource[]): number {
  return sources.reduce((sum, { traffic }) => sum + (traffic?.requests ?? 0), 0);
}

async function sizeOf(source: ByteSource, signal: AbortSignal | undefined): Promise<number> {
  const size = await source.size?.(signal ? { signal } : {});
  if (size !== undefined && Number.isSafeInteger(size) && size >= 0) return size;
  throw new SizeUnknownError(`${source.key}: its source does not tell its size, and the footer of an archive is at its end. Give the source a method size().`);
}

function checked(source: ByteSource, bytes: Uint8Array | undefined, { start, end }: Range, traffic: Traffic): Bytes {
  traffic.bytes += bytes?.length ?? 0;
  if (bytes?.length !== end - start) {
    throw new SourceError(
      `${source.key} gave ${bytes?.length ?? 0} of the ${end - start} bytes at offset ${start}. ` +
        'It may have been changed or cut short since it was opened: open it again.',
    );
  }
  return bytes as Bytes;
}
