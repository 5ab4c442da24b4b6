// Downloads that wait, are cancelled, break, or go on while something else is done. RAGC names the binary; without one
// this is skipped aloud.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { ragc, sha256, startBrowser, startHost, visit, type Host } from './harness.ts';
import { native, picked, pickInBrowser, save, writeGenome } from './saving.ts';

/** More than is handed over whole. */
const MEGABASES = 18;

const skip = ragc ? false : 'SKIPPED: no ragc binary (RAGC, or target/release/ragc)';
let host: Host;
let browser: Browser;
let large: string;
before(async () => {
  if (skip) return console.log(skip);
  host = await startHost();
  browser = await startBrowser();
  large = join(host.made, 'large.agc');
  const genome = join(host.made, 'genome.fa');
  writeGenome(genome, MEGABASES, 0);
  execFileSync(ragc!, ['create', '-o', large, genome], { stdio: 'ignore' });
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

/** The page with a sample of an archive chosen, and the service worker ready. */
async function open(options: Parameters<typeof visit>[2] = {}, archive = 'large.agc') {
  const found = await visit(browser, `${host.origin}/?url=made/${archive}#genome`, options);
  await found.page.waitForSelector('#download-sample:not([disabled])');
  await found.page.evaluate(() => navigator.serviceWorker.ready);
  return found;
}

/** As `pickInBrowser`, but what is written waits until `release` is called. Runs in the page, before its scripts. */
function pickSlowly(): void {
  const page = globalThis as unknown as { showSaveFilePicker: unknown; gate: Promise<void>; release: () => void };
  page.gate = new Promise((resolve) => (page.release = resolve));
  page.showSaveFilePicker = async ({ suggestedName = '' }) => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
    const createWritable = handle.createWritable.bind(handle);
    handle.createWritable = async () => {
      const writable = await createWritable();
      const write = writable.write.bind(writable);
      writable.write = (chunk) => page.gate.then(() => write(chunk));
      return writable;
    };
    return handle;
  };
}
const slowly = { withoutPicker: false, before: pickSlowly };
const release = (page: Page) => page.evaluate(() => (globalThis as unknown as { release: () => void }).release());
const said = (page: Page, state: string) => page.locator(`.download.${state} .said`).textContent();

test('one goes after the other, and one that waits can be cancelled', { skip }, async () => {
  const { page, leave } = await open(slowly);
  await save(page, '#download-sample');
  await page.click('#contigs-list .item');
  await page.waitForSelector('#sequence[data-shown]');
  for (const button of ['#download-contig', '#download-region']) await save(page, button);
  const cards = page.locator('.download');
  for (const i of [1, 2]) assert.match(await cards.nth(i).locator('.said').textContent() ?? '', /^Waits for/);
  await cards.nth(1).getByRole('button', { name: /^Cancel/ }).click();
  assert.equal(await said(page, 'cancelled'), 'Cancelled. Nothing was saved.');
  assert.equal(await page.locator('.download.done').count(), 0);
  await release(page);
  await page.waitForFunction(() => document.querySelectorAll('.download.done').length === 2);
  const found = await picked(page);
  assert.equal(found['genome.fa'], sha256(native('getset', large, 'genome')));
  assert.deepEqual(Object.keys(found).sort(), ['genome.fa', 'genome.long_1-3000.fa']);
  await leave();
});

test('leaving the page while it runs asks first, and afterwards no more', { skip }, async () => {
  const { page } = await open(slowly);
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await save(page, '#download-sample');
  await page.waitForSelector('.download');
  await page.close({ runBeforeUnload: true });
  await page.waitForTimeout(300);
  assert.deepEqual(asked, ['beforeunload']);
  assert.ok(!page.isClosed());
  await release(page);
  await page.waitForSelector('.download.done');
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })]);
  assert.deepEqual(asked, ['beforeunload']);
});

test('another archive opened meanwhile changes nothing', { skip }, async () => {
  const { page, leave } = await open(slowly);
  await save(page, '#download-sample');
  copyFileSync(large, join(host.made, 'other.agc'));
  await page.fill('#url', 'made/other.agc');
  await page.press('#url', 'Enter');
  await page.waitForFunction(() => document.querySelector('#archive-name')?.textContent === 'other.agc');
  const workers = page.workers().length;
  assert.equal(workers, 2, 'the archive before is still open');
  await release(page);
  await page.waitForSelector('.download.done');
  assert.deepEqual(await picked(page), { 'genome.fa': sha256(native('getset', large, 'genome')) });
  assert.equal(page.workers().length, 1, 'and closed when it is saved');
  await leave();
});

test('cancelled on the page, a download of the browser fails', { skip }, async () => {
  const { page, leave } = await open();
  const [download] = await Promise.all([page.waitForEvent('download'), save(page, '#download-sample')]);
  await page.getByRole('button', { name: 'Cancel genome.fa' }).click();
  assert.ok(await download.failure(), 'the browser has no file');
  assert.equal(await said(page, 'cancelled'), 'Cancelled. Nothing was saved.');
  await leave();
});

test('cancelled in the browser, the page says so and decodes no more', { skip }, async () => {
  const { page, leave } = await open();
  const [download] = await Promise.all([page.waitForEvent('download'), save(page, '#download-sample')]);
  await download.cancel();
  await page.waitForSelector('.download.failed');
  assert.match(await said(page, 'failed') ?? '', /The browser stopped the download: it was cancelled there, or the disk is full\. Nothing was saved\./);
  assert.equal(await page.getAttribute('.download.failed .said', 'role'), 'alert');
  await leave();
});

test('a disk that is full is an error, and no file is left', { skip }, async () => {
  const { page, leave } = await open({ withoutPicker: false, before: pickInBrowser });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: host.origin, quotaSize: 5_000_000 });
  await save(page, '#download-sample');
  await page.waitForSelector('.download.failed');
  assert.equal(await said(page, 'failed'), 'There is no room left where the file is saved. Nothing was saved.');
  assert.deepEqual(await picked(page), {});
  await leave();
});

const SPOILT: [what: string, spoil: (file: string, page: Page) => unknown, words: RegExp][] = [
  ['a file that changes', (file) => copyFileSync(join(host.made, 'genome.fa'), file), /changed while it was being read\. Open it again\. Nothing was saved\./],
  ['a file that is cut', (file) => truncateSync(file, 1000), /changed while it was being read\. Open it again\. Nothing was saved\./],
  ['a file that goes', (file) => rmSync(file), /There is no file at .* Nothing was saved\./],
  ['a connection that breaks', (_, page) => page.context().setOffline(true), /could not be reached.* Nothing was saved\./],
];
for (const [what, spoil, words] of SPOILT) {
  test(`${what} in the middle is an error, and nothing is left of what was saved`, { skip }, async () => {
    const file = join(host.made, 'spoilt.agc');
    copyFileSync(large, file);
    const { page, leave } = await open({ ...slowly, expected: /Failed to load resource/ }, 'spoilt.agc');
    await save(page, '#download-sample');
    await page.waitForSelector('.download .said:has-text("Starting")');
    await spoil(file, page);
    await release(page);
    await page.waitForSelector('.download.failed');
    assert.match(await said(page, 'failed') ?? '', words);
    assert.deepEqual(await picked(page), {});
    await leave();
  });
}

test('the menu is worked by keyboard, and says what it is', { skip }, async () => {
  const { page, leave } = await open();
  const button = page.locator('#download-sample');
  const active = () => page.evaluate(() => document.activeElement?.textContent?.trim());
  await button.focus();
  await page.keyboard.press('Enter');
  assert.equal(await button.getAttribute('aria-expanded'), 'true');
  assert.equal(await page.getByRole('menu').getAttribute('aria-label'), 'Download sample as');
  assert.match(await active() ?? '', /^FASTA ?18\.2 MB$/);
  await page.keyboard.press('ArrowDown');
  assert.equal(await active(), 'FASTA, gzipped');
  await page.keyboard.press('ArrowDown');
  assert.match(await active() ?? '', /^FASTA ?18\.2 MB$/);
  await page.keyboard.press('ArrowUp');
  assert.equal(await active(), 'FASTA, gzipped');
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('menu').count(), 0);
  assert.equal(await active(), 'Download sample');
  assert.equal(await button.getAttribute('aria-expanded'), 'false');
  await button.click();
  await button.click();
  assert.equal(await page.getByRole('menu').count(), 0, 'the button closes it, too');
  await button.click();
  await page.click('#archive-name');
  assert.equal(await page.getByRole('menu').count(), 0, 'and a click beside it');
  await leave();
});
