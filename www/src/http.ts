// Archives on static hosts: which parts are asked for, and what is made of the answers. Each `throw` is a way in which
// hosts misbehave.

import { contentLength, contentRange, encodingOf, sameFile, sizeRefused, versionOf, type Version } from './answer.ts';
import { begun, Client, statusFailure, type Answer } from './exchange.ts';
import * as errors from './errors.ts';
import { Gate } from './gate.ts';
import { gather, mergeRanges, without, type Block, type Bytes, type Range } from './ranges.ts';
import { Passing, PATIENCE, retried, type Patience } from './retry.ts';
import { Shared } from './shared.ts';
import { WIRE, type Abortable, type ByteRange, type ByteSource, type HttpOptions, type SourceOnWire, type Traffic } from './source.ts';

/** The first request when nothing is known: an index in the archive begins there, and a small archive comes whole. */
const FIRST_BYTES = 32 * 1024;
const REQUESTS_AT_ONCE_MAX = 16;
/** Servers may send less at a time than they are asked for, but not so little that there would be no end of requests. */
const ANSWER_BYTES_MIN = 4 * 1024;
/** Of a whole file, no more is in the memory of the script; the rest is the browser's to keep. */
const PARTS_BYTES_MAX = 8 * 1024 * 1024;

/** A file at an address, read by HTTP range requests. */
export function httpSource(url: string | URL, options: HttpOptions = {}): ByteSource {
  return new HttpSource(url, options);
}

/** A request on its way. */
interface Flight extends Range {
  bytes: Shared<Bytes>;
}

/** What is known of one version of the file. */
interface Edition {
  version: Version;
  /** The file is not this any more. */
  over: boolean;
  /** The start of the file, if the size was learnt by reading that. */
  head: Block | undefined;
  /** The whole file, where only that can be had. */
  whole: Blob | undefined;
  flights: Set<Flight>;
  sizing: Shared<number> | undefined;
  downloading: Shared<Blob> | undefined;
}

/** What is to be done after an answer. */
type Next = 'done' | 'ask again' | 'ask size';

/** What one request is to bring, filled by one attempt after the other. */
interface Piece {
  readonly start: number;
  readonly bytes: Bytes;
  filled: number;
}

export class HttpSource implements ByteSource {
  readonly key: string;
  /** A worker makes it anew, unless it would need a function for that. */
  readonly [WIRE]: SourceOnWire | undefined;
  readonly #options: HttpOptions;
  readonly #patience: Patience;
  readonly #client: Client;
  readonly #gate: Gate;
  #edition: Edition;

  constructor(url: string | URL, options: HttpOptions = {}, patience = PATIENCE) {
    this.key = String(url);
    this[WIRE] = options.fetch ? undefined : { url: this.key, options };
    this.#options = options;
    this.#patience = patience;
    this.#client = new Client(this.key, options, patience.silenceMsMax);
    this.#gate = new Gate(Math.min(Math.max(1, options.maxConcurrency ?? REQUESTS_AT_ONCE_MAX), REQUESTS_AT_ONCE_MAX));
    this.#edition = this.#newEdition();
  }

  get traffic(): Readonly<Traffic> {
    return this.#client.traffic;
  }

  /**
   * The size as told with the first answer: there is no suffix range, which costs a CORS preflight, and HEAD, which
   * presigned addresses refuse, is asked only where Content-Range is hidden. After a FileChangedError, this starts anew.
   */
  async size({ signal }: Abortable = {}): Promise<number> {
    if (this.#edition.over) this.#edition = this.#newEdition();
    const edition = this.#edition;
    if (edition.version.sizeBytes === undefined) {
      const bytes = await this.read(0, FIRST_BYTES, { signal });
      edition.head = { offset: 0, bytes };
    }
    const size = edition.version.sizeBytes ?? (await this.#askSize(edition, signal));
    if (size === 0) throw errors.emptyFile(this.key);
    return size;
  }

  /** Like {@link readRanges}. */
  async read(offset: number, length: number, options: Abortable = {}): Promise<Bytes> {
    return (await this.readRanges([{ offset, length }], options))[0]!;
  }

  /** Once the file has changed, nothing is read until the size is asked for again: no two versions are ever mixed. */
  async readRanges(ranges: readonly ByteRange[], { signal }: Abortable = {}): Promise<Bytes[]> {
    signal?.throwIfAborted();
    const edition = this.#edition;
    if (edition.over) throw errors.fileChanged(this.key);
    const { version, head, whole } = edition;
    const end = version.sizeBytes ?? Infinity;
    const wanted = ranges.map(({ offset, length }) => ({ start: Math.min(offset, end), end: Math.min(offset + length, end) }));
    if (whole) return Promise.all(wanted.map((range) => cut(whole, range)));
    const held = head ? [head] : [];
    const known = held.map(({ offset, bytes }) => ({ start: offset, end: offset + bytes.length }));
    const missing = wanted.flatMap((range) => without(range, known));
    const blocks = held.concat(await this.#fetch(edition, missing, signal));
    // Copies: of a block that several wait for, each has its own.
    return wanted.map((range) => gather(blocks, range).slice());
  }

  /** Fetches what is not on its way already, and waits for all of it. The first failure ends the waiting. */
  async #fetch(edition: Edition, ranges: readonly Range[], signal: AbortSignal | undefined): Promise<Block[]> {
    const joined = [...edition.flights].filter((flight) => ranges.some((range) => range.start < flight.end && flight.start < range.end));
    const missing = ranges.flatMap((range) => without(range, joined));
    for (const request of mergeRanges(missing, this.#options.coalesceGap)) joined.push(this.#start(edition, request));
    const waiting = new AbortController();
    const leave = () => waiting.abort(signal?.reason);
    signal?.addEventListener('abort', leave);
    try {
      return await Promise.all(joined.map(async ({ start, bytes }) => ({ offset: start, bytes: await bytes.join(waiting.signal) })));
    } finally {
      signal?.removeEventListener('abort', leave);
      waiting.abort();
    }
  }

  #start(edition: Edition, range: Range): Flight {
    const work = (signal: AbortSignal) => this.#gate.run(() => this.#fetchPiece(edition, range, signal), signal);
    const flight: Flight = { ...range, bytes: new Shared(work, () => edition.flights.delete(flight)) };
    edition.flights.add(flight);
    return flight;
  }

  /** The bytes of one request; after a failure the rest is asked for. Fewer only where the file ends. */
  async #fetchPiece(edition: Edition, { start, end }: Range, signal: AbortSignal): Promise<Bytes> {
    const piece: Piece = { start, bytes: new Uint8Array(end - start), filled: 0 };
    try {
      await retried(this.#patience, signal, () => this.#continue(edition, piece, signal)).catch((error) => this.#explain(error, edition, piece, signal));
    } catch (error) {
      if (!this.#mayDownloadFor(error)) throw error;
      await this.#copyFromWhole(edition, piece, signal);
    }
    return piece.bytes.subarray(0, piece.filled);
  }

  /**
   * Browsers that did not offer to decompress an answer do not show it. Where HEAD is answered and the part, asked for
   * once more, is not, that is why.
   */
  async #explain(error: unknown, edition: Edition, piece: Piece, signal: AbortSignal): Promise<void> {
    if (!(error instanceof errors.UnreachableError)) throw error;
    // Without a range, as with that all encodings are refused.
    const reached = await this.#client.exchange('HEAD', undefined, signal, ({ response }) => ({ ok: response.ok, encoding: encodingOf(response) })).catch(() => undefined);
    signal.throwIfAborted();
    if (!reached?.ok) throw error;
    if (reached.encoding) throw errors.contentEncoded(this.key, reached.encoding);
    await this.#continue(edition, piece, signal).catch(() => {
      throw errors.contentEncoded(this.key);
    });
  }

  /** One attempt at what is missing of a piece. */
  async #continue(edition: Edition, piece: Piece, signal: AbortSignal): Promise<void> {
    const start = piece.start + piece.filled;
    const end = Math.min(piece.start + piece.bytes.length, edition.version.sizeBytes ?? Infinity);
    if (start >= end) return;
    const next = await this.#client.exchange('GET', { start, end }, signal, (answer) => this.#take(edition, piece, { start, end }, answer));
    if (next === 'ask size') await this.#askSize(edition, signal);
    if (next === 'ask size' || next === 'ask again') await this.#continue(edition, piece, signal);
  }

  /** Takes what an answer brings for a piece, and says what is to be done for the rest. */
  async #take(edition: Edition, piece: Piece, asked: Range, answer: Answer): Promise<Next> {
    switch (answer.response.status) {
      case 206:
        return this.#takePart(edition, piece, asked, await begun(this.key, answer));
      case 200:
        return this.#takeWhole(edition, piece, asked, await begun(this.key, answer));
      case 416:
        return this.#findEnd(edition, asked.end, answer.response);
      default:
        throw statusFailure(this.key, answer.response);
    }
  }

  async #takePart(edition: Edition, piece: Piece, { start, end }: Range, { response, chunks }: Answer): Promise<Next> {
    const encoding = encodingOf(response);
    if (encoding) throw errors.contentEncoded(this.key, encoding);
    const got = contentRange(response);
    this.#learn(edition, versionOf(response, got?.sizeBytes));
    const last = Math.min(end, edition.version.sizeBytes ?? Infinity);
    if (got && (got.start !== start || got.end > last)) throw errors.otherRange(this.key, { start, end }, got);
    await this.#fill(piece, (got?.end ?? end) - start, { response, chunks });
    const filled = piece.start + piece.filled;
    if (filled === last) return 'done';
    if (got && filled === got.end && filled - start >= ANSWER_BYTES_MIN) return 'ask again';
    // Whether the file ends here or the answer broke off, only its size tells.
    if (edition.version.sizeBytes === undefined) return 'ask size';
    throw new Passing(errors.wrongLength(this.key, response.status, filled - start, last - start));
  }

  /** The whole file instead of a part is taken only if it is no longer than the part. */
  async #takeWhole(edition: Edition, piece: Piece, { start, end }: Range, { response, chunks }: Answer): Promise<Next> {
    const length = encodingOf(response) ? undefined : contentLength(response);
    if (!encodingOf(response)) this.#learn(edition, versionOf(response, length));
    if (start > 0 || length === undefined || length > end) throw errors.rangeUnsupported(this.key, length);
    await this.#fill(piece, length, { response, chunks });
    if (piece.filled < length) throw new Passing(errors.wrongLength(this.key, response.status, piece.filled, length));
    return 'done';
  }

  /** Strict servers refuse a range that ends past the file, and say how long it is. */
  #findEnd(edition: Edition, end: number, response: Response): Next {
    const size = sizeRefused(response);
    if (edition.version.sizeBytes !== undefined) {
      if (size !== undefined) this.#learn(edition, { sizeBytes: size });
      throw errors.httpFailure(this.key, 416);
    }
    if (size === undefined) return 'ask size';
    if (size >= end) throw errors.httpFailure(this.key, 416);
    this.#learn(edition, { sizeBytes: size });
    return 'ask again';
  }

  /** Puts a body of at most `room` bytes into its piece; reading stops at the first byte too many. */
  async #fill(piece: Piece, room: number, { response, chunks }: Answer): Promise<void> {
    const sent = contentLength(response);
    let got = 0;
    for await (const chunk of chunks) {
      if (sent !== undefined && got + chunk.length > sent) throw errors.contentEncoded(this.key);
      if (got + chunk.length > room) throw errors.wrongLength(this.key, response.status, got + chunk.length, room);
      piece.bytes.set(chunk, piece.filled);
      piece.filled += chunk.length;
      got += chunk.length;
    }
    // More or fewer bytes than were sent: they were compressed, and the header that says so is hidden from this page.
    if (sent !== undefined && got !== sent && got === room) throw errors.contentEncoded(this.key);
  }

  async #copyFromWhole(edition: Edition, piece: Piece, signal: AbortSignal): Promise<void> {
    const start = () => new Shared((stop) => this.#download(edition, stop), () => (edition.downloading = undefined));
    const whole = edition.whole ?? (await (edition.downloading ??= start()).join(signal));
    const bytes = await cut(whole, { start: piece.start, end: piece.start + piece.bytes.length });
    piece.bytes.set(bytes);
    piece.filled = bytes.length;
  }

  /** The whole file, in a Blob, which browsers may keep on disk. */
  async #download(edition: Edition, signal: AbortSignal): Promise<Blob> {
    const take = async ({ response, chunks }: Answer) => {
      if (response.status !== 200) throw statusFailure(this.key, response);
      // Compressed on its way, the file arrives as it is all the same, and only its length is not told.
      const length = encodingOf(response) ? undefined : contentLength(response);
      if (!this.#mayDownload(length)) throw errors.rangeUnsupported(this.key, length);
      if (length !== undefined) this.#learn(edition, versionOf(response, length));
      let got = 0;
      let whole = new Blob();
      let parts: Bytes[] = [];
      for await (const chunk of chunks) {
        got += chunk.length;
        if (!this.#mayDownload(got)) throw errors.rangeUnsupported(this.key);
        parts.push(chunk as Bytes);
        if (got - whole.size < PARTS_BYTES_MAX) continue;
        whole = new Blob([whole, ...parts]);
        parts = [];
      }
      if (length !== undefined && got < length) throw new Passing(errors.wrongLength(this.key, response.status, got, length));
      edition.whole = new Blob([whole, ...parts]);
      edition.version.sizeBytes = got;
      return edition.whole;
    };
    return retried(this.#patience, signal, () => this.#client.exchange('GET', undefined, signal, take));
  }

  #mayDownload(bytes = 0): boolean {
    const allowed = this.#options.allowFullDownload ?? false;
    return allowed === true || (allowed !== false && bytes <= allowed);
  }

  /** True for failures that the whole file would help with, where that may be had. */
  #mayDownloadFor(error: unknown): boolean {
    if (error instanceof errors.RangeNotSupportedError) return this.#mayDownload(error.size);
    return error instanceof errors.ContentEncodedError && this.#mayDownload();
  }

  #askSize(edition: Edition, signal: AbortSignal | undefined): Promise<number> {
    edition.sizing ??= new Shared((stop) => this.#head(edition, stop), () => (edition.sizing = undefined));
    return edition.sizing.join(signal);
  }

  /** The size by HEAD: Content-Length may be read where Content-Range is hidden. */
  async #head(edition: Edition, signal: AbortSignal): Promise<number> {
    const take = async ({ response }: Answer) => {
      const length = contentLength(response);
      if (![200, 206].includes(response.status)) throw statusFailure(this.key, response);
      if (length === undefined || encodingOf(response)) throw errors.sizeUnknown(this.key);
      this.#learn(edition, versionOf(response, length));
      return length;
    };
    try {
      // With a range, browsers ask for the file as it is, not for one compressed.
      return await retried(this.#patience, signal, () => this.#client.exchange('HEAD', { start: 0, end: Infinity }, signal, take));
    } catch (error) {
      throw error instanceof errors.HttpError ? errors.sizeUnknown(this.key) : error;
    }
  }

  /** Holds an answer against what is known, and adds to that. The first that does not fit ends this edition. */
  #learn(edition: Edition, told: Version): void {
    edition.over ||= !sameFile(edition.version, told);
    const { size } = this.#options;
    if (size !== undefined && told.sizeBytes !== undefined && told.sizeBytes !== size) throw errors.otherSize(this.key, size, told.sizeBytes);
    if (edition.over) throw errors.fileChanged(this.key);
    const { sizeBytes, etag, modified } = edition.version;
    edition.version = { sizeBytes: sizeBytes ?? told.sizeBytes, etag: etag ?? told.etag, modified: modified ?? told.modified };
  }

  #newEdition(): Edition {
    const version = { sizeBytes: this.#options.size };
    return { version, over: false, head: undefined, whole: undefined, flights: new Set(), sizing: undefined, downloading: undefined };
  }
}

async function cut(whole: Blob, { start, end }: Range): Promise<Bytes> {
  return new Uint8Array(await whole.slice(start, end).arrayBuffer());
}
