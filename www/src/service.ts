// An archive as a set of calls, each with a name, a question and an answer that can cross to another thread. The page
// makes the same calls whether they are served by a worker or in place.

import type { AgcInfo, AgcStats, AlignedPiece, ArchiveSizes, Comparison, Contig, ContigKey, ContigPlace, Region, SampleRow, SampleSegments, WasmSource } from '../types/index.d.ts';
import type { RawInfo } from '../pkg/ragc_read.js';
import { Census } from './census.ts';
import { alignmentOf, type RegionOf } from './compare/alignment.ts';
import { compared } from './compare/compare.ts';
import { Directory } from './directory.ts';
import { Engine } from './engine.ts';
import { AgcError, fileChanged, FileChangedError } from './errors.ts';
import { decodeNames } from './names.ts';
import type { Bytes } from './ranges.ts';
import { recordsOf, type RecordsWanted } from './records.ts';
import { segmentsOf, sizesOf } from './segments.ts';
import { sequencesOf } from './sequences.ts';
import type { ByteSource } from './source.ts';

/** Calls, with what they take and what they answer. */
export interface Calls {
  samples: { ask: { from: number; count: number }; answer: string[] };
  sampleRows: { ask: { from: number; count: number }; answer: SampleRow[] };
  contigs: { ask: { sample: string }; answer: readonly Contig[] };
  segments: { ask: { sample: string; contigs: readonly ContigKey[] | undefined; founders: boolean; ranks: boolean }; answer: SampleSegments };
  sizes: { ask: object; answer: ArchiveSizes };
  sampleBytes: { ask: object; answer: Float64Array };
  locate: { ask: { contig: string }; answer: ContigPlace[] };
  alignment: { ask: { region: RegionOf }; answer: AlignedPiece[] };
  compare: { ask: { region: RegionOf; other: string }; answer: Comparison };
  sequences: { ask: { regions: readonly Region[] }; answer: Bytes[] };
  /** Starts a stream and answers with its number; `next` is then asked until it answers `undefined`. */
  stream: { ask: { sample: string } & RecordsWanted; answer: number };
  next: { ask: { stream: number }; answer: Bytes | undefined };
}

export type CallName = keyof Calls;
export type Ask<Name extends CallName> = Calls[Name]['ask'];
export type Answer<Name extends CallName> = Calls[Name]['answer'];

export interface OpenRequest {
  archive: ByteSource;
  index?: ByteSource | false | undefined;
  cacheBytes?: number | undefined;
  wasm?: WasmSource | undefined;
}

/** Who answers calls. */
export interface Answerer {
  open(request: OpenRequest, signal?: AbortSignal): Promise<void>;
  call<Name extends CallName>(name: Name, ask: Ask<Name>, signal?: AbortSignal): Promise<Answer<Name>>;
  endStream(stream: number): void;
  /** Of the archive as it was when it was last opened. */
  readonly info: AgcInfo | undefined;
  readonly stats: AgcStats;
  close(): void;
}

/** One version of the file. */
interface Edition {
  engine: Engine;
  directory: Directory;
  census: Census;
  /** With the numbers of groups that the index has; the same where there is none. */
  rankedCensus: Census;
}

interface Stream {
  chunks: AsyncGenerator<Bytes>;
  stop: AbortController;
}

type Handlers = { [Name in CallName]: (edition: Edition, ask: Ask<Name>, signal?: AbortSignal) => Promise<Answer<Name>> };

export const NO_STATS: AgcStats = { requests: 0, rounds: 0, bytesFetched: 0, cacheHits: 0, segmentsDecoded: 0 };

/** Answers them here, where decoding then happens. */
export class Service implements Answerer {
  #request: OpenRequest | undefined;
  #edition: Edition | undefined;
  #reopening: Promise<void> | undefined;
  /** How often the file has changed. */
  #changes = 0;
  /** Why there is no edition. */
  #gone = new AgcError('The archive was closed.');
  #streams = new Map<number, Stream>();
  #lastStream = 0;
  readonly #onStats: (stats: AgcStats) => void;
  info: AgcInfo | undefined;

  constructor(onStats: (stats: AgcStats) => void) {
    this.#onStats = onStats;
  }

  get stats(): AgcStats {
    return this.#edition?.engine.stats ?? NO_STATS;
  }

  async open(request: OpenRequest, signal?: AbortSignal): Promise<void> {
    this.#request = request;
    const engine = await Engine.open({ ...request, onStats: this.#onStats }, signal);
    try {
      const raw = await engine.ask((reader) => reader.info(), signal);
      const indexed = raw.index === 'embedded' || raw.index === 'beside';
      const directory = new Directory(engine, indexed);
      const census = new Census(engine, directory, raw.packCardinality, false);
      this.info = await infoOf(engine, directory, raw, signal);
      this.#edition = { engine, directory, census, rankedCensus: indexed ? new Census(engine, directory, raw.packCardinality, true) : census };
    } catch (error) {
      engine.close(this.#gone);
      throw error;
    }
  }

  /** If the file has changed, it is opened anew, once, and the call made again. */
  async call<Name extends CallName>(name: Name, ask: Ask<Name>, signal?: AbortSignal): Promise<Answer<Name>> {
    signal?.throwIfAborted();
    await this.#reopening;
    const edition = this.#open;
    try {
      return await this.#handlers[name](edition, ask, signal);
    } catch (error) {
      if (!(error instanceof FileChangedError) || name === 'next') throw error;
      if (edition === this.#edition) this.#reopening = this.#reopen(edition, error).finally(() => (this.#reopening = undefined));
      await this.#reopening;
      signal?.throwIfAborted();
      return this.#handlers[name](this.#open, ask, signal);
    }
  }

  endStream(stream: number): void {
    this.#streams.get(stream)?.stop.abort();
    this.#streams.delete(stream);
  }

  close(): void {
    this.#request = undefined;
    this.#end(this.#gone);
    for (const stream of this.#streams.keys()) this.endStream(stream);
  }

  get #open(): Edition {
    if (!this.#edition) throw this.#gone;
    return this.#edition;
  }

  /** What goes on with the old version fails before the source knows the new one, so nothing is made of both. */
  async #reopen({ engine }: Edition, changed: FileChangedError): Promise<void> {
    const request = this.#request!;
    engine.close(changed);
    this.#changes++;
    this.#end(changed);
    await this.open(request).catch(() => {
      throw (this.#gone = changed);
    });
    // Closed meanwhile.
    if (!this.#request) this.#end(this.#gone);
  }

  #end(reason: AgcError): void {
    this.#edition?.engine.close(reason);
    this.#edition = undefined;
  }

  /** Numbers of contigs are those of a list, which may be that of the file as it was. */
  #refuseNumbers(contigs: readonly unknown[]): void {
    if (this.#changes && contigs.some((contig) => typeof contig === 'number')) throw fileChanged(this.#open.engine.key);
  }

  readonly #handlers: Handlers = {
    samples: async ({ directory }, { from, count }, signal) => [...(await directory.samples(from, count, signal))],
    sampleRows: async ({ directory }, { from, count }, signal) => directory.sampleRows(from, count, signal),
    contigs: async ({ directory }, { sample }, signal) => (await directory.contigs(sample, signal)).contigs,
    segments: async (edition, wanted, signal) => {
      this.#refuseNumbers(wanted.contigs ?? []);
      return segmentsOf(edition, wanted, this.info!.k, signal);
    },
    sizes: async ({ engine }, _, signal) => sizesOf(await engine.ask((reader) => reader.sizes(), signal), engine.size),
    sampleBytes: async ({ census }, _, signal) => census.sampleBytes(signal),
    locate: async ({ directory }, { contig }, signal) => directory.locate(contig, signal),
    alignment: async ({ engine, directory }, { region }, signal) => {
      this.#refuseNumbers([region.contig]);
      return alignmentOf(engine, directory, region, signal);
    },
    compare: async (edition, { region, other }, signal) => {
      this.#refuseNumbers([region.contig]);
      return compared(edition, region, other, this.info!.k, signal);
    },
    sequences: async ({ engine, directory }, { regions }, signal) => {
      this.#refuseNumbers(regions.map(({ contig }) => contig));
      return sequencesOf(engine, directory, regions, signal);
    },
    stream: async ({ engine, directory }, { sample, ...wanted }) => {
      this.#refuseNumbers((wanted.contigs ?? []).map((which) => (typeof which === 'object' ? which.contig : which)));
      const stop = new AbortController();
      this.#streams.set(++this.#lastStream, { chunks: recordsOf(engine, directory, sample, wanted, stop.signal), stop });
      return this.#lastStream;
    },
    next: async (_, { stream }) => {
      const { chunks } = this.#streams.get(stream) ?? {};
      const { value, done } = (await chunks?.next()) ?? { value: undefined, done: true };
      if (done) this.#streams.delete(stream);
      return done ? undefined : value;
    },
  };
}

async function infoOf(engine: Engine, directory: Directory, raw: RawInfo, signal?: AbortSignal): Promise<AgcInfo> {
  const [reference] = await directory.samples(0, 1, signal);
  const commands = await engine.ask((reader) => reader.commands(), signal);
  const words = decodeNames(raw.fileTypeInfo.names, raw.fileTypeInfo.ends);
  const pairs = words.flatMap((key, i) => (i % 2 === 0 ? [[key, words[i + 1] ?? ''] as const] : []));
  const fileTypeInfo: Record<string, string> = Object.fromEntries(pairs);
  return {
    key: engine.key,
    size: engine.size,
    index: raw.index,
    version: `${raw.versionMajor}.${raw.versionMinor}`,
    producer: fileTypeInfo.producer,
    k: raw.kmerLen,
    minMatch: raw.minMatchLen,
    segmentSize: raw.segmentSize,
    batchSize: raw.packCardinality,
    sampleCount: raw.sampleCount,
    groupCount: raw.groupCount,
    streamCount: raw.streamCount,
    reference,
    commandLines: decodeNames(commands.names, commands.ends),
    fileTypeInfo,
  };
}
