// The ask loop. The reader inside knows the format and does no I/O: a question is put, what it needs is fetched and
// handed over, and it is put again.

import { AgcError } from './errors.ts';
import { Files } from './files.ts';
import { cutFrom, type Block, type Bytes, type Range } from './ranges.ts';
import type { AgcStats, WasmSource } from '../types/index.d.ts';
import type { ByteSource } from './source.ts';
import { asking, loadWasm, openReader, type IndexAt, type Reader, type Step } from './wasm.ts';

/** A question as the reader takes it. It may be put any number of times. */
export type Question<T> = (reader: Reader) => Step<T>;

export interface EngineOptions {
  archive: ByteSource;
  /** The file of an index; without one that in the archive is used, unless this is `false`. */
  index?: ByteSource | false | undefined;
  cacheBytes?: number | undefined;
  wasm?: WasmSource | undefined;
  /** Called after every round of requests. */
  onStats: (stats: AgcStats) => void;
}

/** The length of the footer is in so many last bytes of the file. Who asks for them gets more, as a small footer is there. */
const TRAILER_BYTES = 8;
const TAIL_BYTES = 64 * 1024;
/** More rounds than any question takes; reaching it is a bug, not a large archive. */
const ROUNDS_MAX = 60;

type Put<T> = { done: T } | { need: Range[] };

export class Engine {
  static async open(options: EngineOptions, signal?: AbortSignal): Promise<Engine> {
    // The module loads while the first request is on its way.
    const module = loadWasm(options.wasm);
    module.catch(() => {});
    let engine: Engine | undefined;
    const files = await Files.open(options.archive, options.index || undefined, () => engine && options.onStats(engine.stats), { ...(signal && { signal }) });
    await module;
    return (engine = new Engine(files, files.indexSize ?? (options.index === false ? 'none' : 'embedded'), options.cacheBytes));
  }

  readonly #files: Files;
  #reader: Reader | undefined;
  #closed: AgcError | undefined;
  readonly #tail = new Held();

  private constructor(files: Files, index: IndexAt, cacheBytes: number | undefined) {
    this.#files = files;
    this.#reader = asking(files.key, () => openReader(files.size, index, cacheBytes));
  }

  get key(): string {
    return this.#files.key;
  }

  get size(): number {
    return this.#files.size;
  }

  get stats(): AgcStats {
    const { requests, bytes } = this.#files.traffic;
    const { segmentsDecoded = 0, cacheHits = 0 } = this.#reader?.work() ?? {};
    return { requests, rounds: this.#files.rounds, bytesFetched: bytes, cacheHits, segmentsDecoded };
  }

  async ask<T>(question: Question<T>, signal?: AbortSignal): Promise<T> {
    const [answer] = await this.askAll([question], signal);
    return answer as T;
  }

  /**
   * Answers to all questions, in their order. What they need is fetched together, round by round.
   *
   * Bytes are handed over and a question is put again without a pause between, and what was fetched stays at hand until
   * all are answered: so questions that run at the same time never see each other's bytes go.
   */
  async askAll<T>(questions: readonly Question<T>[], signal?: AbortSignal): Promise<T[]> {
    const answers: T[] = [];
    const held = new Held();
    let open = [...questions.keys()];
    for (let round = 0; round < ROUNDS_MAX; round++) {
      signal?.throwIfAborted();
      const missing: Range[] = [];
      open = open.filter((i) => {
        const put = this.#put(questions[i]!, held);
        if ('done' in put) answers[i] = put.done;
        else missing.push(...put.need);
        return !('done' in put);
      });
      if (!open.length) return answers;
      held.add(await this.#fetch(missing, signal));
    }
    throw new AgcError('The reader asked for the same bytes again and again.');
  }

  /** Frees the memory of the reader. Questions that go on, and those asked later, fail for this reason. */
  close(reason: AgcError): void {
    this.#closed ??= reason;
    this.#reader?.free();
    this.#reader = undefined;
  }

  /** Puts a question until it is answered or needs bytes that are not at hand. */
  #put<T>(question: Question<T>, held: Held): Put<T> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const step = asking(this.key, () => question(this.#open()));
      if ('done' in step) return step;
      const need = pairs(step.need);
      const at = need.map((range) => held.cut(range) ?? this.#tail.cut(range));
      const missing = need.filter((_, i) => !at[i]);
      if (missing.length) return { need: missing };
      need.forEach(({ start }, i) => asking(this.key, () => this.#open().supply(start, at[i] as Bytes)));
    }
    throw new AgcError('The reader asked for the same bytes again and again.');
  }

  async #fetch(ranges: readonly Range[], signal?: AbortSignal): Promise<Block[]> {
    const tail = Math.max(0, this.size - TAIL_BYTES);
    const trailer = this.size - TRAILER_BYTES;
    const blocks = await this.#files.read(ranges.map((range) => (range.start === trailer ? { ...range, start: Math.min(trailer, tail) } : range)), signal);
    const last = blocks.find(({ offset, bytes }) => offset <= tail && offset + bytes.length === this.size);
    if (last) this.#tail.add([last]);
    return blocks;
  }

  #open(): Reader {
    if (!this.#reader) throw this.#closed;
    return this.#reader;
  }
}

/** Blocks at hand. */
class Held {
  readonly #byOffset = new Map<number, Block>();

  add(blocks: readonly Block[]): void {
    for (const block of blocks) this.#byOffset.set(block.offset, block);
  }

  /** Mostly a block is asked for as it was fetched; else all of them are looked through. */
  cut(range: Range): Bytes | undefined {
    const exact = this.#byOffset.get(range.start);
    return (exact && cutFrom([exact], range)) ?? cutFrom([...this.#byOffset.values()], range);
  }
}

function pairs(flat: Float64Array): Range[] {
  const ranges: Range[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) ranges.push({ start: flat[i]!, end: flat[i + 1]! });
  return ranges;
}
