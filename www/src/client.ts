// The page's side of the worker: calls that look local, can be cancelled, and throw the errors thrown over there.

import type { Stats } from './archive.ts';
import { AgcError } from './errors.ts';
import type { Bytes } from './ranges.ts';
import type { CallName, Calls, FastaRequest, FromWorker, ToWorker } from './protocol.ts';

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: unknown) => void;
}

export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  /** Why no question can be answered any more. */
  #dead: AgcError | undefined;
  /** Called whenever the worker has read something. */
  onStats: (stats: Stats) => void = () => {};

  constructor(worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    worker.onerror = (event) => this.#fail(`The part of this page that reads archives failed: ${event.message ?? 'it could not be loaded'}. Reload the page.`);
    worker.onmessageerror = () => this.#fail('The part of this page that reads archives sent what cannot be read. Reload the page.');
  }

  /** Puts one question. An aborted `signal` cancels it over there as well. */
  call<Name extends CallName>(call: Name, ask: Calls[Name]['ask'], signal?: AbortSignal): Promise<Calls[Name]['answer']> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.#dead) return reject(this.#dead);
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#send({ id, call, ask } as ToWorker);
      signal?.addEventListener('abort', () => {
        if (!this.#waiting.delete(id)) return;
        this.#send({ cancel: id });
        reject(signal.reason);
      });
    });
  }

  /** FASTA in chunks, made one ahead of being asked for. Leaving the loop or aborting `signal` ends it. */
  async *fasta(request: FastaRequest, signal?: AbortSignal): AsyncGenerator<Bytes> {
    const stream = await this.call('fasta', request, signal);
    try {
      let coming = this.call('next', { stream }, signal);
      for (let chunk = await coming; chunk; chunk = await coming) {
        coming = this.call('next', { stream }, signal);
        coming.catch(() => {}); // reported when it is waited for
        yield chunk;
      }
    } finally {
      this.#send({ endStream: stream });
    }
  }

  close(): void {
    this.#worker.terminate();
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if ('stats' in message) return this.onStats(message.stats);
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('error' in message) waiting?.reject(revive(message.error));
    else waiting?.resolve(message.answer as never);
  }

  #fail(why: string): void {
    this.#dead = new AgcError('internal', why);
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }
}

function revive({ name, kind, message }: { name: string; kind?: AgcError['kind']; message: string }): Error {
  if (kind) return new AgcError(kind, message);
  return name === 'AbortError' ? new DOMException(message, name) : new AgcError('internal', message);
}
