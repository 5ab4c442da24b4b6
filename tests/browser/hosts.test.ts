// Servers as they come: nginx, with gzip and without, and Python's, which knows no ranges. The package as it is built
// reads from them in Chromium and in Node, and so does `ragc`.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { closeSync, openSync, readFileSync, symlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import type { Browser } from 'playwright-core';

import { dist, startBrowser, startHost, type Host } from './harness.ts';
import { startPython, type Python } from './python.ts';
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

interface Ask {
  /** Where the package is. */
  module: string;
  url: string;
  sample: string;
  options: { allowFullDownload?: boolean; size?: number };
}

interface Told {
  fasta?: string;
  /** Name and message. */
  error?: string;
  requests: number;
  ms: number;
}

/** Reads a sample. Runs in Node and, as its own text, in a page. */
async function read({ module, url, sample, options }: Ask): Promise<Told> {
  const { AgcArchive, httpSource } = (await import(module)) as typeof import('../../www/src/index.ts');
  const source = httpSource(url, options);
  const began = performance.now();
  try {
    const archive = await AgcArchive.open(source);
    const fasta = await new Response(archive.stream(sample)).text();
    const { requests } = archive.stats;
    archive.close();
    return { fasta, requests, ms: performance.now() - began };
  } catch (error) {
    const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { error: told, requests: source.traffic?.requests ?? 0, ms: performance.now() - began };
  }
}

/** Runs `ask` in Node, and in a page of `origin`. */
const READERS: { [name: string]: (origin: string, ask: Omit<Ask, 'module'>) => Promise<Told> } = {
  Node: (_, ask) => read({ ...ask, module: pathToFileURL(join(dist, 'ragc.node.js')).href }),
  async Chromium(origin, ask) {
    const page = await browser.newPage();
    await page.goto(`${origin}/index.html`);
    const told = await page.evaluate(read, { ...ask, module: `${origin}/ragc.js` });
    await page.close();
    return told;
  },
};

for (const [reader, run] of Object.entries(READERS)) {
  for (const [what, folder] of [['nginx', 'made'], ['nginx with gzip for all it sends', 'gzip']] as const) {
    test(`${reader} reads from ${what}`, async () => {
      const before = host.served('padded.agc');
      const told = await run(host.origin, { url: `${host.origin}/${folder}/padded.agc`, sample: subject.sample, options: {} });
      assert.equal(told.error, undefined);
      assert.equal(told.fasta, subject.fasta);
      const served = host.served('padded.agc');
      assert.ok(served.bytes - before.bytes < 500_000, `${served.bytes - before.bytes} bytes were sent of ${subject.paddedBytes}`);
      if (reader === 'Node') assert.equal(served.requests - before.requests, told.requests);
    });
  }

  for (const folder of ['size-hidden', 'gzip-size-hidden']) {
    test(`${reader} reads from another site that allows it and exposes nothing (${folder})`, async () => {
      const told = await run(host.origin, { url: `${host.other}/${folder}/padded.agc`, sample: subject.sample, options: {} });
      assert.equal(told.error, undefined);
      assert.equal(told.fasta, subject.fasta);
    });
  }

  test(`${reader} reads from another site that tells nothing, given the size`, async () => {
    const told = await run(host.origin, { url: `${host.other}/nothing-told/padded.agc`, sample: subject.sample, options: { size: subject.paddedBytes } });
    assert.equal(told.error, undefined);
    assert.equal(told.fasta, subject.fasta);
  });

  test(`${reader} says at once that Python's server sends whole files, and downloads none`, async (t) => {
    if (!python) return t.skip();
    const before = await python.served('large.agc');
    const told = await run(python.origin, { url: `${python.origin}/large.agc`, sample: subject.sample, options: {} });
    assert.match(told.error ?? '', /^RangeNotSupportedError: .* sends the whole file/);
    assert.ok(told.ms < 5000, `${told.ms} ms`);
    const served = await python.served('large.agc');
    assert.equal(served.requests - before.requests, 1);
    assert.ok(served.bytes - before.bytes < LARGE_BYTES / 4, `${served.bytes - before.bytes} bytes were sent of ${LARGE_BYTES}`);
  });

  test(`${reader} downloads from Python's server, if that is allowed`, async (t) => {
    if (!python) return t.skip();
    const before = await python.served('large.agc');
    const told = await run(python.origin, { url: `${python.origin}/large.agc`, sample: subject.sample, options: { allowFullDownload: true } });
    assert.equal(told.error, undefined);
    assert.equal(told.fasta, subject.fasta);
    assert.equal((await python.served('large.agc')).requests - before.requests, 2);
  });
}

test('ragc reads from nginx, with gzip too, and tells that Python\'s server sends whole files', async (t) => {
  const ragc = process.env.RAGC;
  if (!ragc) {
    console.log('SKIPPED: RAGC does not name the binary, which reads from real servers');
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
