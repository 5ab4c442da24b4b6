// A contig that is longer than what the page may hold, saved in each way: `npm run test:memory` does it with 250
// megabases, and tells what all processes of the browser take. RAGC names the binary; without one this is skipped aloud.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser, CDPSession, Page } from 'playwright-core';

import { ragc, startBrowser, startHost, visit, type Host, type VisitOptions } from './harness.ts';
import { pickInBrowser, save, writeGenome } from './saving.ts';

const MEGABASES = Number(process.env.RAGC_MEGABASES ?? 36);
/** Of scripts and buffers of the page itself; the contig alone would be more. */
const PAGE_BYTES_MAX = 24e6;

const skip = ragc ? false : 'SKIPPED: no ragc binary (RAGC, or target/release/ragc)';
let host: Host;
let browser: Browser;
before(async () => {
  if (skip) return console.log(skip);
  host = await startHost();
  browser = await startBrowser('--host-resolver-rules=MAP plain.test 127.0.0.1');
  const genome = join(host.made, 'genome.fa');
  writeGenome(genome, MEGABASES, 0);
  execFileSync(ragc!, ['create', '-o', join(host.made, 'long.agc'), genome], { stdio: 'ignore' });
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

const WAYS: [name: string, origin: (origin: string) => string, options: VisitOptions][] = [
  ['into a file picked', (origin) => origin, { withoutPicker: false, before: pickInBrowser }],
  ['by the service worker', (origin) => origin, {}],
  ['as a Blob', (origin) => origin.replace('127.0.0.1', 'plain.test'), {}],
];

for (const [name, originOf, options] of WAYS) {
  for (const format of MEGABASES < 100 ? (['FASTA'] as const) : (['FASTA', 'FASTA, gzipped'] as const)) {
    test(`a contig of ${MEGABASES} Mb is saved ${name} (${format}) without being held`, { skip, timeout: 600_000 }, async () => {
      const { page, leave } = await visit(browser, `${originOf(host.origin)}/?url=made/long.agc#genome/long:1-1000`, options);
      await page.waitForSelector('#sequence[data-shown]');
      await page.evaluate(() => ('serviceWorker' in navigator ? navigator.serviceWorker.ready : undefined));
      const before = await processes();
      await save(page, '#download-contig', format);
      const most = await watch(page, await page.context().newCDPSession(page));
      assert.equal(await page.locator('.download.done').count(), 1, await page.locator('.download').textContent() ?? '');
      console.log(`# ${name}, ${format}: page ${mega(most.page)}; all processes ${mega(most.all)}, ${mega(before)} before; ${await page.textContent('.download .said')}`);
      assert.ok(most.page < PAGE_BYTES_MAX, `${mega(most.page)} on the page`);
      await leave();
    });
  }
}

/** The most that was in use until the download ended. */
async function watch(page: Page, devtools: CDPSession): Promise<{ page: number; all: number }> {
  const most = { page: 0, all: 0 };
  while ((await page.locator('.download.done, .download.failed').count()) === 0) {
    const { usedSize, backingStorageSize } = (await devtools.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize: number };
    most.page = Math.max(most.page, usedSize + backingStorageSize);
    most.all = Math.max(most.all, await processes());
    await page.waitForTimeout(50);
  }
  return most;
}

/** Memory of all processes of the browser, what they share counted once. */
async function processes(): Promise<number> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  return processInfo.reduce((sum, { id }) => sum + memoryOf(id), 0);
}

function memoryOf(pid: number): number {
  try {
    return 1024 * Number(/^Pss: +(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0; // ended, or another system
  }
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
