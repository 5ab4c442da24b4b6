// The way to the worker and back: sources of the page's own, errors, aborts, streams, the end.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { Browser } from 'playwright-core';

import { startBrowser, startHost, visit, type Host } from './harness.ts';
import { subjectOn, type Subject } from './subject.ts';

// Chromium logs failed requests by itself.
const LOGGED = /Failed to load resource/;

type Package = typeof import('../../www/types/index.d.ts');

let host: Host;
let browser: Browser;
let subject: Subject;
before(async () => {
  host = await startHost();
  subject = await subjectOn(host);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

interface Given {
  ragc: Package;
  url: string;
  sample: string;
  /** A source on the page that counts its reads. (Looking for an index would bring the first parts of a small archive.) */
  sourceOf(bytes: Uint8Array): import('../../www/types/index.d.ts').ByteSource & { reads: number; before: (signal?: AbortSignal) => Promise<void> | void };
  assert(condition: unknown, what: string): void;
  pause(): Promise<void>;
}

/** Runs a function in a page with the built package. It fails when it throws. */
async function inPage<T>(run: (given: Given) => Promise<T>): Promise<T> {
  const { page, leave } = await visit(browser, `${host.origin}/`, { expected: LOGGED });
  const given = await page.evaluateHandle(async ({ url, sample }) => {
    const ragc = await import(new URL('ragc.js', document.baseURI).href);
    const sourceOf = (bytes: Uint8Array) => {
      const source = {
        key: 'mine.agc',
        reads: 0,
        before: (_signal?: AbortSignal): Promise<void> | void => {},
        size: async () => bytes.length,
        read: async (offset: number, length: number, options?: { signal?: AbortSignal }) => {
          source.reads++;
          await source.before(options?.signal);
          // A view of a larger buffer, which must not be taken away.
          return bytes.subarray(offset, offset + length);
        },
      };
      return source;
    };
    const assert = (condition: unknown, what: string) => {
      if (!condition) throw new Error(`not so: ${what}`);
    };
    const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
    return { ragc, url, sample, sourceOf, assert, pause } as Given;
  }, { url: `${host.origin}/made/padded.agc`, sample: subject.sample });
  const answer = await page.evaluate(run, given);
  await leave();
  return answer as T;
}

test('a source of the page is read on the page, and keeps its bytes', async () => {
  const { bases, reads, requests, length } = await inPage(async ({ ragc, url, sample, sourceOf }) => {
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    const source = sourceOf(bytes);
    const archive = await ragc.AgcArchive.open(source);
    const bases = await archive.sequence(sample, 0);
    return { bases, reads: source.reads, requests: archive.stats.requests, length: bytes.length };
  });
  assert.ok(bases === subject.contigs[0]!.bases);
  assert.equal(requests, reads, 'the worker counts what the page read');
  assert.ok(reads > 1);
  assert.equal(length, subject.paddedBytes, 'not detached');
});

test('a handle of generic-filehandle2, and an httpSource with a fetch of its own, are read on the page', async () => {
  const [byHandle, byFetch, calls] = await inPage(async ({ ragc, url, sample }) => {
    const blob = await (await fetch(url)).blob();
    const handle = {
      read: async (length: number, position: number) => new Uint8Array(await blob.slice(position, position + length).arrayBuffer()),
      stat: async () => ({ size: blob.size }),
    };
    let calls = 0;
    const counting: typeof fetch = (...args) => (calls++, fetch(...args));
    const archives = [await ragc.AgcArchive.open(handle), await ragc.AgcArchive.open(ragc.httpSource(url, { fetch: counting }))] as const;
    const [a, b] = await Promise.all(archives.map((archive) => archive.sequence(sample, 0)));
    return [a, b, calls] as const;
  });
  assert.ok(byHandle === subject.contigs[0]!.bases && byFetch === byHandle);
  assert.ok(calls > 1);
});

test('errors cross as what they are: ours, RangeError, and those of the page itself', async () => {
  await inPage(async ({ ragc, url, sample, sourceOf, assert }) => {
    const caught = (promise: Promise<unknown>) => promise.then(() => undefined, (error) => error);
    const archive = await ragc.AgcArchive.open(url);
    const missing = await caught(archive.contigs(`${sample}x`));
    assert(missing instanceof ragc.NotFoundError && missing instanceof ragc.AgcError && missing instanceof Error, 'NotFoundError');
    assert(missing.kind === 'sample' && missing.candidates.includes(sample) && missing.message.includes(sample), 'its properties');
    assert((await caught(archive.sequence(sample, 0, 5, 2))) instanceof RangeError, 'RangeError');
    const gone = await caught(ragc.AgcArchive.open(`${url}.not`));
    assert(gone instanceof ragc.HttpError && gone.status === 404 && gone.url === `${url}.not`, 'HttpError');
    assert((await caught(ragc.AgcArchive.open(new Blob(['x'.repeat(100)])))) instanceof ragc.AgcFormatError, 'AgcFormatError');
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    const source = sourceOf(bytes);
    const mine = await ragc.AgcArchive.open(source, { index: false });
    class Mine extends Error {}
    const error = new Mine('denied');
    source.before = () => {
      throw error;
    };
    assert((await caught(mine.sequence(sample, 0))) === error, 'the very error that the source threw');
    source.before = () => {};
    assert((await mine.sequence(sample, 0)).length > 0, 'and the archive goes on');
  });
});

test('an abort reaches the source and nobody else', async () => {
  await inPage(async ({ ragc, url, sample, sourceOf, assert, pause }) => {
    const source = sourceOf(new Uint8Array(await (await fetch(url)).arrayBuffer()));
    const archive = await ragc.AgcArchive.open(source, { index: false });
    const signals: (AbortSignal | undefined)[] = [];
    source.before = (signal) => {
      signals.push(signal);
      return new Promise((resolve) => setTimeout(resolve, 200));
    };
    const stop = new AbortController();
    const aborted = archive.sequence(sample, 0, 0, 50, { signal: stop.signal }).then(() => undefined, (error) => error);
    const other = archive.sequence(sample, 0, 0, 50);
    for (let i = 0; i < 100 && signals.length < 2; i++) await pause();
    stop.abort();
    const error = await aborted;
    assert(error instanceof DOMException && error.name === 'AbortError' && ragc.isAbort(error), 'AbortError');
    assert((await other).length === 50, 'the other is answered');
    assert(signals.filter((signal) => signal?.aborted).length === 1, 'one signal was aborted');
    const reason = new Error('enough');
    const own = await archive.contigs(sample, { signal: AbortSignal.abort(reason) }).then(() => undefined, (error) => error);
    assert(own === reason, 'the reason of whoever aborts');
    const opening = await ragc.AgcArchive.open(url, { signal: AbortSignal.abort() }).then(() => undefined, (error) => error);
    assert(ragc.isAbort(opening), 'opening can be aborted');
  });
});

test('a stream waits for its reader, ends when left, and is the sample', async () => {
  const text = await inPage(async ({ ragc, url, sample, sourceOf, assert, pause }) => {
    const source = sourceOf(new Uint8Array(await (await fetch(url)).arrayBuffer()));
    const archive = await ragc.AgcArchive.open(source);
    const text = await new Response(archive.stream(sample)).text();
    const left = archive.stream(sample).getReader();
    await left.read();
    await left.cancel();
    await pause();
    const unread = archive.stream(sample);
    const before = source.reads;
    await pause();
    assert(source.reads === before && !unread.locked, 'nothing is read for a stream that nobody reads');
    return text;
  });
  assert.ok(text === subject.fasta);
});

test('what is closed says so, and its worker is gone', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`);
  const words = await page.evaluate(async (url) => {
    const { AgcArchive } = await import(new URL('ragc.js', document.baseURI).href);
    const archive = await AgcArchive.open(url);
    const waiting = archive.locate('nothing').catch((error: Error) => error.message);
    archive.close();
    return [await waiting, await archive.samples().catch((error: Error) => error.message)];
  }, `${host.origin}/made/padded.agc`);
  assert.deepEqual(words, ['The archive was closed.', 'The archive was closed.']);
  await page.waitForFunction(() => true);
  for (let i = 0; i < 50 && page.workers().length; i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(page.workers().length, 0);
  await leave();
});

test('a worker that cannot be started says what to do', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`, { expected: LOGGED });
  const message = await page.evaluate(async (url) => {
    const { AgcArchive } = await import(new URL('ragc.js', document.baseURI).href);
    const worker = new Worker(new URL('no-such-worker.js', document.baseURI), { type: 'module' });
    return AgcArchive.open(url, { worker }).then(() => '', (error: Error) => error.message);
  }, `${host.origin}/made/padded.agc`);
  assert.match(message, /could not be loaded.*worker\.js.*ragc\/inline/s);
  await leave();
});
