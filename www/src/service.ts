// An archive as a set of calls, each with a name, a question and an answer that can cross to another thread. The page
// makes the same calls whether they are served by a worker or in place.

import type { AgcInfo, AgcStats, Contig, ContigPlace, Region, WasmSource } from '../types/index.d.ts';
import { Directory } from './directory.ts';
import { Engine } from './engine.ts';
import { AgcError } from './errors.ts';
import { decodeNames } from './names.ts';
import type { Bytes } from './ranges.ts';
import { recordsOf, type RecordsWanted } from './records.ts';
import { sequencesOf } from './sequences.ts';
import type { ByteSource } from './source.ts';

/** Calls, with what they take and what they answer. */
export interface Calls {
  samples: { ask: { from: number; count: number }; answer: string[] };
  contigs: { ask: { sample: string }; answer: readonly Contig[] };
  locate: { ask: { contig: string }; answer: ContigPlace[] };
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
  index?: ByteSource | undefined;
  cacheBytes?: number | undefined;
  wasm?: WasmSource | undefined;
}

/** Who answers calls. */
export interface Answerer {
  open(request: OpenRequest, signal?: AbortSignal): Promise<AgcInfo>;
  call<Name extends CallName>(name: Name, ask: Ask<Name>, signal?: AbortSignal): Promise<Answer<Name>>;
  endStream(stream: number): void;
  readonly stats: AgcStats;
  close(): void;
}

interface Stream {
  chunks: AsyncGenerator<Bytes>;
  stop: AbortController;
}

type Handlers = { [Name in CallName]: (ask: Ask<Name>, signal?: AbortSignal) => Promise<Answer<Name>> };

export const NO_STATS: AgcStats = { requests: 0, rounds: 0, bytesFetched: 0, cacheHits: 0, segmentsDecoded: 0 };

/** Answers them here, where decoding then happens. */
export class Service implements Answerer {
  #opened: { engine: Engine; directory: Directory } | undefined;
  #streams = new Map<number, Stream>();
  #lastStream = 0;
  readonly #onStats: (stats: AgcStats) => void;

  constructor(onStats: (stats: AgcStats) => void) {
    this.#onStats = onStats;
  }

  get stats(): AgcStats {
    return this.#opened?.engine.stats ?? NO_STATS;
  }

  async open(request: OpenRequest, signal?: AbortSignal): Promise<AgcInfo> {
    const engine = await Engine.open({ ...request, onStats: this.#onStats }, signal);
    try {
      const directory = await Directory.open(engine, signal);
      const info = await infoOf(engine, directory, signal);
      this.#opened = { engine, directory };
      return info;
    } catch (error) {
      engine.close();
      throw error;
    }
  }

  async call<Name extends CallName>(name: Name, ask: Ask<Name>, signal?: AbortSignal): Promise<Answer<Name>> {
    signal?.throwIfAborted();
    return this.#handlers[name](ask, signal);
  }

  endStream(stream: number): void {
    this.#streams.get(stream)?.stop.abort();
    this.#streams.delete(stream);
  }

  close(): void {
    for (const { stop } of this.#streams.values()) stop.abort();
    this.#streams.clear();
    this.#opened?.engine.close();
    this.#opened = undefined;
  }

  get #open() {
    if (!this.#opened) throw new AgcError('The archive was closed.');
    return this.#opened;
  }

  readonly #handlers: Handlers = {
    samples: async ({ from, count }) => this.#open.directory.samples.slice(from, from + count),
    contigs: async ({ sample }, signal) => (await this.#open.directory.contigs(sample, signal)).contigs,
    locate: async ({ contig }, signal) => this.#open.directory.locate(contig, signal),
    sequences: async ({ regions }, signal) => sequencesOf(this.#open.engine, this.#open.directory, regions, signal),
    stream: async ({ sample, ...wanted }) => {
      const { engine, directory } = this.#open;
      const stop = new AbortController();
      this.#streams.set(++this.#lastStream, { chunks: recordsOf(engine, directory, sample, wanted, stop.signal), stop });
      return this.#lastStream;
    },
    next: async ({ stream }) => {
      const { chunks } = this.#streams.get(stream) ?? {};
      const { value, done } = (await chunks?.next()) ?? { value: undefined, done: true };
      if (done) this.#streams.delete(stream);
      return done ? undefined : value;
    },
  };
}

async function infoOf(engine: Engine, { samples }: Directory, signal?: AbortSignal): Promise<AgcInfo> {
  const raw = await engine.ask((reader) => reader.info(), signal);
  const words = decodeNames(raw.fileTypeInfo.names, raw.fileTypeInfo.ends);
  const pairs = words.flatMap((key, i) => (i % 2 === 0 ? [[key, words[i + 1] ?? ''] as const] : []));
  const fileTypeInfo: Record<string, string> = Object.fromEntries(pairs);
  return {
    key: engine.key,
    size: engine.size,
    version: `${raw.versionMajor}.${raw.versionMinor}`,
    producer: fileTypeInfo.producer,
    k: raw.kmerLen,
    minMatch: raw.minMatchLen,
    segmentSize: raw.segmentSize,
    batchSize: raw.packCardinality,
    sampleCount: raw.sampleCount,
    groupCount: raw.groupCount,
    streamCount: raw.streamCount,
    reference: samples[0],
    commandLines: decodeNames(raw.commands.names, raw.commands.ends),
    fileTypeInfo,
  };
}
