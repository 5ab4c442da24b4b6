// Archives on static hosts, read by HTTP Range requests. Each `throw` is a way in which hosts misbehave.

import * as errors from './errors.ts';
import { Gate } from './gate.ts';
import { cutFrom } from './ranges.ts';
import type { Block, Bytes, Range } from './ranges.ts';
import { Shelf } from './shelf.ts';
import { WIRE, type Abortable, type ByteRange, type ByteSource, type HttpOptions, type SourceOnWire, type Traffic } from './source.ts';

/** What a source learns by being opened: how long the file is, and whatever bytes came with the answer. */
interface Opening {
  sizeBytes: number;
  blocks: Block[];
}

/** A file at an address, read by HTTP range requests. */
export function httpSource(url: string | URL, options: HttpOptions = {}): ByteSource {
  return new HttpFile(String(url), options);
}

class HttpFile implements ByteSource {
  /** A worker makes it anew, unless it would need a function for that. */
  readonly [WIRE]: SourceOnWire | undefined;
  readonly #source: HttpSource;
  #opened: { sizeBytes: number; shelf: Shelf } | undefined;

  constructor(url: string, options: HttpOptions) {
    this.#source = new HttpSource(url, options);
    this[WIRE] = options.fetch ? undefined : { url, options };
  }

  get key(): string {
    return this.#source.name;
  }

  get traffic(): Traffic {
    return this.#source.traffic;
  }

  async size({ signal }: Abortable = {}): Promise<number> {
    return (await this.#open(signal)).sizeBytes;
  }

  async read(offset: number, length: number, options: Abortable = {}): Promise<Bytes> {
    return (await this.readRanges([{ offset, length }], options))[0]!;
  }

  async readRanges(ranges: readonly ByteRange[], { signal }: Abortable = {}): Promise<Bytes[]> {
    const { sizeBytes, shelf } = await this.#open(signal);
    const wanted = ranges.map(({ offset, length }) => ({ start: Math.min(offset, sizeBytes), end: Math.min(offset + length, sizeBytes) }));
    const { held, missing } = shelf.take(wanted);
    const blocks = held.concat(await shelf.fetch(missing, signal));
    return wanted.map((range) => cutFrom(blocks, range) ?? new Uint8Array(0));
  }

  async #open(signal?: AbortSignal) {
    if (!this.#opened) {
      const { sizeBytes, blocks } = await this.#source.open(signal);
      this.#opened = { sizeBytes, shelf: new Shelf(this.#source, blocks) };
    }
    return this.#opened;
  }
}

/** The first request: large enough that a small archive comes whole, small enough to cost no time. */
const FIRST_BYTES = 32 * 1024;
const REQUESTS_AT_ONCE_MAX = 16;

/** What tells one version of a file from another. */
interface Version {
  sizeBytes: number;
  etag: string | null;
  modified: string | null;
}

export class HttpSource {
  readonly name: string;
  readonly traffic: Traffic = { requests: 0, bytes: 0 };
  readonly #options: HttpOptions;
  readonly #gate = new Gate(REQUESTS_AT_ONCE_MAX);
  #version: Version | undefined;

  constructor(url: string | URL, options: HttpOptions = {}) {
    this.name = String(url);
    this.#options = options;
  }

  /**
   * Learns the size from Content-Range of the first GET. There is no HEAD, which presigned addresses refuse, and no
   * suffix range, which costs a CORS preflight.
   */
  async open(signal?: AbortSignal): Promise<Opening> {
    return this.#open(FIRST_BYTES, signal);
  }

  async read(range: Range, signal?: AbortSignal): Promise<Bytes> {
    return this.#gate.run(() => this.#exchange(range, signal, (response) => this.#readPart(response, range)), signal);
  }

  async #open(length: number, signal?: AbortSignal): Promise<Opening> {
    const range = { start: 0, end: length };
    return this.#exchange(range, signal, async (response) => {
      if (response.status === 416) return this.#openShorter(response, length, signal);
      if (response.status === 200) return this.#openWhole(response, length);
      this.#expectPart(response);
      const { start, end, size } = contentRange(response) ?? fail(errors.sizeUnknown(this.name));
      if (start !== 0 || end !== Math.min(length, size)) throw errors.wrongLength(this.name, end - start, length);
      const bytes = await this.#body(response, end);
      this.#version = versionOf(response, size);
      return { sizeBytes: size, blocks: [{ offset: 0, bytes }] };
    });
  }

  /** Strict servers refuse a range that ends past the file, and say how long it is. */
  #openShorter(response: Response, asked: number, signal?: AbortSignal): Promise<Opening> {
    discard(response);
    const size = Number(/^bytes \*\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1] ?? NaN);
    if (size === 0) throw errors.emptyFile(this.name);
    if (!(size < asked)) throw errors.httpFailure(this.name, 416);
    return this.#open(size, signal);
  }

  /** The whole file instead of its first part: taken only if it is no longer than what was asked for. */
  async #openWhole(response: Response, asked: number): Promise<Opening> {
    const size = Number(response.headers.get('content-length') ?? NaN);
    if (size === 0) throw errors.emptyFile(this.name);
    if (!(size <= asked) || encodingOf(response)) {
      discard(response);
      throw errors.rangeUnsupported(this.name);
    }
    this.#version = versionOf(response, size);
    return { sizeBytes: size, blocks: [{ offset: 0, bytes: await this.#body(response, size) }] };
  }

  async #readPart(response: Response, range: Range): Promise<Bytes> {
    const known = this.#version ?? fail(new errors.AgcError('the source was read before it was opened'));
    if (response.status === 416) throw errors.fileChanged(this.name);
    if (response.status === 200) {
      const size = Number(response.headers.get('content-length') ?? known.sizeBytes);
      throw sameFile(known, versionOf(response, size)) ? errors.rangeUnsupported(this.name) : errors.fileChanged(this.name);
    }
    this.#expectPart(response);
    const got = contentRange(response) ?? fail(errors.sizeUnknown(this.name));
    if (!sameFile(known, versionOf(response, got.size))) throw errors.fileChanged(this.name);
    const wanted = range.end - range.start;
    if (got.start !== range.start || got.end !== range.end) throw errors.wrongLength(this.name, got.end - got.start, wanted);
    return this.#body(response, wanted);
  }

  #expectPart(response: Response): void {
    if (response.status !== 206) throw errors.httpFailure(this.name, response.status);
    const encoding = encodingOf(response);
    if (encoding) throw errors.contentEncoded(this.name, encoding);
  }

  /** One request and what is made of its answer. Whatever goes wrong, the rest of the body is not downloaded. */
  async #exchange<T>(range: Range, signal: AbortSignal | undefined, use: (response: Response) => Promise<T>): Promise<T> {
    const response = await this.#request(range, signal);
    try {
      return await use(response);
    } catch (error) {
      discard(response);
      throw error;
    }
  }

  async #request(range: Range, signal: AbortSignal | undefined): Promise<Response> {
    const { headers, credentials = 'same-origin', fetch: send = fetch } = this.#options;
    this.traffic.requests++;
    try {
      return await send(this.name, {
        headers: { ...headers, Range: `bytes=${range.start}-${range.end - 1}` },
        credentials,
        // Chromium's cache makes requests for one address wait for each other: six of 150 ms took 1036 ms, so 186 ms.
        cache: 'no-store',
        signal: signal ?? null,
      });
    } catch (error) {
      throw isCancelled(error, signal) ? error : errors.unreachable(this.name);
    }
  }

  /** Exactly `length` bytes of body; reading stops at the first byte too many. */
  async #body(response: Response, length: number): Promise<Bytes> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    try {
      for await (const chunk of chunks(response)) {
        this.traffic.bytes += chunk.length;
        if (filled + chunk.length > length) throw errors.wrongLength(this.name, filled + chunk.length, length);
        bytes.set(chunk, filled);
        filled += chunk.length;
      }
    } catch (error) {
      if (error instanceof errors.AgcError || errors.isAbort(error)) throw error;
      throw errors.wrongLength(this.name, filled, length);
    }
    if (filled !== length) throw errors.wrongLength(this.name, filled, length);
    return bytes;
  }
}

/** The body, chunk by chunk. (Not every browser can iterate a ReadableStream.) */
async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    // Left early, the rest of the body must not be downloaded.
    void reader.cancel().catch(() => {});
  }
}

function discard(response: Response): void {
  if (!response.body?.locked) void response.body?.cancel().catch(() => {});
}

function contentRange(response: Response): { start: number; end: number; size: number } | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
  return match ? { start: Number(match[1]), end: Number(match[2]) + 1, size: Number(match[3]) } : undefined;
}

function encodingOf(response: Response): string | undefined {
  const encoding = response.headers.get('content-encoding')?.trim().toLowerCase();
  return encoding && encoding !== 'identity' ? encoding : undefined;
}

function versionOf(response: Response, sizeBytes: number): Version {
  const etag = response.headers.get('etag');
  return { sizeBytes, etag: etag?.startsWith('W/') ? null : etag, modified: response.headers.get('last-modified') };
}

/** Same size and same strong ETag; the date decides only where there is no ETag. */
function sameFile(a: Version, b: Version): boolean {
  if (a.sizeBytes !== b.sizeBytes) return false;
  if (a.etag && b.etag) return a.etag === b.etag;
  return !a.modified || !b.modified || a.modified === b.modified;
}

function isCancelled(error: unknown, signal: AbortSignal | undefined): boolean {
  return errors.isAbort(error) || signal?.aborted === true;
}

function fail(error: Error): never {
  throw error;
}
