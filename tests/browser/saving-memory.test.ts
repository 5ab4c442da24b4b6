// A contig that is longer than what the page may hold, saved in each way: `npm run test:memory` does it with 250
// megabases, and tells what all processes of the browser take. RAGC names the binary; without one this is skipped aloud.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { chromium, type CDPSession, type Page } from 'playwright-core';

import { launchOptions, ragc, startHost, type Host } from './harness.ts';
import { pickInBrowser, save, writeGenome } from './saving.ts';

const MEGABASES = Number(process.env.RAGC_MEGABASES ?? 36);
/** Of scripts and buffers of the page itself; the contig alone would be more. */
const PAGE_BYTES_MAX = 24e6;

const skip = ragc ? false : 'SKIPPED: no ragc binary (RAGC, or target/release/ragc)';
let host: Host;
before(async () => {
  if (skip) return console.log(skip);
  host = await startHost();
  const genome = join(host.made, 'genome.fa');
  writeGenome(genome, MEGABASES, 0);
  execFileSync(ragc!, ['create', '-o', join(host.made, 'long.agc'), genome], { stdio: 'ignore' });
});
after(async () => {
  await host?.stop();
});

const WAYS: [name: string, host: string, before: string | (() => void)][] = [
  ['into a file picked', '127.0.0.1', pickInBrowser],
  ['by the service worker', '127.0.0.1', 'delete globalThis.showSaveFilePicker'],
  ['as a Blob', 'plain.test', 'delete globalThis.showSaveFilePicker'],
];

for (const [name, hostName, before] of WAYS) {
  for (const format of MEGABASES < 100 ? (['FASTA'] as const) : (['FASTA', 'FASTA, gzipped'] as const)) {
    test(`a contig of ${MEGABASES} Mb is saved ${name} (${format}) without being held`, { skip, timeout: 600_000 }, async (t) => {
      // With a profile, as private windows have their files in memory.
      const profile = mkdtempSync(join(tmpdir(), 'ragc-profile-'));
      const context = await chromium.launchPersistentContext(profile, launchOptions('--host-resolver-rules=MAP plain.test 127.0.0.1'));
      t.after(async () => {
        await context.close();
        rmSync(profile, { recursive: true });
      });
      const page = context.pages()[0]!;
      await page.addInitScript(before);
      await page.goto(`${host.origin.replace('127.0.0.1', hostName)}/?url=made/long.agc#genome/long:1-1000`);
      await page.waitForSelector('#sequence[data-shown]');
      await page.evaluate(() => ('serviceWorker' in navigator ? navigator.serviceWorker.ready : undefined));
      const devtools = await context.newCDPSession(page);
      const system = await context.browser()!.newBrowserCDPSession();
      const idle = await processes(system);
      await save(page, '#download-contig', format);
      const most = await watch(page, devtools, system);
      const said = await page.textContent('.download .said');
      assert.match(said ?? '', /^Done/);
      console.log(`# ${name}, ${format}: page ${mega(most.page)}; all processes ${mega(most.all)}, ${mega(idle)} before; ${said}`);
      assert.ok(most.page < PAGE_BYTES_MAX, `${mega(most.page)} on the page`);
    });
  }
}

/** The most that was in use until the download ended; on the page without what is garbage. */
async function watch(page: Page, devtools: CDPSession, system: CDPSession): Promise<{ page: number; all: number }> {
  const most = { page: 0, all: 0 };
  while ((await page.locator('.download.done, .download.failed').count()) === 0) {
    most.all = Math.max(most.all, await processes(system));
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize } = (await devtools.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize: number };
    most.page = Math.max(most.page, usedSize + backingStorageSize);
    await page.waitForTimeout(50);
  }
  return most;
}

/** Memory of all processes of the browser but for programs mapped into it, what they share counted once. */
async function processes(system: CDPSession): Promise<number> {
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { id }) => sum + memoryOf(id), 0);
}

function memoryOf(pid: number): number {
  try {
    const counted = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1').matchAll(/^Pss_(?:Anon|Shmem): +(\d+) kB/gm);
    return [...counted].reduce((sum, [, kilobytes]) => sum + 1024 * Number(kilobytes), 0);
  } catch {
    return 0; // ended, or another system
  }
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
