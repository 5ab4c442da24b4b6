// What a source does about each way in which servers misbehave. The same table runs in Node and in a browser's page.

import { FILE } from './file.ts';
import type { Record } from './hostile.ts';
import { AgcError, AgcFormatError, ContentEncodedError, FileChangedError, HttpError, RangeNotSupportedError, SizeUnknownError, UnreachableError } from '../src/errors.ts';
import { HttpSource } from '../src/http.ts';
import type { Bytes } from '../src/ranges.ts';
import type { Patience } from '../src/retry.ts';
import type { HttpOptions } from '../src/source.ts';

export interface Lab {
  /** A page hides from the source what other sites hide from pages. */
  inPage: boolean;
  origin: string;
  other: string;
  /** The small archive served as `file=small`. */
  small: Uint8Array;
}

export interface Case {
  name: string;
  run(lab: Lab): Promise<void>;
}

/** What other sites let the page see; `undefined` for the page's own site. */
type Cors = 'exposed' | 'hidden' | 'refused' | undefined;

const QUICK: Patience = { attempts: 4, firstPauseMs: 2, pauseMsMax: 3000, silenceMsMax: 20_000 };
const PART = { offset: 100_000, length: 1000 };
const FIRST = 32 * 1024;

let lastId = 0;

/** A source and the address it reads. */
class Subject {
  readonly source: HttpSource;
  readonly address: string;
  readonly #lab: Lab;

  constructor(lab: Lab, way: string, { cors, query = {}, options = {}, patience = {} }: Extras = {}) {
    const words = new URLSearchParams({ id: `${lab.inPage ? 'page' : 'node'}${++lastId}`, ...(cors && { cors }), ...query });
    this.#lab = lab;
    this.address = `/${way}?${words}`;
    this.source = new HttpSource(`${cors ? lab.other : lab.origin}${this.address}`, options, { ...QUICK, ...patience });
  }

  read({ offset, length } = PART, signal?: AbortSignal): Promise<Uint8Array> {
    return this.source.read(offset, length, { signal });
  }

  async opened(): Promise<this> {
    await this.source.size();
    return this;
  }

  async record(address = this.address): Promise<Record> {
    const response = await fetch(`${this.#lab.origin}/record?of=${encodeURIComponent(address)}`);
    return (await response.json()) as Record;
  }

  /** Waits for so many requests. */
  async askedTimes(count: number): Promise<void> {
    for (let tries = 0; (await this.record()).requests.length < count; tries++) {
      if (tries > 100) throw new Error(`not asked for ${count} times`);
      await sleep(20);
    }
  }

  /** Bodies of many ways have no end: that none is on its way any more means that it was refused. */
  async sendsNoMore(): Promise<void> {
    for (let tries = 0; (await this.record()).inProgress > 0; tries++) {
      if (tries > 100) throw new Error('the answer is still being sent');
      await sleep(20);
    }
  }
}

interface Extras {
  cors?: Cors;
  query?: { [name: string]: string };
  options?: HttpOptions;
  patience?: Partial<Patience>;
  /** Requests that a page makes, if not those that Node makes. */
  inPage?: string[];
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function equal(got: unknown, want: unknown, what = 'values'): void {
  const [a, b] = [JSON.stringify(got), JSON.stringify(want)];
  if (a !== b) throw new Error(`${what} differ: ${a}, not ${b}`);
}

function ok(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function same(got: Uint8Array, want: Uint8Array): void {
  equal(got.length, want.length, 'lengths');
  const at = got.findIndex((byte, i) => byte !== want[i]);
  ok(at < 0, `byte ${at} is wrong`);
}

const slice = ({ offset, length } = PART) => FILE.slice(offset, offset + length);

type ErrorClass = abstract new (...args: never[]) => AgcError;

async function fails(promise: Promise<unknown>, kind: ErrorClass, words: RegExp): Promise<AgcError> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof kind)) throw new Error(`not a ${kind.name}: ${String(error)}`);
  ok(error.constructor.name === error.name || error instanceof UnreachableError, `${error.name} is called so, but is not`);
  ok(words.test(error.message), `${words} is not in: ${error.message}`);
  ok(/^(http|[A-Z0-9]).*[.)]$/s.test(error.message), `not a sentence: ${error.message}`);
  return error;
}

async function aborts(promise: Promise<unknown>): Promise<void> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  ok(error instanceof Error && error.name === 'AbortError', `not an AbortError: ${String(error)}`);
}

/** The way fails, first or when a part is read, with such an error, after so many requests. */
function failing(name: string, way: string, kind: ErrorClass, words: RegExp, extras: Extras & { requests?: number } = {}): Case {
  return {
    name,
    async run(lab) {
      const subject = new Subject(lab, way, extras);
      await fails(subject.opened().then(() => subject.read()), kind, words);
      const requests = lab.inPage && extras.inPage ? extras.inPage.length : extras.requests;
      if (requests !== undefined) equal((await subject.record()).requests.length, requests, 'requests');
      await subject.sendsNoMore();
    },
  };
}

/** The way is got along with, at the cost of these requests. */
function working(name: string, way: string, requests: string[] | undefined, extras: Extras = {}): Case {
  return {
    name,
    async run(lab) {
      const subject = new Subject(lab, way, extras);
      equal(await subject.source.size(), FILE.length, 'sizes');
      same(await subject.read(), slice());
      if (!requests) return;
      equal((await subject.record()).requests, (lab.inPage && extras.inPage) || requests, 'requests');
      equal(subject.source.traffic.requests, (await subject.record()).requests.length, 'requests counted');
    },
  };
}

const OPENING = 'GET bytes=0-32767';
const READING = 'GET bytes=100000-100999';
const HEAD = 'HEAD bytes=0-';
/** Chromium offers no encoding with a range, and shows no answer that is encoded all the same: HEAD tells why. */
const UNSEEN = [OPENING, OPENING, OPENING, OPENING, 'HEAD'];

const plain: Case[] = [
  working('size and first bytes come with the first request, without HEAD or suffix ranges', 'good', [OPENING, READING]),
  working('another site that exposes its headers', 'good', [OPENING, READING], { cors: 'exposed' }),
  working('a size that is told saves the first request', 'good', [READING], { options: { size: FILE.length } }),
  working('redirects are followed', 'moved', undefined),
  working('redirects to another site are followed', 'moved-away', undefined, { cors: 'exposed' }),
  failing('redirects in a circle', 'moved-round', HttpError, /could not be reached/),
  working('a slow drip of bytes', 'drip', [OPENING, READING]),
  working('weak ETags, which compressing proxies make up, say nothing', 'weak-etag', [OPENING, READING]),
  working('HEAD is not needed where Content-Range is seen', 'head-forbidden', [OPENING, READING]),
  {
    name: 'headers of the caller are sent, after a preflight to other sites',
    async run(lab) {
      const subject = new Subject(lab, 'good', { cors: 'exposed', options: { headers: { 'x-key': 'open' } } });
      same(await subject.read(), slice());
      equal((await subject.record()).requests, lab.inPage ? ['OPTIONS', READING] : [READING]);
    },
  },
  {
    name: 'bytes are counted as they come',
    async run(lab) {
      const { source } = await new Subject(lab, 'good').opened();
      await source.read(150_000, 10);
      equal(source.traffic, { requests: 2, bytes: FIRST + 10 });
    },
  },
  {
    name: 'a small file comes whole with the first request, and no other is made',
    async run(lab) {
      for (const way of ['good', 'strict-416', 'whole']) {
        const subject = new Subject(lab, way, { query: { file: 'small' } });
        equal(await subject.source.size(), lab.small.length, 'sizes');
        same(await subject.read({ offset: 0, length: 1e6 }), lab.small);
        same(await subject.read({ offset: 100, length: 50 }), lab.small.slice(100, 150));
        equal((await subject.record()).requests.length, way === 'strict-416' ? 2 : 1, 'requests');
      }
    },
  },
  {
    name: 'fewer bytes come only where the file ends',
    async run(lab) {
      for (const way of ['good', 'strict-416']) {
        const subject = new Subject(lab, way);
        same(await subject.read({ offset: 199_990, length: 50 }), FILE.slice(199_990));
        same(await subject.read({ offset: 199_995, length: 5 }), FILE.slice(199_995));
        equal((await subject.read({ offset: 300_000, length: 5 })).length, 0);
        equal(await subject.source.size(), FILE.length);
      }
    },
  },
  {
    name: 'reading past the end of a file of unknown size finds it',
    async run(lab) {
      const subject = new Subject(lab, 'good');
      equal((await subject.read({ offset: 300_000, length: 5 })).length, 0);
      equal(await subject.source.size(), FILE.length);
    },
  },
];

const wholeFiles: Case[] = [
  failing('a server without ranges is told from the headers, nothing is downloaded', 'whole-endless', RangeNotSupportedError, /whole file.*download it/s, { requests: 1 }),
  failing('the same where it tells the length', 'whole-endless-with-length', RangeNotSupportedError, /whole file/, { requests: 1 }),
  failing('the same from another site', 'whole-endless-with-length', RangeNotSupportedError, /whole file/, { requests: 1, cors: 'hidden' }),
  failing('a server that stops answering ranges', 'whole-later', RangeNotSupportedError, /whole file/, { requests: 2 }),
  failing('a file longer than the download that is allowed', 'whole', RangeNotSupportedError, /whole file/, { requests: 1, options: { allowFullDownload: 199_999 } }),
  failing('the same where the length is told by counting only', 'whole-chunked', RangeNotSupportedError, /whole file/, { requests: 2, options: { allowFullDownload: 199_999 } }),
  failing('an endless file is not downloaded past what is allowed', 'whole-endless', RangeNotSupportedError, /whole file/, { requests: 2, options: { allowFullDownload: 1_000_000 } }),
  working('the whole file, if that is allowed', 'whole', [OPENING, 'GET'], { options: { allowFullDownload: true } }),
  working('the whole file, up to its length', 'whole', [OPENING, 'GET'], { options: { allowFullDownload: 200_000 } }),
  working('the whole file of untold length', 'whole-chunked', [OPENING, 'GET'], { options: { allowFullDownload: true } }),
  working('the whole file compressed on its way', 'whole-gzipped', [OPENING, 'GET'], { options: { allowFullDownload: true }, inPage: [...UNSEEN, 'GET'] }),
  working('a download that breaks off is begun again', 'whole-cut-once', [OPENING, 'GET', 'GET'], { options: { allowFullDownload: true }, query: { at: '50000' } }),
  failing('whole files that are compressed are not taken for parts', 'whole-gzipped', HttpError, /whole file|compresses/),
  {
    name: 'all who read wait for one download',
    async run(lab) {
      const subject = new Subject(lab, 'whole', { options: { allowFullDownload: true } });
      const offsets = [0, 60_000, 120_000, 180_000];
      const parts = await Promise.all(offsets.map((offset) => subject.read({ offset, length: 100 })));
      parts.forEach((bytes, i) => same(bytes, slice({ offset: offsets[i]!, length: 100 })));
      equal((await subject.record()).requests.filter((line) => line === 'GET').length, 1, 'downloads');
    },
  },
];

const strange: Case[] = [
  failing('416 without a size', 'silent-416', SizeUnknownError, /how large/),
  failing('416 with another size is a changed file', 'later-416', FileChangedError, /changed/, { requests: 2 }),
  failing('416 within the file', 'same-416', HttpError, /416/, { requests: 2 }),
  failing('an empty file', 'empty', AgcFormatError, /is empty/),
  failing('an empty file of a server without ranges', 'empty-200', AgcFormatError, /is empty/),
  failing('another part than the one asked for', 'other-part', HttpError, /was asked for the bytes 100000 to 101000 and sent 99990 to 100990/, { requests: 2 }),
  working('answers shorter than asked, as they say, are asked on from where they end', 'capped', [...[0, 12000, 24000].map((at) => `GET bytes=${at}-32767`), READING]),
  working('no Content-Range: HEAD tells the size', 'no-content-range', [OPENING, HEAD, READING]),
  working('a Content-Range without size: HEAD tells it', 'size-hidden', [OPENING, HEAD, READING]),
  failing('no Content-Range and no HEAD: names the header to expose', 'no-content-range-no-head', SizeUnknownError, /Access-Control-Expose-Headers: Content-Range/, { requests: 2 }),
  working('no Content-Range and no HEAD, but the size is told', 'no-content-range-no-head', [READING], { options: { size: FILE.length } }),
  {
    name: 'the end of a file of which nobody tells the size',
    async run(lab) {
      const subject = new Subject(lab, 'no-content-range');
      same(await subject.read({ offset: 199_990, length: 50 }), FILE.slice(199_990));
      equal((await subject.record()).requests, ['GET bytes=199990-200039', HEAD]);
    },
  },
  {
    name: 'headers hidden by another site: HEAD tells the size',
    async run(lab) {
      const subject = new Subject(lab, 'good', { cors: 'hidden' });
      equal(await subject.source.size(), FILE.length);
      same(await subject.read(), slice());
      equal((await subject.record()).requests, lab.inPage ? [OPENING, HEAD, READING] : [OPENING, READING]);
    },
  },
  {
    name: 'headers hidden and HEAD forbidden: names the header to expose',
    async run(lab) {
      const subject = new Subject(lab, 'head-forbidden', { cors: 'hidden' });
      if (lab.inPage) await fails(subject.opened(), SizeUnknownError, /Access-Control-Expose-Headers: Content-Range/);
      else await subject.opened();
      same(await new Subject(lab, 'head-forbidden', { cors: 'hidden', options: { size: FILE.length } }).read(), slice());
    },
  },
  {
    name: 'headers hidden and HEAD compressed: asked with a range, it is not believed',
    async run(lab) {
      const subject = new Subject(lab, 'head-gzipped', { cors: 'exposed' });
      equal(await subject.source.size(), FILE.length);
    },
  },
  {
    name: 'another site that lets nobody in',
    async run(lab) {
      const subject = new Subject(lab, 'good', { cors: 'refused' });
      if (lab.inPage) await fails(subject.read(), HttpError, /could not be reached.*Access-Control-Allow-Origin/s);
      else same(await subject.read(), slice());
    },
  },
  {
    name: 'nobody there',
    async run() {
      const source = new HttpSource('http://127.0.0.1:1/x.agc', {}, QUICK);
      const error = await fails(source.size(), HttpError, /could not be reached.*Access-Control/s);
      equal((error as HttpError).status, undefined);
    },
  },
];

/**
 * Answers as browsers give them that offer to decompress parts (Firefox does): inflated, with the length and the place of
 * what was on the line, and without the header that says so. 1000 bytes of the file are asked for.
 */
const COMPRESSORS = new Map<string, () => Response>([
  ['a compressing proxy', () => hiddenEncoding(new Uint8Array(1000), 120)],
  ['a compressing proxy of what does not compress', () => hiddenEncoding(new Uint8Array(1000), 1023)],
  ['a part of the compressed file, more than asked for', () => hiddenEncoding(new Uint8Array(3000), 1000)],
]);

function hiddenEncoding(body: Bytes, sent: number): Response {
  return new Response(body, { status: 206, headers: { 'content-length': String(sent) } });
}

async function inflated(browser: string): Promise<void> {
  let requests = 0;
  const send = async () => (requests++, COMPRESSORS.get(browser)!());
  const source = new HttpSource('https://1.example/x.agc', { fetch: send, size: FILE.length }, QUICK);
  await fails(source.read(0, 1000), ContentEncodedError, /compresses.*\.agc\.gz/s);
  equal(requests, 1, 'requests');
}

const compressed: Case[] = [
  failing('compressed parts are refused with a way out', 'gzipped', ContentEncodedError, /gzip.*\.agc\.gz/s, { requests: 1, inPage: UNSEEN }),
  failing('compressed parts later on', 'gzipped-later', ContentEncodedError, /gzip/, { requests: 2, inPage: [OPENING, ...UNSEEN] }),
  failing('compressed parts from another site, which hides that', 'gzipped', ContentEncodedError, /compresses.*\.agc\.gz/s, { requests: 1, cors: 'hidden', inPage: [...UNSEEN, OPENING] }),
  failing('a part of the compressed file', 'part-of-gzipped', ContentEncodedError, /gzip.*\.agc\.gz/s, { requests: 1, inPage: UNSEEN }),
  failing('a part of the compressed file from another site', 'part-of-gzipped', ContentEncodedError, /compresses.*\.agc\.gz/s, { requests: 1, cors: 'hidden', inPage: [...UNSEEN, OPENING] }),
  working('compressed, but the download is allowed', 'part-of-gzipped', [OPENING, 'GET'], { options: { allowFullDownload: true }, inPage: [...UNSEEN, 'GET'] }),
  ...[...COMPRESSORS.keys()].map((browser) => ({ name: `inflated on arrival without saying so: ${browser}`, run: () => inflated(browser) })),
];

const lengths: Case[] = [
  failing('short bodies, again and again', 'short', HttpError, /broke off again and again/, { requests: 4 }),
  working('a short body is asked on from where it ends', 'short-once', [OPENING, 'GET bytes=32761-32767', READING]),
  failing('a body too long is left at the first byte too many', 'too-long', HttpError, /more of the 32768 bytes/, { requests: 1 }),
  failing('connections cut again and again', 'cut-always', HttpError, /broke off again and again/, { requests: 5 }),
  {
    name: 'silence is ended, and the rest asked for',
    async run(lab) {
      const subject = new Subject(lab, 'stalled-once', { patience: { silenceMsMax: 1500 } });
      await subject.opened();
      same(await subject.read(), slice());
      equal((await subject.record()).requests, [OPENING, READING, 'GET bytes=100010-100999']);
    },
  },
  failing('silence again and again', 'silent', HttpError, /sent nothing for/, { requests: 4, patience: { silenceMsMax: 1000, attempts: 3 } }),
  {
    name: 'an answer cut at any byte is asked for again',
    async run(lab) {
      // The head of the answer is some 150 bytes long. Each of its bytes, some of the body, and all near the end.
      const total = lab.small.length + 150;
      const cuts = Array.from({ length: total + 30 }, (_, at) => at).filter((at) => at < 170 || at % 37 === 0 || at > total - 30);
      const queue = cuts.entries();
      const worker = async () => {
        for (const [i, at] of queue) {
          const ending: { [name: string]: string } = { end: i % 2 ? 'reset' : 'close', length: i % 3 ? 'told' : 'untold' };
          const subject = new Subject(lab, 'cut', { query: { file: 'small', at: String(at), ...ending } });
          const got = await subject.read({ offset: 0, length: lab.small.length }).catch((error: unknown) => {
            throw new Error(`cut at ${at} (${JSON.stringify(ending)}): ${String(error)}`);
          });
          same(got, lab.small);
        }
      };
      await Promise.all(Array.from({ length: 6 }, worker));
    },
  },
];

const changes: Case[] = [
  failing('another strong ETag is a changed file', 'new-etag', FileChangedError, /changed.*Open it again/s, { requests: 2 }),
  failing('another date without ETag is a changed file', 'new-date', FileChangedError, /changed/, { requests: 2 }),
  failing('another size is a changed file', 'new-size', FileChangedError, /changed/, { requests: 2 }),
  failing('a whole new file in place of a part', 'new-file-whole', FileChangedError, /changed/, { requests: 2 }),
  failing('another size than the caller told', 'good', FileChangedError, /has 200000 bytes, not 300000/, { options: { size: 300_000 } }),
  {
    name: 'after a change nothing is read until the size is asked for again, and then the new file is',
    async run(lab) {
      const subject = await new Subject(lab, 'replaced').opened();
      await fails(subject.read(), FileChangedError, /changed/);
      const before = (await subject.record()).requests.length;
      await fails(subject.read({ offset: 0, length: 10 }), FileChangedError, /changed/);
      equal((await subject.record()).requests.length, before, 'requests');
      equal(await subject.source.size(), FILE.length);
      same(await subject.read(), slice().map((byte) => byte ^ 255));
      same(await subject.read({ offset: 0, length: 10 }), FILE.slice(0, 10).map((byte) => byte ^ 255));
    },
  },
];

const statuses: Case[] = [
  failing('404 asks to check the address', 'missing', HttpError, /no file at http.*404.*Check the address/s, { requests: 1 }),
  failing('404 later on', 'missing-later', HttpError, /no file at http/, { requests: 2 }),
  failing('no such way', 'nothing-here', HttpError, /404/, { requests: 1 }),
  failing('403 asks for access', 'forbidden', HttpError, /refuses.*403/s, { requests: 1 }),
  failing('5xx again and again asks to try later', 'broken', HttpError, /503.*Try again/s, { requests: 4 }),
  working('503, then fine', 'broken-once', [OPENING, OPENING, READING]),
  working('502, then fine', 'broken-502', [OPENING, OPENING, READING]),
  working('429, then fine', 'busy-once', [OPENING, OPENING, READING]),
  failing('a server that wants an hour is not waited for', 'busy-an-hour', HttpError, /503/, { requests: 1 }),
  ...['busy-a-second', 'busy-until'].map((way) => ({
    name: `a server that wants a second gets it (${way})`,
    async run(lab: Lab) {
      const began = performance.now();
      await new Subject(lab, way).opened();
      const took = performance.now() - began;
      // Dates are told in whole seconds.
      ok(took > (way === 'busy-until' ? 400 : 950) && took < 15_000, `${took} ms`);
    },
  })),
  failing('a web page in place of the archive', 'page-200', HttpError, /web page.*Check the address/s, { requests: 1 }),
  failing('a web page in parts', 'page-206', HttpError, /web page/, { requests: 1 }),
  failing('a web page later on', 'page-later', HttpError, /web page/, { requests: 2 }),
];

const together: Case[] = [
  {
    name: 'near ranges make one request, far ones their own, and each gets its bytes',
    async run(lab) {
      const subject = new Subject(lab, 'good', { options: { size: FILE.length } });
      const ranges = [{ offset: 150_000, length: 200 }, { offset: 1000, length: 500 }, { offset: 5000, length: 10 }, { offset: 1400, length: 200 }, { offset: 7, length: 0 }];
      const parts = await subject.source.readRanges(ranges);
      parts.forEach((bytes, i) => same(bytes, slice(ranges[i])));
      equal((await subject.record()).requests.sort(), ['GET bytes=1000-5009', 'GET bytes=150000-150199']);
      equal(subject.source.traffic, { requests: 2, bytes: 4010 + 200 });
    },
  },
  {
    name: 'another gap',
    async run(lab) {
      const subject = new Subject(lab, 'good', { options: { size: FILE.length, coalesceGap: 0 } });
      await subject.source.readRanges([{ offset: 0, length: 10 }, { offset: 10, length: 10 }, { offset: 21, length: 10 }]);
      equal((await subject.record()).requests.sort(), ['GET bytes=0-19', 'GET bytes=21-30']);
    },
  },
  {
    name: 'a view of parts of 5 to 15 kB costs little more than its parts',
    async run(lab) {
      const subject = new Subject(lab, 'good', { options: { size: FILE.length } });
      const ranges = Array.from({ length: 9 }, (_, i) => ({ offset: i * 20_000, length: 9000 + i * 700 }));
      const needed = ranges.reduce((sum, { length }) => sum + length, 0);
      await subject.source.readRanges(ranges);
      ok(subject.source.traffic.bytes <= needed + Math.max(16 * 1024, needed / 8), `${subject.source.traffic.bytes} for ${needed}`);
      equal(subject.source.traffic.requests, 7);
    },
  },
  {
    name: 'equal asks, and asks for what is on its way, share one request',
    async run(lab) {
      const subject = new Subject(lab, 'slow', { options: { size: FILE.length } });
      const asks = [PART, PART, { offset: 100_400, length: 10 }, { offset: 100_900, length: 200 }];
      const parts = await Promise.all(asks.map((ask) => subject.read(ask)));
      parts.forEach((bytes, i) => same(bytes, slice(asks[i])));
      equal((await subject.record()).requests.sort(), [READING, 'GET bytes=101000-101099']);
      ok(new Set(parts.map((bytes) => bytes.buffer)).size === parts.length, 'two answers share memory');
      await subject.read();
      equal((await subject.record()).requests.length, 3, 'requests, once nothing is on its way');
    },
  },
  {
    name: 'size asked for by many takes one request',
    async run(lab) {
      const subject = new Subject(lab, 'no-content-range');
      equal(await Promise.all([1, 2, 3].map(() => subject.source.size())), [FILE.length, FILE.length, FILE.length]);
      equal((await subject.record()).requests, [OPENING, HEAD]);
    },
  },
  {
    name: 'who leaves a shared request does not take it from others; the last ends it',
    async run(lab) {
      const subject = new Subject(lab, 'slow', { options: { size: FILE.length } });
      const [first, second] = [new AbortController(), new AbortController()];
      const [one, two] = [subject.read(PART, first.signal), subject.read(PART, second.signal)];
      first.abort();
      await aborts(one);
      same(await two, slice());
      equal((await subject.record()).requests, [READING]);

      const stalled = await new Subject(lab, 'stalled').opened();
      const both = [stalled.read(PART, first.signal).catch(() => {}), stalled.read(PART, second.signal)];
      await stalled.askedTimes(2);
      second.abort();
      await aborts(both[1]!);
      await stalled.sendsNoMore();
      // What was left is asked for anew.
      const again = new AbortController();
      const anew = stalled.read(PART, again.signal);
      await stalled.askedTimes(3);
      again.abort();
      await aborts(anew);
    },
  },
  ...['silent', 'stalled'].map((way) => ({
    name: `a ${way} server can be left`,
    async run(lab: Lab) {
      const subject = await new Subject(lab, way).opened();
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 30);
      await aborts(subject.read(PART, stop.signal));
      await subject.sendsNoMore();
    },
  })),
  {
    name: 'a pause can be left',
    async run(lab) {
      const subject = new Subject(lab, 'broken', { patience: { firstPauseMs: 60_000 } });
      const stop = new AbortController();
      const reading = subject.read(PART, stop.signal);
      await subject.askedTimes(1);
      setTimeout(() => stop.abort(), 200);
      await aborts(reading);
      await aborts(subject.read(PART, stop.signal));
      equal((await subject.record()).requests.length, 1);
    },
  },
  {
    name: 'no more than 16 requests are in flight, and all are answered',
    async run(lab) {
      const subject = new Subject(lab, 'slow', { query: { ms: '200' }, options: { size: FILE.length, coalesceGap: 0 } });
      const ranges = Array.from({ length: 50 }, (_, i) => ({ offset: i * 1000, length: 10 }));
      const parts = await subject.source.readRanges(ranges);
      parts.forEach((bytes, i) => same(bytes, slice(ranges[i])));
      const { peak } = await subject.record();
      // Browsers themselves allow six for each site.
      ok(peak > 3 && peak <= 16, `${peak} at once`);
    },
  },
  {
    name: 'fewer in flight, if the caller says so; what waits can be left, and the rest goes on',
    async run(lab) {
      const subject = new Subject(lab, 'slow', { query: { ms: '400' }, options: { size: FILE.length, maxConcurrency: 2 } });
      const stop = new AbortController();
      const first = [10_000, 60_000, 110_000].map((offset) => subject.read({ offset, length: 1 }));
      const waiting = subject.read({ offset: 160_000, length: 1 }, stop.signal);
      stop.abort();
      await aborts(waiting);
      equal((await Promise.all(first)).length, 3);
      const { peak, requests } = await subject.record();
      equal(peak, 2, 'at once');
      ok(!requests.includes('GET bytes=160000-160000'), 'asked for in vain');
    },
  },
  {
    name: 'many readers at once, some of whom leave: each of the others gets its bytes',
    async run(lab) {
      const subject = new Subject(lab, 'slow', { options: { size: FILE.length } });
      let state = 1;
      const below = (max: number) => (state = (state * 48_271) % 2_147_483_647) % max;
      const left: Promise<void>[] = [];
      const stayed: Promise<void>[] = [];
      for (let reader = 0; reader < 120; reader++) {
        const ranges = Array.from({ length: 1 + below(4) }, () => ({ offset: below(FILE.length), length: below(6000) }));
        const stop = new AbortController();
        const reading = subject.source.readRanges(ranges, { signal: stop.signal });
        if (below(3) === 0) {
          setTimeout(() => stop.abort(), below(60));
          // Some have their bytes by then.
          left.push(reading.then(() => {}, () => ok(stop.signal.aborted, 'failed without being left')));
        } else {
          stayed.push(reading.then((parts) => parts.forEach((bytes, i) => same(bytes, slice(ranges[i])))));
        }
        if (below(8) === 0) await sleep(below(30));
      }
      await Promise.all([...stayed, ...left]);
      ok((await subject.record()).requests.length <= subject.source.traffic.requests, 'more requests than were counted');
    },
  },
  {
    name: 'the first failure ends what else was asked for with it',
    async run(lab) {
      const subject = await new Subject(lab, 'missing-later', { options: { maxConcurrency: 1 } }).opened();
      const ranges = Array.from({ length: 5 }, (_, i) => ({ offset: 20_000 + i * 40_000, length: 10 }));
      await fails(subject.source.readRanges(ranges), HttpError, /404/);
      await sleep(50);
      // The next one may set out before the news of the failure gets about.
      ok((await subject.record()).requests.length <= 3, 'the rest was asked for in vain');
    },
  },
];

export const CASES: Case[] = [...plain, ...wholeFiles, ...strange, ...compressed, ...lengths, ...changes, ...statuses, ...together];

/** Runs all cases, some at a time; what went wrong by name, or nothing. */
export async function runAll(lab: Lab): Promise<{ name: string; failure: string | undefined; ms: number }[]> {
  const results: { name: string; failure: string | undefined; ms: number }[] = [];
  const queue = CASES.values();
  const worker = async () => {
    for (const { name, run } of queue) {
      const began = performance.now();
      const failure = await run(lab).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      results.push({ name, failure, ms: performance.now() - began });
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return results;
}
