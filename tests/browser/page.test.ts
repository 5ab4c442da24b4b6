// What a person does on the page: open, choose, look, follow links, filter.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { goldenArchives, startBrowser, startHost, visit, type Host } from './harness.ts';
import { choose, staysSmall } from './lists.ts';
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
const grouped = (number: number) => number.toLocaleString('en');

/** The contig looked at: the longest. */
function longest() {
  return subject.contigs.reduce((a, b) => (b.bases.length > a.bases.length ? b : a));
}

/** Waits until a window is shown, and gives its letters as far as they are on the screen. */
async function shown(page: Page, window: string): Promise<string> {
  await page.waitForSelector(`#sequence[data-shown="${window}"]:not([aria-busy="true"])`);
  const lines = await page.$$eval('#sequence .line', (all) => all.map((line) => [...line.querySelectorAll('.ten')].map((ten) => ten.textContent).join('')));
  return lines.join('');
}

test('an address is opened, a contig chosen, and its first bases are shown', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`);
  await page.fill('#url', `${host.origin}/made/padded.agc`);
  await page.click('#open-form button[type=submit]');
  await choose(page, 'samples', subject.sample);
  const { name, bases } = longest();
  await choose(page, 'contigs', name);
  const to = Math.min(3000, bases.length);
  const letters = await shown(page, `1-${to}`);
  assert.ok(letters.length > 200 && bases.startsWith(letters), 'the letters on the screen are those of the contig');
  assert.equal(await page.textContent('#sequence-length'), `${grouped(bases.length)} bases`);
  assert.equal(await page.inputValue('#locus'), `${firstWord(name)}:1-${grouped(to)}`);
  assert.match(await page.textContent('#region-note') ?? '', /count from 1, both ends included/);

  const stats = await page.$eval('#stats', (element: HTMLElement) => {
    const { requests, bytes } = element.dataset;
    return { requests, bytes, text: element.textContent };
  });
  const served = host.served('padded.agc');
  assert.equal(Number(stats.requests), served.requests, 'the page counts the requests the server saw');
  assert.equal(Number(stats.bytes), served.bytes, 'and the bytes');
  assert.ok(served.bytes < subject.paddedBytes / 4);
  assert.match(stats.text ?? '', /of 3\.\d+ MB\) read in \d+ requests, \d+ rounds/);
  await leave();
});

test('back and forward go between samples and contigs; a link opens the same view again', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/some/sub/path/?url=${encodeURIComponent('../../../made/plain.agc')}`);
  await choose(page, 'samples', subject.sample);
  const { name, bases } = longest();
  await choose(page, 'contigs', name);
  const window = `1-${Math.min(3000, bases.length)}`;
  await shown(page, window);
  const link = page.url();
  await page.goBack();
  await page.waitForFunction(() => !location.hash.includes('/'));
  await page.waitForSelector('#sequence', { state: 'hidden' });
  await page.goForward();
  await shown(page, window);
  assert.equal(page.url(), link);

  const again = await visit(browser, link);
  assert.ok(bases.startsWith(await shown(again.page, window)));
  assert.equal(await again.page.textContent('[data-name=samples] .item[aria-selected=true] .label'), subject.sample);
  await again.leave();
  await leave();
});

test('a link to what is not there says so and leaves the lists', async () => {
  for (const [hash, words] of [['nobody', /sample “nobody”/], [`${encodeURIComponent(subject.sample)}/nothing:1-5`, /contig “nothing”/]] as const) {
    const { page, leave } = await visit(browser, `${host.origin}/?url=made/plain.agc#${hash}`);
    await page.waitForSelector('#notice:not([hidden])');
    assert.match(await page.textContent('#notice-text') ?? '', words);
    assert.ok(await page.locator('#samples-list .item').count() > 0);
    await leave();
  }
});

test('lists are worked by keyboard and say what they are', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/?url=made/plain.agc`);
  await page.waitForSelector('#samples-list .item');
  await page.focus('#samples-list');
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  const active = await page.$eval('#samples-list', (list) => document.getElementById(list.getAttribute('aria-activedescendant') ?? '')?.getAttribute('aria-rowindex'));
  assert.equal(active, '3', 'the second, as the head is the first row');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#contigs-list .item');
  assert.equal(await page.getAttribute('#samples-list .item[aria-selected=true]', 'aria-rowindex'), '3');
  const unnamed = await page.$$eval('button, input:not([type=file]), [role=grid], [role=treegrid], progress', (all) =>
    all.filter((element) => !(element.textContent?.trim() || element.getAttribute('aria-label') || (element as HTMLInputElement).labels?.length)).map((element) => element.outerHTML));
  assert.deepEqual(unnamed, []);
  await leave();
});

test('a thousand samples stay few elements, scroll and filter', async (t) => {
  const many = goldenArchives('v3.2').find(({ path }) => path.includes('10-thousand-tiny'));
  if (!many) return t.skip('SKIPPED: needs a golden archive');
  const { page, leave } = await visit(browser, `${host.origin}/?url=${many.path}`);
  await page.waitForSelector('#samples-list .item');
  await staysSmall(page, many.samples.length);
  const last = many.samples.at(-1)!.name;
  await page.fill('#samples-filter', last);
  await page.waitForFunction((name) => [...document.querySelectorAll('#samples-list .label')].some((label) => label.textContent === name), last);
  assert.match(await page.textContent('#samples-count') ?? '', / of 1,101$/);
  await leave();
});

test('the page is usable at phone width: one pane at a time, nothing wider than the screen', async () => {
  const { name, bases } = longest();
  const { page, leave } = await visit(browser, `${host.origin}/?url=made/plain.agc`, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await choose(page, 'samples', subject.sample);
  await choose(page, 'contigs', name);
  const letters = await shown(page, `1-${Math.min(3000, bases.length)}`);
  assert.ok(letters.length > 100 && bases.startsWith(letters));
  assert.equal(await page.locator('.pane:visible').count(), 1);
  await page.tap('[data-tab=samples]');
  assert.ok(await page.isVisible('#samples-list'));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await leave();
});
