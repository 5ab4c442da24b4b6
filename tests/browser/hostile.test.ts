// Whole archives through the package as it is built, from servers that misbehave: the same letters, or an error of the
// class that says why. What each way of misbehaving costs, the tables of http.test.ts tell.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser } from 'playwright-core';

import { startHostile, type Hostile } from '../../www/test/hostile.ts';
import { startBrowser, startHost, type Host } from './harness.ts';
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

for (const reader of readers(() => browser)) {
  const { name: who } = reader;
  const ask = (way: string) => {
    const [path, ...query] = way.split('&');
    const url = `${hostile.origin}/${[`${path}?id=${who}`, 'file=archive', ...query].join('&')}`;
    return reader.run(host.origin, read, { url, sample: subject.sample, options: {} });
  };

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
