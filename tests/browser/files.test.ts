// Files of the user's: chosen, dropped, saved; and downloads that are stopped.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { sha256, startBrowser, startHost, visit, type Host } from './harness.ts';
import { choose } from './lists.ts';
import { subjectOn, type Subject } from './subject.ts';

let host: Host;
let browser: Browser;
let subject: Subject;
before(async () => {
  host = await startHost();
  subject = await subjectOn(host);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

const firstWord = (name: string) => name.split(/[ \t]/)[0]!;
const recordOf = (index: number) => `>${subject.fasta.split('>')[index + 1]}`;
const longest = () => subject.contigs.reduce((best, { bases }, i, all) => (bases.length > all[best]!.bases.length ? i : best), 0);

function link(file: string, window = ''): string {
  const contig = subject.contigs[longest()]!;
  return `${host.origin}/?url=${file}#${encodeURIComponent(subject.sample)}/${encodeURIComponent(firstWord(contig.name))}${window}`;
}

async function downloaded(page: Page, button: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'latin1') };
}

test('a sample is downloaded byte for byte', async () => {
  const { page, leave } = await visit(browser, link('made/padded.agc'));
  await page.waitForSelector('#download-sample:not([disabled])');
  const { name, text } = await downloaded(page, '#download-sample');
  assert.match(name, /\.fa$/);
  const wanted = subject.samples.find((sample) => sample.name === subject.sample);
  assert.equal(sha256(Buffer.from(text, 'latin1')), wanted?.sha256);
  await page.waitForSelector('.download.done');
  assert.match(await page.textContent('.download .said') ?? '', /^Done: /);
  await page.click('.download button');
  assert.equal(await page.locator('.download').count(), 0);
  await leave();
});

test('a contig is downloaded as its record, a region with its place in the name', async () => {
  const { page, leave } = await visit(browser, link('made/padded.agc', ':11-200'));
  await page.waitForSelector('#sequence[data-shown="11-200"]');
  const contig = await downloaded(page, '#download-contig');
  assert.ok(contig.text === recordOf(longest()), 'the record of the contig');
  const region = await downloaded(page, '#download-region');
  const { name, bases } = subject.contigs[longest()]!;
  const letters = bases.slice(10, 200).replace(/.{80}/g, '$&\n');
  assert.equal(region.text, `>${firstWord(name)}:11-200\n${letters}\n`);
  assert.match(region.name, /_11-200\.fa$/);
  await leave();
});

test('where the browser can write files, the download is streamed into the one picked', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`, { withoutPicker: false });
  await page.evaluate(() => {
    const log = ((globalThis as never as { saved: unknown[] }).saved = [] as unknown[]);
    (globalThis as never as { showSaveFilePicker: unknown }).showSaveFilePicker = async (options: { suggestedName: string }) => ({
      async createWritable() {
        log.push(options.suggestedName);
        return {
          write: async (chunk: Uint8Array) => void log.push(new TextDecoder('latin1').decode(chunk)),
          close: async () => void log.push('closed'),
          abort: async () => void log.push('aborted'),
        };
      },
    });
  });
  await openThere(page, link('made/padded.agc'));
  await page.waitForSelector('#download-sample:not([disabled])');
  await page.click('#download-sample');
  await page.waitForSelector('.download.done');
  const [name, ...chunks] = await page.evaluate(() => (globalThis as never as { saved: string[] }).saved);
  assert.match(name ?? '', /\.fa$/);
  assert.equal(chunks.pop(), 'closed');
  assert.ok(chunks.join('') === subject.fasta, 'the whole sample, in order');
  await leave();
});

test('a download that is cancelled saves nothing and stops asking for bytes', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`, { withoutPicker: false });
  await page.evaluate(() => {
    const log = ((globalThis as never as { saved: string[] }).saved = [] as string[]);
    (globalThis as never as { showSaveFilePicker: unknown }).showSaveFilePicker = async () => ({
      createWritable: async () => ({ write: () => new Promise(() => {}), close: async () => void log.push('closed'), abort: async () => void log.push('aborted') }),
    });
  });
  // A slow host, so that there is time to think better of it.
  await openThere(page, link('slow/padded.agc'));
  await page.waitForSelector('#download-sample:not([disabled])');
  await page.click('#download-sample');
  await page.click('.download button:has-text("Cancel")');
  await page.waitForSelector('.download.cancelled');
  assert.deepEqual(await page.evaluate(() => (globalThis as never as { saved: string[] }).saved), ['aborted']);
  const before = host.served('padded.agc').requests;
  await page.waitForTimeout(500);
  assert.equal(host.served('padded.agc').requests, before);
  await leave();
});

test('a file dropped on the page is opened, without a single request', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`);
  const bytes = readFileSync(subject.file).toString('base64');
  const transfer = await page.evaluateHandle((base64) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], 'dropped.agc'));
    return transfer;
  }, bytes);
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
  assert.ok(await page.isVisible('#drop'));
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await page.waitForSelector('#samples-list .item');
  assert.ok(!(await page.isVisible('#drop')));
  assert.equal(await page.textContent('#archive-name'), 'dropped.agc');
  assert.match(await page.textContent('#stats') ?? '', /read from this computer$/);
  assert.equal(host.served('dropped.agc').requests, 0);
  await leave();
});

test('a file chosen is opened and a sample of it saved', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`);
  await page.setInputFiles('#file', subject.file);
  await choose(page, 'samples', subject.sample);
  await page.waitForSelector('#download-sample:not([disabled])');
  assert.ok((await downloaded(page, '#download-sample')).text === subject.fasta);
  await leave();
});

test('opening can be cancelled, and another archive opened after it', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/?url=slow/padded.agc`);
  await page.click('#opening-cancel');
  await page.waitForSelector('#welcome:not([hidden])');
  assert.ok(!(await page.isVisible('#notice')));
  await page.fill('#url', 'made/plain.agc');
  await page.press('#url', 'Enter');
  await page.waitForSelector('#samples-list .item');
  await leave();
});

/** Follows a link without loading the page anew. */
async function openThere(page: Page, url: string): Promise<void> {
  await page.evaluate((link) => {
    history.pushState(null, '', link);
    dispatchEvent(new PopStateEvent('popstate'));
  }, url);
}
