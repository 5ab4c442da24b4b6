// Pictures of the menu, and of downloads on their way, done, waiting and failed: with the others in www/.build/screenshots.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { ragc, root, startBrowser, startHost, visit } from './harness.ts';
import { save, writeGenome } from './saving.ts';

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** Files picked take eight chunks, then no more; one of them takes none. Runs in the page, before its scripts. */
function pickBadly(): void {
  (globalThis as unknown as { showSaveFilePicker: unknown }).showSaveFilePicker = async ({ suggestedName = '' }) => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
    const createWritable = handle.createWritable.bind(handle);
    handle.createWritable = async () => {
      if (suggestedName.includes('_')) throw new DOMException('', 'QuotaExceededError');
      const writable = await createWritable();
      const write = writable.write.bind(writable);
      let chunks = 0;
      writable.write = (chunk) => (++chunks < 8 || suggestedName.endsWith('.gz') ? write(chunk) : new Promise(() => {}));
      return writable;
    };
    return handle;
  };
}

test('screenshots of saving', { skip: !ragc }, async () => {
  const folder = join(root, 'www/.build/screenshots');
  mkdirSync(folder, { recursive: true });
  const host = await startHost();
  const browser = await startBrowser();
  const genome = join(host.made, 'HG002#1.fa');
  writeGenome(genome, 24, 0);
  execFileSync(ragc!, ['create', '-o', join(host.made, 'genomes.agc'), genome], { stdio: 'ignore' });
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const picture = (name: string) => page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      const { page, leave } = await visit(browser, `${host.origin}/?url=made/genomes.agc#HG002%231/long:1001-4000`, { viewport, colorScheme, withoutPicker: false, before: pickBadly });
      await page.waitForSelector('#sequence[data-shown]');
      await page.click('#download-contig');
      await page.keyboard.press('ArrowDown');
      await picture('menu');
      await page.keyboard.press('Escape');
      await save(page, '#download-contig', 'FASTA, gzipped');
      await page.waitForSelector('.download.done', { timeout: 60_000 });
      await save(page, '#download-region');
      await page.waitForSelector('.download.failed');
      await save(page, '#download-contig');
      await page.waitForSelector('.download .said:has-text("left")');
      await save(page, '#download-region', 'FASTA, gzipped');
      await page.waitForTimeout(500);
      await picture('downloads');
      await leave();
    }
  }
  await browser.close();
  await host.stop();
});
