// What is saved, byte for byte what `ragc` writes: by each way of saving, in each format; and what is left of a download
// that is not completed. RAGC names the binary; without one this is skipped aloud.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { ragc, sha256, startBrowser, startHost, visit, type Host } from './harness.ts';
import { downloaded, native, picked, pickInBrowser, save, tickAll, writeGenome } from './saving.ts';
import { subjectOn, type Subject } from './subject.ts';

/** More than is handed over whole. */
const MEGABASES = 18;

const skip = ragc ? false : 'SKIPPED: no ragc binary (RAGC, or target/release/ragc)';
let host: Host;
let browser: Browser;
let subject: Subject;
let large: string;
before(async () => {
  if (skip) return console.log(skip);
  host = await startHost();
  subject = await subjectOn(host);
  browser = await startBrowser('--host-resolver-rules=MAP plain.test 127.0.0.1');
  large = join(host.made, 'large.agc');
  const genome = join(host.made, 'genome.fa');
  writeGenome(genome, MEGABASES, 0);
  execFileSync(ragc!, ['create', '-o', large, genome], { stdio: 'ignore' });
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

const firstWord = (name: string) => name.split(/[ \t]/)[0]!;
const longest = () => subject.contigs.reduce((a, b) => (b.bases.length > a.bases.length ? b : a));
const placeOf = (window = '') => `#${encodeURIComponent(subject.sample)}/${encodeURIComponent(firstWord(longest().name))}${window}`;

/** The page with the subject open and its longest contig shown. */
async function open(options: Parameters<typeof visit>[2] & { from?: string; window?: string } = {}) {
  const { from = `${host.origin}/?url=made/padded.agc`, window = '', ...rest } = options;
  const found = await visit(browser, `${from}${placeOf(window)}`, rest);
  await found.page.waitForSelector('#sequence[data-shown]');
  return found;
}

/** The page with the large archive open, its service worker ready. */
async function openLarge(options: Parameters<typeof visit>[2] = {}) {
  const found = await visit(browser, `${host.origin}/?url=made/large.agc#genome`, options);
  await found.page.waitForSelector('#download-sample:not([disabled])');
  await found.page.evaluate(() => navigator.serviceWorker.ready);
  return found;
}

const told = (page: Page, state: string) => page.locator(`.download.${state} .said`).last().textContent();

test('a region on the other strand is saved as it is shown', { skip }, async () => {
  const { page, leave } = await open({ window: ':11-200(-)' });
  const region = await downloaded(page, '#download-region');
  assert.match(region.name, /_11-200_rc\.fa$/);
  const word = firstWord(longest().name);
  const [, ...lines] = execFileSync(ragc!, ['faidx', '-i', '-n', '80', subject.file, `${word}@${subject.sample}:11-200`]).toString('latin1').split('\n');
  assert.equal(region.bytes.toString('latin1'), [`>${word}:11-200/rc`, ...lines].join('\n'));
  await leave();
});

test('a region, a contig and a sample are what ragc writes', { skip }, async () => {
  const { page, leave } = await open({ window: ':11-200' });
  const { name } = longest();
  const sample = await downloaded(page, '#download-sample');
  assert.equal(sample.name, `${subject.sample}.fa`);
  assert.ok(sample.bytes.equals(native('getset', subject.file, subject.sample)));
  const contig = await downloaded(page, '#download-contig');
  assert.ok(contig.bytes.equals(native('getctg', subject.file, `${name}@${subject.sample}`)));
  const region = await downloaded(page, '#download-region');
  assert.match(region.name, /_11-200\.fa$/);
  // The command counts from 0, as agc does.
  const [, ...lines] = native('getctg', subject.file, `${name}@${subject.sample}:10-199`).toString('latin1').split('\n');
  assert.equal(region.bytes.toString('latin1'), [`>${firstWord(name)}:11-200`, ...lines].join('\n'));
  assert.match(await told(page, 'done') ?? '', /^Done: /);
  await page.locator('.download button').last().click();
  assert.equal(await page.locator('.download').count(), 2);
  assert.match(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')) ?? '', /^Dismiss /, 'focus goes to the next one');
  await leave();
});

test('gzipped, gzip reads it', { skip }, async () => {
  const { page, leave } = await open();
  const { name, bytes } = await downloaded(page, '#download-sample', 'FASTA, gzipped');
  assert.equal(name, `${subject.sample}.fa.gz`);
  assert.ok(execFileSync('gzip', ['-dc'], { input: bytes }).equals(native('getset', subject.file, subject.sample)));
  await leave();
});

for (const format of ['FASTA', 'FASTA, gzipped'] as const) {
  test(`what is large is streamed through the service worker (${format})`, { skip }, async () => {
    const { page, leave } = await openLarge();
    const { name, bytes, download } = await downloaded(page, '#download-sample', format);
    assert.match(download.url(), /^http.*\/download\/[0-9a-f-]{36}\/genome\.fa/, 'no Blob');
    assert.equal(name, format === 'FASTA' ? 'genome.fa' : 'genome.fa.gz');
    const fasta = format === 'FASTA' ? bytes : execFileSync('gzip', ['-dc'], { input: bytes, maxBuffer: 1 << 30 });
    assert.equal(sha256(fasta), sha256(native('getset', large, 'genome')));
    await page.waitForSelector('.download.done');
    await leave();
  });
}

test('on plain http, where there is no service worker, it is handed over whole', { skip }, async () => {
  const plain = host.origin.replace('127.0.0.1', 'plain.test');
  const { page, leave } = await visit(browser, `${plain}/?url=made/large.agc#genome`);
  await page.waitForSelector('#download-sample:not([disabled])');
  assert.equal(await page.evaluate(() => 'serviceWorker' in navigator), false);
  const { bytes, download } = await downloaded(page, '#download-sample');
  assert.match(download.url(), /^blob:/);
  assert.equal(sha256(bytes), sha256(native('getset', large, 'genome')));
  await leave();
});

test('where files can be picked, they are written as the bytes come', { skip }, async () => {
  const { page, leave } = await open({ withoutPicker: false, before: pickInBrowser });
  await save(page, '#download-sample');
  await page.waitForSelector('.download.done');
  await save(page, '#download-contig', 'FASTA, gzipped');
  await page.waitForFunction(() => document.querySelectorAll('.download.done').length === 2);
  const found = await picked(page);
  assert.equal(found[`${subject.sample}.fa`], sha256(native('getset', subject.file, subject.sample)));
  assert.deepEqual(Object.keys(found).length, 2);
  await leave();
});

test('where pickers are forbidden, as in a page of another site, the browser downloads', { skip }, async () => {
  const forbid = () => {
    const refuse = async () => {
      throw new DOMException('', 'SecurityError');
    };
    Object.assign(globalThis, { showSaveFilePicker: refuse, showDirectoryPicker: refuse });
  };
  const { page, leave } = await open({ withoutPicker: false, before: forbid });
  assert.ok((await downloaded(page, '#download-sample')).bytes.equals(native('getset', subject.file, subject.sample)));
  await tickAll(page);
  assert.equal((await downloaded(page, '#download-samples')).name, 'padded.tar');
  await leave();
});

test('many samples go into a folder, a file each; none in the place of another', { skip }, async () => {
  const { page, leave } = await open({ withoutPicker: false, before: pickInBrowser });
  await page.evaluate(async (name) => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true });
    await folder.getFileHandle(name, { create: true });
  }, `${subject.samples[1]!.name}.fa`);
  await tickAll(page);
  await save(page, '#download-samples');
  await page.waitForSelector('.download.done');
  const found = await picked(page);
  for (const [i, { name, sha256: digest }] of subject.samples.entries()) {
    const fileName = i === 1 ? `${name}-2.fa` : `${name}.fa`;
    assert.equal(found[`picked/${fileName}`], digest, fileName);
  }
  assert.equal(found[`picked/${subject.samples[1]!.name}.fa`], sha256(''), 'what was there is as it was');
  assert.equal(Object.keys(found).length, subject.samples.length + 1);
  await leave();
});

for (const format of ['FASTA', 'FASTA, gzipped'] as const) {
  test(`many samples without a folder are one tar archive (${format})`, { skip }, async () => {
    const { page, leave } = await open();
    await tickAll(page);
    const { name, download } = await downloaded(page, '#download-samples', format);
    assert.equal(name, format === 'FASTA' ? 'padded.tar' : 'padded.tar.gz');
    const folder = mkdtempSync(join(host.made, 'tar-'));
    execFileSync('tar', [format === 'FASTA' ? '-xf' : '-xzf', await download.path(), '-C', folder]);
    assert.deepEqual(readdirSync(join(folder, 'padded')).sort(), subject.samples.map(({ name }) => `${name}.fa`).sort());
    for (const { name, sha256: digest } of subject.samples) assert.equal(sha256(readFileSync(join(folder, 'padded', `${name}.fa`))), digest, name);
    await leave();
  });
}

test('a download that is cancelled leaves no file and stops asking for bytes', { skip }, async () => {
  const { page, leave } = await visit(browser, `${host.origin}/?url=slow/padded.agc${placeOf()}`, { withoutPicker: false, before: pickInBrowser });
  await page.waitForSelector('#download-sample:not([disabled])', { timeout: 60_000 });
  await tickAll(page);
  await save(page, '#download-samples');
  await page.click('.download button:has-text("Cancel")');
  await page.waitForSelector('.download.cancelled');
  assert.match(await told(page, 'cancelled') ?? '', /^Cancelled\. (Nothing was|\d+ files?) saved/);
  const asked = host.served('padded.agc').requests;
  await page.waitForTimeout(300);
  assert.equal(host.served('padded.agc').requests, asked);
  assert.ok(Object.values(await picked(page)).every((digest) => digest !== sha256('')), 'no empty file');
  await leave();
});
