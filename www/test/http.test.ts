// Each way in which hosts misbehave, and what a person is told.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import * as errors from '../src/errors.ts';
import { HttpSource } from '../src/http.ts';
import { FILE, startHostile, type Hostile } from './hostile.ts';

let host: Hostile;
before(async () => (host = await startHostile()));
after(() => host.close());

async function opened(path: string): Promise<HttpSource> {
  const source = new HttpSource(host.url(path));
  await source.open();
  return source;
}

const PART = { start: 100_000, end: 101_000 };

async function fails(promise: Promise<unknown>, kind: keyof typeof errors, words: RegExp): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof errors.AgcError, `not our error: ${String(error)}`);
    assert.equal(error.name, kind);
    assert.match(error.message, words);
    assert.match(error.message, /^(http|[A-Z0-9]).*\.$/s, 'a sentence');
    return true;
  });
}

/** The bodies of these tests have no end: that none is on its way any more means that it was refused. */
async function sendsNoMore(): Promise<void> {
  for (let i = 0; i < 50 && host.inProgress() > 0; i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(host.inProgress(), 0);
}

test('size and first block come with the first request, without HEAD or suffix ranges', async () => {
  const source = new HttpSource(host.url('good?first'));
  const { sizeBytes, blocks } = await source.open();
  assert.equal(sizeBytes, FILE.length);
  assert.deepEqual(blocks[0]?.bytes, FILE.slice(0, 32 * 1024));
  assert.deepEqual(await source.read(PART), FILE.slice(PART.start, PART.end));
  assert.deepEqual(
    host.log.filter((line) => line.includes('?first')),
    ['GET /good?first bytes=0-32767', 'GET /good?first bytes=100000-100999'],
  );
  assert.deepEqual(source.traffic, { requests: 2, bytes: 32 * 1024 + 1000 });
});

test('a small file comes whole with the first request', async () => {
  const { sizeBytes, blocks } = await new HttpSource(host.url('small')).open();
  assert.equal(sizeBytes, 5000);
  assert.equal(blocks[0]?.bytes.length, 5000);
});

for (const path of ['whole-file', 'whole-file-with-length']) {
  test(`a server without ranges (${path}) is told from the headers, nothing is downloaded`, async () => {
    await fails(opened(path), 'RangeNotSupportedError', /whole file.*download it/s);
    await sendsNoMore();
  });
}

test('a whole file no longer than what was asked for is taken', async () => {
  const { sizeBytes, blocks } = await new HttpSource(host.url('whole-small-file')).open();
  assert.equal(sizeBytes, 5000);
  assert.deepEqual(blocks[0]?.bytes, FILE.slice(0, 5000));
});

test('a server that stops answering ranges is told so', async () => {
  await fails((await opened('whole-file-later')).read(PART), 'RangeNotSupportedError', /whole file/);
});

test('a whole new file in place of a part is a changed file', async () => {
  await fails((await opened('new-file-whole')).read(PART), 'FileChangedError', /changed.*Open it again/s);
});

test('416 for a range past the end is asked again within the file', async () => {
  const { sizeBytes, blocks } = await new HttpSource(host.url('strict-416')).open();
  assert.equal(sizeBytes, 5000);
  assert.equal(blocks[0]?.bytes.length, 5000);
});

test('416 without a size is an error', () => fails(opened('silent-416'), 'HttpError', /416/));
test('416 for a part is a changed file', async () => fails((await opened('later-416')).read(PART), 'FileChangedError', /changed/));
test('an empty file says so', () => fails(opened('empty'), 'AgcFormatError', /is empty/));
test('an empty file of a server without ranges says so', () => fails(opened('empty-200'), 'AgcFormatError', /is empty/));
test('404 asks to check the address', () => fails(opened('missing'), 'HttpError', /no file at http.*404.*Check the address/s));
test('403 asks for access', () => fails(opened('forbidden'), 'HttpError', /refuses.*403/s));
test('5xx asks to try later', () => fails(opened('broken'), 'HttpError', /503.*Try again/s));
test('a host that cannot be reached', () => fails(new HttpSource('http://127.0.0.1:1/x.agc').open(), 'HttpError', /could not be reached.*Access-Control/s));
test('no Content-Range: names the header to expose', () => fails(opened('no-content-range'), 'SizeUnknownError', /Access-Control-Expose-Headers: Content-Range/));
test('size not told: the same', () => fails(opened('size-hidden'), 'SizeUnknownError', /how large/));
test('compressed parts are refused with a way out', () => fails(opened('gzipped'), 'ContentEncodedError', /gzip.*\.agc\.gz/s));
test('compressed parts later on are refused', async () => fails((await opened('gzipped-later')).read(PART), 'ContentEncodedError', /gzip/));
test('a short body', () => fails(opened('short'), 'HttpError', /only 32761 of the 32768 bytes/));
test('a connection cut in the middle', async () => fails((await opened('cut')).read(PART), 'HttpError', /only \d+ of the 1000 bytes/));

test('a body too long is left at the first byte too many', async () => {
  await fails(opened('too-long'), 'HttpError', /more of the 32768 bytes/);
  await sendsNoMore();
});

test('another part than the one asked for', async () => fails((await opened('other-part')).read(PART), 'HttpError', /sent/));
test('another strong ETag is a changed file', async () => fails((await opened('new-etag')).read(PART), 'FileChangedError', /changed/));
test('another date without ETag is a changed file', async () => fails((await opened('new-date')).read(PART), 'FileChangedError', /changed/));
test('another size is a changed file', async () => fails((await opened('new-size')).read(PART), 'FileChangedError', /changed/));

test('weak ETags, which compressing proxies make up, say nothing', async () => {
  assert.deepEqual(await (await opened('weak-etag')).read(PART), FILE.slice(PART.start, PART.end));
});

test('redirects are followed', async () => {
  assert.deepEqual(await (await opened('moved')).read(PART), FILE.slice(PART.start, PART.end));
});

test('no more than 16 requests are in flight, and all are answered', async () => {
  const source = await opened('slow');
  const ranges = Array.from({ length: 50 }, (_, i) => ({ start: i * 1000, end: i * 1000 + 10 }));
  const parts = await Promise.all(ranges.map((range) => source.read(range)));
  parts.forEach((bytes, i) => assert.deepEqual(bytes, FILE.slice(i * 1000, i * 1000 + 10)));
  assert.ok(host.peak() > 8 && host.peak() <= 16, `${host.peak()} at once`);
});

for (const path of ['silent', 'stalled']) {
  test(`a ${path} server can be left`, async () => {
    const source = await opened(path);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    await assert.rejects(source.read(PART, stop.signal), { name: 'AbortError' });
  });
}

test('what waits for its turn can be cancelled, and the rest goes on', async () => {
  const source = await opened('slow?queue');
  const stop = new AbortController();
  const first = Array.from({ length: 16 }, (_, i) => source.read({ start: i, end: i + 1 }));
  const waiting = source.read({ start: 99, end: 100 }, stop.signal);
  stop.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
  assert.equal((await Promise.all(first)).length, 16);
  assert.ok(!host.log.includes('GET /slow?queue bytes=99-99'));
});
