// Samples and contigs as tables: groups, order, selection, keys, and how little of a long one is there.

import assert from 'node:assert/strict';
import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { AgcArchive } from '../../www/src/index.ts';
import { dist, startBrowser, startHost, textOf, visit, type Host } from './harness.ts';
import { CONTIGS, heapBytes, makeLarge, SAMPLES } from './large.ts';
import { choose, staysSmall } from './lists.ts';
import { downloaded } from './saving.ts';
import { subjectOn, wasm } from './subject.ts';

let host: Host;
let browser: Browser;
let large: boolean;
/** The archive that comes with the page, as the package reads it. */
let demo: AgcArchive;
before(async () => {
  host = await startHost();
  await subjectOn(host);
  large = makeLarge(host);
  browser = await startBrowser();
  demo = await AgcArchive.open(await openAsBlob(join(dist, 'demo.agc')), { wasm: wasm() });
});
after(async () => {
  demo?.close();
  await browser?.close();
  await host?.stop();
});

interface Seen {
  name: string;
  /** Of the columns after the name, as on the screen. */
  numbers: string[];
  group: boolean;
  expanded: string | null;
  level: string | null;
}

/** The rows on the screen, from top to bottom. */
async function rowsOf(page: Page, list: 'samples' | 'contigs'): Promise<Seen[]> {
  await page.waitForSelector(`#${list}-list .item`);
  const rows = await page.$$eval(`#${list}-list .item`, (items) =>
    items.map((item) => ({
      at: Number(item.getAttribute('aria-rowindex')),
      name: (item as HTMLElement).title,
      numbers: [...item.querySelectorAll('.amount')].map((cell) => cell.textContent ?? ''),
      group: item.classList.contains('group'),
      expanded: item.getAttribute('aria-expanded'),
      level: item.getAttribute('aria-level'),
    })));
  return rows.sort((a, b) => a.at - b.at).map(({ at: _, ...row }) => row);
}

const grouped = (number: number) => number.toLocaleString('en');
const names = (rows: Seen[]) => rows.map(({ name }) => name);

test('haplotypes of a genome are a group with the sums of what is in it, which opens and closes', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/?url=demo.agc`);
  const rows = await rowsOf(page, 'samples');
  const samples = await demo.sampleRows();
  assert.equal(await page.getAttribute('#samples-list', 'role'), 'treegrid');
  assert.deepEqual(names(rows.slice(0, 4)), ['SIM00', 'SIM00#1', 'SIM00#2', 'SIM01']);
  const [group, first, second] = rows;
  assert.deepEqual([group?.expanded, group?.level, first?.level], ['true', '1', '2']);
  assert.deepEqual(first?.numbers, [samples[0]!.contigCount, samples[0]!.bases].map(grouped));
  assert.deepEqual(second?.numbers, [samples[1]!.contigCount, samples[1]!.bases].map(grouped));
  assert.deepEqual(group?.numbers, [samples[0]!.contigCount + samples[1]!.contigCount, samples[0]!.bases + samples[1]!.bases].map(grouped));

  await page.click('#samples-list .item[title=SIM00]');
  assert.deepEqual(names((await rowsOf(page, 'samples')).slice(0, 3)), ['SIM00', 'SIM01', 'SIM01#1']);
  assert.equal(await page.getAttribute('#samples-list .item[title=SIM00]', 'aria-expanded'), 'false');
  await page.fill('#samples-filter', 'sim00');
  assert.deepEqual(names(await rowsOf(page, 'samples')), ['SIM00', 'SIM00#1', 'SIM00#2'], 'what is looked for is shown');
  assert.equal(await page.textContent('#samples-count'), '2 of 16');
  await page.fill('#samples-filter', '');
  assert.deepEqual(names((await rowsOf(page, 'samples')).slice(0, 2)), ['SIM00', 'SIM01'], 'and closed again after');
  await leave();
});

test('columns sort up, down, and back to the order of the archive', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/?url=demo.agc#SIM03%231`);
  const contigs = await demo.contigs('SIM03#1');
  const top = 15;
  const heading = (title: string) => page.locator('#contigs-list [role=columnheader]').filter({ hasText: title });
  const shown = async () => names((await rowsOf(page, 'contigs')).slice(0, top)).map((title) => title.split(' ')[0]);
  const wanted = (order: typeof contigs) => order.slice(0, top).map(({ name }) => name);
  assert.deepEqual(await shown(), wanted(contigs));
  assert.equal(await heading('Bases').getAttribute('aria-sort'), 'none');

  await heading('Bases').locator('button').click();
  assert.deepEqual(await shown(), wanted([...contigs].sort((a, b) => a.length - b.length)));
  assert.equal(await heading('Bases').getAttribute('aria-sort'), 'ascending');
  await heading('Bases').locator('button').click();
  assert.deepEqual(await shown(), wanted([...contigs].sort((a, b) => b.length - a.length)));
  assert.equal(await heading('Bases').getAttribute('aria-sort'), 'descending');
  await heading('Bases').locator('button').click();
  assert.deepEqual(await shown(), wanted(contigs));

  await heading('Name').locator('button').click();
  const natural = new Intl.Collator('en', { numeric: true });
  assert.deepEqual(await shown(), wanted([...contigs].sort((a, b) => natural.compare(a.name, b.name))), 'utg2 before utg10');
  // Another sample is sorted in the same way.
  await choose(page, 'samples', 'SIM04#2');
  await page.waitForFunction(() => document.querySelector('#contigs-list .item')?.getAttribute('title')?.startsWith('SIM04#2'));
  assert.equal(await heading('Name').getAttribute('aria-sort'), 'ascending');
  await leave();
});

test('groups are sorted by their sums, and their members within them', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/?url=demo.agc`);
  await rowsOf(page, 'samples');
  await page.click('#samples-list .head button >> text=Bases');
  const samples = await demo.sampleRows();
  const genomes = new Map<string, typeof samples>();
  for (const sample of samples) genomes.set(sample.name.split('#')[0]!, [...(genomes.get(sample.name.split('#')[0]!) ?? []), sample]);
  const sum = (rows: typeof samples) => rows.reduce((bases, row) => bases + row.bases, 0);
  const order = [...genomes].sort(([, a], [, b]) => sum(a) - sum(b)).flatMap(([name, rows]) => [name, ...[...rows].sort((a, b) => a.bases - b.bases).map((row) => row.name)]);
  const shown = names(await rowsOf(page, 'samples'));
  assert.ok(shown.length > 10);
  assert.deepEqual(shown, order.slice(0, shown.length));
  await leave();
});

test('several samples are selected, by group and all that are listed, and saved', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/?url=demo.agc`);
  await rowsOf(page, 'samples');
  assert.ok(!(await page.isVisible('#download-samples')));
  await page.check('#samples-list .item[title=SIM02] input');
  assert.ok(await page.isChecked('#samples-list .item[title="SIM02#1"] input'));
  await page.uncheck('#samples-list .item[title="SIM02#1"] input');
  assert.ok(await page.$eval('#samples-list .item[title=SIM02] input', (box: HTMLInputElement) => box.indeterminate && !box.checked));
  assert.ok(!(await page.locator('[aria-selected=true]').count()), 'a sample is not opened by its box');
  await page.fill('#samples-filter', 'sim05');
  await page.check('#samples-list .head input');
  assert.equal(await page.textContent('#download-samples'), 'Download 3');
  await page.fill('#samples-filter', '');
  assert.ok(await page.$eval('#samples-list .head input', (box: HTMLInputElement) => box.indeterminate));

  const saved = (await downloaded(page, '#download-samples')).bytes.toString('latin1');
  for (const sample of ['SIM02#2', 'SIM05#1', 'SIM05#2']) assert.ok(saved.includes(await textOf(demo.stream(sample))), sample);
  await leave();
});

test('keys: filter, first letters, groups, selection, help', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/?url=demo.agc`);
  await rowsOf(page, 'samples');
  const active = () => page.$eval('#samples-list', (list) => document.getElementById(list.getAttribute('aria-activedescendant') ?? '')?.title);
  await page.keyboard.press('?');
  assert.ok(await page.isVisible('#help'));
  await page.keyboard.press('Escape');
  assert.ok(!(await page.isVisible('#help')));

  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'samples-filter');
  await page.keyboard.type('/?sim07');
  assert.equal(await page.inputValue('#samples-filter'), '/?sim07', 'both are letters in a box');
  await page.fill('#samples-filter', '');
  await page.keyboard.press('ArrowDown');
  assert.equal(await active(), 'SIM00');
  await page.keyboard.type('sim04');
  assert.equal(await active(), 'SIM04');
  await page.keyboard.press('ArrowRight');
  assert.equal(await active(), 'SIM04#1', 'into a group that is open');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  assert.deepEqual([await active(), await page.getAttribute('#samples-list .item[title=SIM04]', 'aria-expanded')], ['SIM04', 'false']);
  await page.keyboard.press('*');
  assert.equal(await page.getAttribute('#samples-list .item[title=SIM04]', 'aria-expanded'), 'true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('*');
  assert.deepEqual([(await rowsOf(page, 'samples')).length, await active()], [8, 'SIM04'], 'the group of the member that was active');
  await page.keyboard.press('End');
  assert.equal(await active(), 'SIM07');
  await page.keyboard.press(' ');
  assert.equal(await page.textContent('#download-samples'), 'Download 2');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#contigs-list .item[title^="SIM07#1"]');

  // What a link names is shown, though its group was closed.
  await page.focus('#samples-list');
  await page.keyboard.press('*');
  await page.keyboard.press('*');
  await page.evaluate(() => (location.hash = '#SIM02%231'));
  await page.waitForSelector('#samples-list .item[title="SIM02#1"][aria-selected=true]');
  await page.goBack();
  await page.waitForSelector('#samples-list .item[title="SIM07#1"][aria-selected=true]');
  await page.waitForSelector('#contigs-list .item[title^="SIM07#1"]');

  // With the focus in the contigs, the filter is theirs.
  await page.focus('#contigs-list');
  await page.keyboard.press('/');
  await page.keyboard.type('utg10');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#sequence[data-shown]');
  assert.equal(await page.textContent('#sequence-title'), 'SIM07#1#utg10');
  await leave();
});

test('lengths of samples are shown where they cost no request, or next to nothing', async () => {
  const cost = async (query: string) => {
    // With room for one pane, the collection is not in view, and reads nothing.
    const { page, leave } = await visit(browser, `${host.origin}/${query}`, { viewport: { width: 800, height: 800 } });
    await rowsOf(page, 'samples');
    await page.waitForTimeout(300);
    const requests = Number(await page.getAttribute('#stats', 'data-requests'));
    const titles = await page.locator('#samples-list [role=columnheader] button').allTextContents();
    await leave();
    return { requests, titles };
  };
  const only = async (url: string) => {
    const { page, leave } = await visit(browser, `${host.origin}/`);
    const requests = await page.evaluate(async (url) => {
      const { AgcArchive } = await import(new URL('ragc.js', document.baseURI).href);
      const archive = await AgcArchive.open(url);
      await archive.samples();
      return archive.stats.requests as number;
    }, url);
    await leave();
    return requests;
  };
  const indexed = await cost('?url=demo.agc');
  assert.deepEqual(indexed.titles, ['Name', 'Contigs', 'Bases']);
  assert.equal(indexed.requests, await only('demo.agc'));
  const without = await cost('?url=made/padded.agc');
  assert.deepEqual(without.titles, ['Name']);
  assert.equal(without.requests, await only('made/padded.agc'));
  const small = await visit(browser, `${host.origin}/?url=data/08-repeats.agc`);
  await small.page.waitForSelector('#samples-list .amount');
  await small.leave();

  const { page, leave } = await visit(browser, `${host.origin}/`);
  await page.setInputFiles('#file', join(host.made, 'padded.agc'));
  await page.waitForSelector('#samples-list .amount');
  await leave();
});

test(`${SAMPLES} samples and ${CONTIGS} contigs stay few elements and little memory`, async (t) => {
  if (!large) return t.skip('no ragc binary');
  const { page, leave } = await visit(browser, `${host.origin}/`);
  const before = await heapBytes(page);
  await page.fill('#url', 'made/samples.agc');
  await page.press('#url', 'Enter');
  await rowsOf(page, 'samples');
  assert.equal(await page.textContent('#samples-count'), '2,000');
  await staysSmall(page, SAMPLES * 1.5);
  await page.fill('#samples-filter', 'hg00777');
  assert.deepEqual(names(await rowsOf(page, 'samples')), ['HG00777', 'HG00777#1', 'HG00777#2']);

  await page.fill('#url', 'made/contigs.agc');
  await page.press('#url', 'Enter');
  await page.waitForSelector('#contigs-list .item');
  assert.equal(await page.textContent('#contigs-count'), '33,000');
  await page.click('#contigs-list .head button >> text=Name');
  await page.$eval('#contigs-list', (list) => (list.scrollTop = list.scrollHeight));
  await page.waitForSelector('#contigs-list .item[aria-rowindex="33001"]');
  assert.equal((await rowsOf(page, 'contigs')).at(-1)?.name.split(' ')[0], 'scaffold_33000');
  await page.fill('#contigs-filter', 'scaffold_3299');
  assert.equal(await page.textContent('#contigs-count'), '11 of 33,000', 'scaffold_3299 and scaffold_32990 to scaffold_32999');
  await page.fill('#contigs-filter', '');
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  assert.ok(elements < 900, `${elements} elements in the document`);
  const grown = (await heapBytes(page)) - before;
  assert.ok(grown < 30e6, `${grown} bytes of heap more than of the empty page`);
  await leave();
});

test('tables are never wider than a phone', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/?url=demo.agc`, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await rowsOf(page, 'samples');
  for (const list of ['samples', 'contigs'] as const) {
    if (list === 'contigs') await choose(page, 'samples', 'SIM06#2');
    await rowsOf(page, list);
    const wide = await page.$$eval(`#${list}-list, #${list}-list .top, #${list}-list .item`, (all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    assert.equal(wide, 0, `${list} are wider than their place`);
    const cut = await page.$$eval(`#${list}-list .item .amount`, (all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    assert.equal(cut, 0, 'no number is cut');
  }
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  await leave();
});
