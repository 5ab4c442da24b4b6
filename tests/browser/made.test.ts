// Archives made here by `ragc create`, from FASTA to the browser. RAGC names the binary; without one this is skipped aloud.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser } from 'playwright-core';

import { make } from './genomes.ts';
import { startBrowser, startHost, visit, type Host } from './harness.ts';
import { choose, staysSmall } from './lists.ts';
import { downloaded } from './saving.ts';
import { fasta, letters, random } from './simulated.ts';

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

test('five thousand samples: few elements, quick to filter, any of them opens', async (t) => {
  const next = random(5);
  const genome = letters(200, next);
  const genomes = new Map(Array.from({ length: 5000 }, (_, i) => {
    const at = Math.floor(next() * 200);
    return [`sample_${String(i).padStart(4, '0')}`, fasta('chr1', `${genome.slice(0, at)}A${genome.slice(at + 1)}`)];
  }));
  if (!make(t, host, 'many.agc', genomes)) return;
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
  if (!make(t, host, 'large.agc', genomes)) return;
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
