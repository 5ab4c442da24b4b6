// Archives made here by `ragc create`, from FASTA to the browser. RAGC names the binary; without one this is skipped aloud.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';

import type { Browser } from 'playwright-core';

import { ragc, startBrowser, startHost, visit, type Host } from './harness.ts';
import { choose, staysSmall } from './lists.ts';
import { downloaded } from './saving.ts';

let host: Host;
let browser: Browser;
before(async () => {
  host = await startHost();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

/** Compresses genomes into `/made/<name>`; `false`, said aloud, without the binary. */
function make(t: TestContext, name: string, genomes: Map<string, string>): boolean {
  if (!ragc) {
    console.log('SKIPPED: no ragc binary (RAGC, or target/release/ragc)');
    t.skip('no ragc binary');
    return false;
  }
  const folder = join(host.made, `${name}.genomes`);
  mkdirSync(folder);
  const files = [...genomes].map(([sample, fasta]) => {
    const file = join(folder, `${sample}.fa`);
    writeFileSync(file, fasta);
    return file;
  });
  writeFileSync(join(folder, 'list'), files.slice(1).join('\n'));
  execFileSync(ragc, ['create', '-o', join(host.made, name), '-i', join(folder, 'list'), files[0]!], { stdio: ['ignore', 'ignore', 'inherit'] });
  return true;
}

/** Numbers from 0 to 1, the same every time: mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const letters = (length: number, next: () => number) => Array.from({ length }, () => 'ACGT'[Math.floor(next() * 4)]).join('');
const fasta = (name: string, bases: string) => `>${name}\n${bases.replace(/.{80}/g, '$&\n')}${bases.length % 80 ? '\n' : ''}`;

test('five thousand samples: few elements, quick to filter, any of them opens', async (t) => {
  const next = random(5);
  const genome = letters(200, next);
  const genomes = new Map(Array.from({ length: 5000 }, (_, i) => {
    const at = Math.floor(next() * 200);
    return [`sample_${String(i).padStart(4, '0')}`, fasta('chr1', `${genome.slice(0, at)}A${genome.slice(at + 1)}`)];
  }));
  if (!make(t, 'many.agc', genomes)) return;
  const { page, leave } = await visit(browser, `${host.origin}/?url=made/many.agc`);
  await page.waitForSelector('#samples-list .item');
  assert.equal(await page.textContent('#samples-count'), '5,000');
  await staysSmall(page, 5000);
  const took = await page.evaluate(() => {
    const filter = document.querySelector<HTMLInputElement>('#samples-filter')!;
    const start = performance.now();
    filter.value = '_4321';
    filter.dispatchEvent(new Event('input'));
    return performance.now() - start;
  });
  assert.ok(took < 100, `filtering took ${took} ms`);
  assert.equal(await page.textContent('#samples-count'), '1 of 5,000');
  await page.click('#samples-list .item');
  await page.locator('#contigs-list .item').first().click();
  await page.waitForSelector('#sequence[data-shown="1-200"]:not([aria-busy="true"])');
  const shown = await page.$$eval('#sequence .ten', (tens) => tens.map((ten) => ten.textContent).join(''));
  assert.equal(fasta('chr1', shown), genomes.get('sample_4321'));
  await leave();
});

test('megabases go through in windows, with progress, and come out as they went in', async (t) => {
  const next = random(9);
  const first = letters(5_000_000, next);
  // A second genome that shares nearly all of the first, beside a piece of its own.
  const second = `${first.slice(0, 2_000_000)}${letters(1000, next)}${first.slice(2_100_000)}`;
  const genomes = new Map([['first', fasta('chr1 of the first', first)], ['second', fasta('chr1 of the second', second) + fasta('chr2', 'ACGTN'.repeat(7))]]);
  if (!make(t, 'large.agc', genomes)) return;
  const { page, leave } = await visit(browser, `${host.origin}/?url=made/large.agc#second`);
  for (const [sample, text] of genomes) {
    await choose(page, 'samples', sample);
    await page.waitForSelector('#download-sample:not([disabled])');
    const { bytes } = await downloaded(page, '#download-sample');
    assert.ok(bytes.toString('latin1') === text, `${sample} as it went in`);
  }
  const archiveBytes = readFileSync(join(host.made, 'large.agc')).length;
  const before = host.served('large.agc').bytes;
  const link = `${host.origin}/?url=made/large.agc#second/chr1:4000001-4001000`;
  const again = await visit(browser, link);
  await again.page.waitForSelector('#sequence[data-shown="4000001-4001000"]:not([aria-busy="true"])');
  const shown = await again.page.$$eval('#sequence .ten', (tens) => tens.map((ten) => ten.textContent).join(''));
  assert.ok(shown.length > 300 && second.slice(4_000_000).startsWith(shown));
  const read = host.served('large.agc').bytes - before;
  assert.ok(read < archiveBytes / 4, `${read} of ${archiveBytes} bytes for a window of 1000 bases`);
  await again.leave();
  await leave();
});
