// The page's side of the worker: calls that look local, can be cancelled, and throw the errors thrown over there.

import type { AgcInfo, AgcStats } from '../types/index.d.ts';
import { AgcError } from './errors.ts';
import { NO_STATS, type Answer, type Answerer, type Ask, type CallName, type OpenRequest } from './service.ts';
import type { ByteRange, ByteSource } from './source.ts';
import { describe, revive, toWire, type Call, type ErrorOnWire, type FromWorker, type OpenOnWire, type ToWorker } from './wire.ts';

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: unknown) => void;
}

export class WorkerClient implements Answerer {
  info: AgcInfo | undefined;
  stats: AgcStats = NO_STATS;
  readonly #worker: Worker;
  readonly #onStats: (stats: AgcStats) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #sources: ByteSource[] = [];
  readonly #reads = new Map<number, AbortController>();
  /** Errors of the caller's own sources, by read, while the worker hears of them. */
  readonly #thrown = new Map<number, unknown>();
  #lastId = 0;
  /** Why no question can be answered any more. */
  #dead: AgcError | undefined;

  constructor(worker: Worker, onStats: (stats: AgcStats) => void) {
    this.#worker = worker;
    this.#onStats = onStats;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.#fail(
        `The worker that reads archives failed: ${event.message || 'its script could not be loaded'}. Its script (worker.js) must lie beside the one that ` +
          'opens archives, and a Content-Security-Policy must allow it (worker-src). Otherwise use ragc/inline, or the option "worker".',
      );
    };
    worker.onmessageerror = () => this.#fail('The worker that reads archives sent what cannot be read.');
  }

  open({ archive, index, ...rest }: OpenRequest, signal?: AbortSignal): Promise<void> {
    const open: OpenOnWire = { ...rest, archive: this.#onWire(archive), index: index && this.#onWire(index) };
    return this.#ask({ open }, signal);
  }

  call<Name extends CallName>(call: Name, ask: Ask<Name>, signal?: AbortSignal): Promise<Answer<Name>> {
    return this.#ask({ call, ask } as Call, signal);
  }

  endStream(stream: number): void {
    this.#send({ endStream: stream });
  }

  close(): void {
    this.#worker.terminate();
    this.#fail('The archive was closed.');
  }

  #ask<T>(request: { open: OpenOnWire } | Call, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.#dead) return reject(this.#dead);
      const id = ++this.#lastId;
      const abort = () => {
        if (!this.#waiting.delete(id)) return;
        this.#send({ cancel: id });
        reject(signal?.reason);
      };
      const settled = () => signal?.removeEventListener('abort', abort);
      this.#waiting.set(id, {
        resolve: (answer) => (settled(), resolve(answer)),
        reject: (error) => (settled(), reject(error)),
      });
      signal?.addEventListener('abort', abort);
      this.#send({ id, ...request } as ToWorker);
    });
  }

  #onWire(source: ByteSource): OpenOnWire['archive'] {
    return toWire(source, this.#sources.push(source) - 1);
  }

  #send(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromWorker): void {
    if ('stats' in message) {
      this.stats = message.stats;
      return this.#onStats(message.stats);
    }
    if ('info' in message) return void (this.info = message.info);
    if ('cancelRead' in message) return this.#reads.get(message.cancelRead)?.abort();
    if ('read' in message) return void this.#read(message.read, this.#sources[message.source]!, message.ranges);
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('error' in message) waiting?.reject(this.#errorOf(message.error));
    else waiting?.resolve(message.answer as never);
  }

  /** Reads a source of the caller's for the worker. */
  async #read(read: number, source: ByteSource, ranges?: ByteRange[]): Promise<void> {
    const stop = new AbortController();
    const { signal } = stop;
    this.#reads.set(read, stop);
    try {
      if (!ranges) {
        const size = await source.size?.({ signal });
        this.#send({ read, size, traffic: source.traffic && { ...source.traffic } });
      } else {
        const parts = source.readRanges
          ? await source.readRanges(ranges, { signal })
          : await Promise.all(ranges.map(({ offset, length }) => source.read(offset, length, { signal })));
        // Copies: the source may go on using its own.
        const own = parts.map((part) => part.slice());
        this.#send({ read, parts: own, traffic: source.traffic && { ...source.traffic } }, own.map(({ buffer }) => buffer as ArrayBuffer));
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#thrown.set(read, error);
        this.#send({ read, error: describe(error) });
      }
    } finally {
      this.#reads.delete(read);
    }
  }

  #errorOf(error: ErrorOnWire): unknown {
    if (error.thrownBy === undefined || !this.#thrown.has(error.thrownBy)) return revive(error);
    const thrown = this.#thrown.get(error.thrownBy);
    this.#thrown.delete(error.thrownBy);
    return thrown;
  }

  #fail(why: string): void {
    this.#dead ??= new AgcError(why);
    for (const { reject } of [...this.#waiting.values()]) reject(this.#dead);
    this.#waiting.clear();
    for (const stop of this.#reads.values()) stop.abort();
  }
}
