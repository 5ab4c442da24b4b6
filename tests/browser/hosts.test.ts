// Servers as they come: nginx, with gzip and without, and Python's, which knows no ranges. The package as it is built
// reads from them in Chromium and in Node, and so does `ragc`.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { closeSync, cpSync, openSync, readFileSync, symlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import type { Browser } from 'playwright-core';

import { dist, ragc, startBrowser, startHost, type Host } from './harness.ts';
import { startPython, type Python } from './python.ts';
import { read, readAcross, readers, type Ask } from './readers.ts';
import { subjectOn, type Subject } from './subject.ts';

/** Bytes of the archive that is served without ranges: most of them between its parts and its footer. */
const LARGE_BYTES = 60_000_000;

let host: Host;
let browser: Browser;
let subject: Subject;
let python: Python | undefined;
before(async () => {
  host = await startHost();
  subject = await subjectOn(host);
  makeLarge();
  for (const name of ['index.html', 'ragc.js', 'ragc.wasm', 'worker.js']) symlinkSync(join(dist, name), join(host.made, name));
  python = await startPython(host.made);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  python?.stop();
  await host?.stop();
});

/** `/made/large.agc`: the subject, its footer far from its parts. */
function makeLarge(): void {
  const bytes = readFileSync(join(host.made, 'plain.agc'));
  const footer = bytes.length - 8 - Number(bytes.readBigUInt64LE(bytes.length - 8));
  const file = openSync(join(host.made, 'large.agc'), 'w');
  writeSync(file, bytes, 0, footer, 0);
  writeSync(file, bytes, footer, bytes.length - footer, LARGE_BYTES - (bytes.length - footer));
  closeSync(file);
}

for (const reader of readers(() => browser)) {
  const { name } = reader;
  const run = (origin: string, ask: Omit<Ask, 'module'>) => reader.run(origin, read, ask);

  for (const [what, folder] of [['nginx', 'made'], ['nginx with gzip for all it sends', 'gzip']] as const) {
    test(`${name} reads from ${what}`, async () => {
      const before = host.served('padded.agc');
      const told = await run(host.origin, { url: `${host.origin}/${folder}/padded.agc`, sample: subject.sample, options: {} });
      assert.equal(told.error, undefined);
      assert.equal(told.fasta, subject.fasta);
      const served = host.served('padded.agc');
      assert.ok(served.bytes - before.bytes < 500_000, `${served.bytes - before.bytes} bytes were sent of ${subject.paddedBytes}`);
      if (name === 'Node') assert.equal(served.requests - before.requests, told.requests);
    });
  }

  for (const folder of ['size-hidden', 'gzip-size-hidden']) {
    test(`${name} reads from another site that allows it and exposes nothing (${folder})`, async () => {
      const told = await run(host.origin, { url: `${host.other}/${folder}/padded.agc`, sample: subject.sample, options: {} });
      assert.equal(told.error, undefined);
      assert.equal(told.fasta, subject.fasta);
    });
  }

  test(`${name} reads from another site that tells nothing, given the size`, async () => {
    const told = await run(host.origin, { url: `${host.other}/nothing-told/padded.agc`, sample: subject.sample, options: { size: subject.paddedBytes } });
    assert.equal(told.error, undefined);
    assert.equal(told.fasta, subject.fasta);
  });

  test(`${name} goes on with a file that was replaced`, async () => {
    const file = join(host.made, `changing-${name}.agc`);
    cpSync(join(host.made, 'spread.agc'), file);
    const { name: contig, bases } = subject.contigs[0]!;
    const ask = { url: `${host.origin}/made/changing-${name}.agc`, sample: subject.sample, contig, options: {} };
    // The same genomes at other places.
    const told = await reader.run(host.origin, readAcross, ask, () => cpSync(join(host.made, 'plain.agc'), file));
    assert.equal(told.error, undefined);
    assert.equal(told.bases, bases);
    assert.ok(told.requests > told.before!, 'it was read after that');
  });

  test(`${name} says at once that Python's server sends whole files, and downloads none`, async (t) => {
    if (!python) return t.skip();
    const before = await python.served('large.agc');
    const told = await run(python.origin, { url: `${python.origin}/large.agc`, sample: subject.sample, options: {} });
    assert.match(told.error ?? '', /^RangeNotSupportedError: .* sends the whole file/);
    assert.ok(told.ms < 5000, `${told.ms} ms`);
    const served = await python.served('large.agc');
    assert.equal(served.requests - before.requests, 1);
    assert.ok(served.bytes - before.bytes < LARGE_BYTES / 4, `${served.bytes - before.bytes} bytes were sent of ${LARGE_BYTES}`);
  });

  test(`${name} downloads from Python's server, if that is allowed`, async (t) => {
    if (!python) return t.skip();
    const before = await python.served('large.agc');
    const told = await run(python.origin, { url: `${python.origin}/large.agc`, sample: subject.sample, options: { allowFullDownload: true } });
    assert.equal(told.error, undefined);
    assert.equal(told.fasta, subject.fasta);
    assert.equal((await python.served('large.agc')).requests - before.requests, 2);
  });
}

test('ragc reads from nginx, with gzip too, and tells that Python\'s server sends whole files', async (t) => {
  if (!ragc) {
    console.log('SKIPPED: no ragc binary (RAGC, or target/release/ragc)');
    return t.skip();
  }
  const run = promisify(execFile);
  for (const folder of ['made', 'gzip']) {
    const { stdout }: { stdout: string } = await run(ragc, ['getset', `${host.origin}/${folder}/padded.agc`, subject.sample], { maxBuffer: 1 << 30 });
    assert.equal(stdout, subject.fasta);
  }
  if (!python) return;
  const before = await python.served('large.agc');
  await assert.rejects(run(ragc, ['getset', `${python.origin}/large.agc`, subject.sample]), /sends the whole file when asked for a part/);
  assert.ok((await python.served('large.agc')).bytes - before.bytes < LARGE_BYTES / 4);
});
