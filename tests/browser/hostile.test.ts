// Whole archives through the package as it is built, from servers that misbehave: the same letters, or an error of the
// class that says why. What each way of misbehaving costs, the tables of http.test.ts tell.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import type { Browser } from 'playwright-core';

import { startHostile, type Hostile } from '../../www/test/hostile.ts';
import { ragc, startBrowser, startHost, type Host } from './harness.ts';
import { read, readers } from './readers.ts';
import { subjectOn, type Subject } from './subject.ts';

let host: Host;
let hostile: Hostile;
let browser: Browser;
let subject: Subject;
before(async () => {
  host = await startHost();
  subject = await subjectOn(host);
  hostile = await startHostile({ archive: readFileSync(join(host.made, 'padded.agc')) });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await hostile?.close();
  await host?.stop();
});

const GOOD = ['good', 'good&cors=hidden', 'moved', 'drip', 'weak-etag', 'no-content-range', 'broken-once', 'busy-once', 'short-once', 'cut&at=700', 'cut&at=9000&end=reset'];
const BAD: [way: string, name: string][] = [
  ['whole-endless', 'RangeNotSupportedError'],
  ['whole-later', 'RangeNotSupportedError'],
  ['part-of-gzipped', 'ContentEncodedError'],
  ['gzipped&cors=hidden', 'ContentEncodedError'],
  ['no-content-range-no-head', 'SizeUnknownError'],
  ['new-etag', 'FileChangedError'],
  ['missing-later', 'HttpError'],
  ['page-200', 'HttpError'],
  ['good&cors=refused', 'HttpError'],
];
/** What `ragc`, which no page's rules bind, says instead. */
const BAD_FOR_RAGC: [way: string, words: RegExp][] = [
  ['whole-endless', /sends the whole file when asked for a part/],
  ['whole-later', /sends the whole file when asked for a part/],
  ['part-of-gzipped', /Content-Encoding: gzip/],
  ['gzipped', /Content-Encoding: gzip.*x\.agc\.gz/],
  ['no-content-range', /does not tell how long the file is/],
  ['new-etag', /changed while it was being read/],
  ['missing-later', /HTTP 404: there is no such file/],
  ['busy-an-hour', /HTTP 503/],
  ['page-200', /sends a web page/],
];

/** Where the archive is served this way, to this reader. */
function address(who: string, way: string): string {
  const [path, ...query] = way.split('&');
  return `${hostile.origin}/${[`${path}?id=${who}`, 'file=archive', ...query].join('&')}`;
}

for (const reader of readers(() => browser)) {
  const { name: who } = reader;
  const ask = (way: string) => reader.run(host.origin, read, { url: address(who, way), sample: subject.sample, options: {} });

  for (const way of GOOD) {
    test(`${who} reads an archive all the same: ${way}`, async () => {
      const told = await ask(way);
      assert.equal(told.error, undefined);
      assert.equal(told.fasta, subject.fasta);
    });
  }

  for (const [way, name] of BAD) {
    // What pages of other sites may not see, Node sees.
    const sees = who === 'Node' && way.endsWith('refused');
    test(`${who} ${sees ? 'reads an archive' : `tells a ${name}`}: ${way}`, async () => {
      const told = await ask(way);
      if (sees) assert.equal(told.fasta, subject.fasta);
      else assert.match(told.error ?? '', new RegExp(`^${name}: `));
    });
  }
}

test('ragc reads an archive all the same, or says why not', async (t) => {
  if (!ragc) {
    console.log('SKIPPED: no ragc binary (RAGC, or target/release/ragc)');
    return t.skip();
  }
  const run = (way: string) => promisify(execFile)(ragc!, ['getset', address('ragc', way), subject.sample], { maxBuffer: 1 << 30 });
  const good = GOOD.filter((way) => !way.startsWith('no-')).map(async (way) => {
    const { stdout } = await run(way);
    assert.ok(stdout === subject.fasta, way);
  });
  await Promise.all([...good, ...BAD_FOR_RAGC.map(([way, words]) => assert.rejects(run(way), words, way))]);
});
