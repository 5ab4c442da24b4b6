// One request and its answer, watched while it comes and counted.

import { contentLength, isWebPage, retryAfterMs } from './answer.ts';
import * as errors from './errors.ts';
import type { Range } from './ranges.ts';
import { Passing, Watch } from './retry.ts';
import type { HttpOptions, Traffic } from './source.ts';

/** The head of an answer, and its body chunk by chunk. */
export interface Answer {
  response: Response;
  chunks: AsyncGenerator<Uint8Array>;
}

export class Client {
  readonly traffic: Traffic = { requests: 0, bytes: 0 };
  readonly #url: string;
  readonly #options: HttpOptions;
  readonly #silenceMsMax: number;

  constructor(url: string, options: HttpOptions, silenceMsMax: number) {
    this.#url = url;
    this.#options = options;
    this.#silenceMsMax = silenceMsMax;
  }

  /** One request, for a range or for all, and what `take` makes of its answer. What it leaves of that is not downloaded. */
  async exchange<T>(method: 'GET' | 'HEAD', range: Range | undefined, signal: AbortSignal, take: (answer: Answer) => T | Promise<T>): Promise<T> {
    const watch = new Watch(signal, this.#silenceMsMax);
    try {
      const response = await this.#send(method, range, watch);
      watch.finished = response.body === null;
      if (response.ok && isWebPage(response)) throw errors.webPage(this.#url, response.status);
      return await take({ response, chunks: this.#chunks(response, watch) });
    } finally {
      watch.end();
    }
  }

  async #send(method: 'GET' | 'HEAD', range: Range | undefined, watch: Watch): Promise<Response> {
    const { headers, credentials = 'same-origin', fetch: send = fetch } = this.#options;
    const last = range && (range.end === Infinity ? '' : range.end - 1);
    this.traffic.requests++;
    try {
      return await send(this.#url, {
        method,
        headers: range ? { ...headers, Range: `bytes=${range.start}-${last}` } : { ...headers },
        credentials,
        // Chromium's cache makes requests for one address wait for each other: six of 150 ms took 1036 ms, so 186 ms.
        cache: 'no-store',
        signal: watch.signal,
      });
    } catch {
      throw this.#broken(watch, errors.unreachable(this.#url));
    }
  }

  /** The body, chunk by chunk. (Not every browser can iterate a ReadableStream.) */
  async *#chunks(response: Response, watch: Watch): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader();
    for (;;) {
      const next = await reader?.read().catch(() => {
        throw this.#broken(watch, errors.cutOff(this.#url, response.status));
      });
      if (!next?.value) {
        watch.finished = true;
        return;
      }
      watch.heard();
      this.traffic.bytes += next.value.length;
      yield next.value;
    }
  }

  /** Why nothing more came: its asker left, the server fell silent, or else what `reason` says. */
  #broken(watch: Watch, reason: errors.AgcError): unknown {
    if (watch.tired) return new Passing(errors.silent(this.#url, this.#silenceMsMax));
    return watch.signal.aborted ? watch.signal.reason : new Passing(reason);
  }
}

/**
 * An answer whose body has begun, as only then its head can be believed: of a head that was cut off Chromium shows the
 * first half, be it half a number.
 */
export async function begun(url: string, { response, chunks }: Answer): Promise<Answer> {
  if (contentLength(response) === 0) return { response, chunks };
  const first = await chunks.next();
  if (first.done) throw new Passing(errors.cutOff(url, response.status));
  const all = async function* () {
    yield first.value;
    yield* chunks;
  };
  return { response, chunks: all() };
}

/** What a status means that brings no bytes. */
export function statusFailure(url: string, response: Response): Error {
  const { status } = response;
  // Half a number, of an answer cut within its first line.
  if (status < 200) return new Passing(errors.cutOff(url, status));
  const reason = errors.httpFailure(url, status);
  return status >= 500 || status === 429 ? new Passing(reason, retryAfterMs(response)) : reason;
}
