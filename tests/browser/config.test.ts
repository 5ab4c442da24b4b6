// The page as a group hosts it: config.json, what is opened unasked, and what is offered to those who come back.

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { data, dist, root, startBrowser, startHost, visit, type Host } from './harness.ts';
import { hostFolder } from './large.ts';
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

const offers = (page: Page) => page.$$eval('#welcome-archives a', (links) => links.map((link) => [...link.children].map(({ textContent }) => textContent)));

/** The config.json that docs/PAGE.md shows. */
function documented(): { archives: { name: string; url: string; index?: string; text?: string }[]; links: { text: string; url: string }[]; title: string; text: string } {
  const example = /^```json\n(.*?)^```/ms.exec(readFileSync(join(root, 'docs/PAGE.md'), 'utf8'))?.[1];
  assert.ok(example);
  return JSON.parse(example);
}

test('the example of docs/PAGE.md: title, text, archives and links; its second archive is read by the index beside it', async () => {
  const config = documented();
  const url = hostFolder(host, 'documented', config);
  const [newer, older] = config.archives;
  for (const { url } of config.archives) {
    mkdirSync(dirname(join(host.made, 'documented', url)), { recursive: true });
    copyFileSync(join(data, 'tiny.agc'), join(host.made, 'documented', url));
  }
  copyFileSync(join(data, 'index/tiny.agc.ragi'), join(host.made, 'documented', older!.index!));

  const { page, leave } = await visit(browser, url);
  await page.waitForSelector('#welcome-archives a');
  assert.deepEqual(await offers(page), [[newer!.name, newer!.text], [older!.name]]);
  assert.equal(await page.textContent('#welcome-title'), config.title);
  assert.equal(await page.textContent('#welcome-text'), config.text);
  assert.equal(await page.title(), config.title);
  assert.deepEqual(await page.$$eval('#links a', (links) => links.map((link) => [link.textContent, link.getAttribute('href')])), config.links.map(({ text, url }) => [text, url]));
  assert.equal(host.served('.agc').requests, 0, 'nothing is fetched before it is chosen');

  await page.click(`#welcome-archives >> text=${older!.name}`);
  await page.waitForSelector('#samples-list .item');
  assert.ok(host.served('release-1.agc.ragi').requests > 0);
  assert.equal(new URL(page.url()).search, `?url=${encodeURIComponent(older!.url)}&index=${encodeURIComponent(older!.index!)}`);
  assert.equal(await page.title(), `release-1.agc: ${config.title}`);
  assert.ok(await page.isVisible('#links'), 'the links stay');

  // The link is as good in a new window.
  const again = await visit(browser, page.url());
  await again.page.waitForSelector('#samples-list .item');
  await again.leave();

  // Home, another one, and back.
  await page.click('#home');
  await page.click(`#welcome-archives >> text=${newer!.name}`);
  await page.waitForFunction(() => document.querySelector('#archive-name')?.textContent === 'release-2.agc');
  await page.goBack();
  await page.waitForSelector('#welcome:not([hidden])');
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('#archive-name')?.textContent === 'release-1.agc');
  await leave();
});

test('the only archive of config.json opens by itself, and links into it need not name it', async () => {
  const url = hostFolder(host, 'single', { archives: [{ name: 'All', url: '../plain.agc' }] });
  const contig = subject.contigs[0]!.name.split(/[ \t]/)[0]!;
  const place = `#${encodeURIComponent(subject.sample)}/${encodeURIComponent(contig)}:11-40`;
  const { page, leave } = await visit(browser, `${url}${place}`);
  await page.waitForSelector('#sequence[data-shown="11-40"]');
  assert.equal(new URL(page.url()).search, '');
  await page.click('#home');
  assert.deepEqual(await offers(page), [['All']]);
  await page.goBack();
  await page.waitForSelector('#sequence[data-shown="11-40"]');
  await leave();

  // A link that names another one is followed.
  const other = await visit(browser, `${url}?url=demo.agc`);
  await other.page.waitForSelector('#samples-list .item[title=SIM00]');
  await other.leave();
});

test('a config.json that comes late does not take the place of what was opened meanwhile', async () => {
  const url = hostFolder(host, 'late', { title: 'Late', archives: [{ name: 'All', url: '../plain.agc' }] });
  const { page, leave } = await visit(browser, `${host.origin}/`);
  let answer = () => {};
  const asked = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/config.json', async (route) => {
    await asked;
    await route.continue();
  });
  await page.goto(url);
  await page.setInputFiles('#file', join(data, 'tiny.agc'));
  await page.waitForSelector('#samples-list .item');
  answer();
  await page.waitForFunction(() => document.querySelector('#title')?.textContent === 'Late');
  assert.equal(await page.inputValue('#url'), '', 'no other one is being opened');
  assert.equal(await page.textContent('#archive-name'), 'tiny.agc');
  await leave();
});

for (const [name, config, words] of [
  ['text that is no JSON', '{"title": ', /It is no JSON/],
  ['a list', [], /^config\.json: an object expected, a list found\.$/],
  ['a key that there is not', { tittle: 'x' }, /^config\.json: no such key as "tittle"; there are title, text, archives, links\.$/],
  ['an archive without an address', { archives: [{ name: 'x' }] }, /^archives\[0\]\.url: a text expected, nothing found\.$/],
  ['an address that is a script', { links: [{ text: 'x', url: 'javascript:alert(1)' }] }, /^links\[0\]\.url: "javascript:alert\(1\)" is no http or https address\.$/],
] as const) {
  test(`a config.json that is wrong (${name}) is told of, with its place, and the page works`, async () => {
    const { page, leave } = await visit(browser, hostFolder(host, 'wrong', config));
    await page.waitForSelector('#notice:not([hidden])');
    assert.match(await page.textContent('#notice-title') ?? '', /config\.json/);
    assert.match(await page.textContent('#notice-text') ?? '', words);
    await page.click('#welcome-archives a');
    await page.waitForSelector('#samples-list .item');
    assert.ok(!(await page.isVisible('#notice')));
    await leave();
  });
}

test('without a config.json the page is one for any archive, and offers the demonstration', async () => {
  const { page, leave } = await visit(browser, hostFolder(host, 'bare', undefined), { expected: /404/ });
  assert.match((await page.waitForSelector('#welcome-archives a').then((link) => link.textContent())) ?? '', /^Demonstration/);
  await page.click('#welcome-archives a');
  await page.waitForSelector('#samples-list .item[title=SIM00]');
  await leave();
});

test('the demonstration has what there is to see: haplotypes, long and short contigs, ambiguity letters, runs of N', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`);
  const { samples, lengths, letters } = await page.evaluate(async () => {
    const { AgcArchive } = await import(new URL('ragc.js', document.baseURI).href);
    const archive = await AgcArchive.open('demo.agc');
    const samples: string[] = await archive.samples();
    let text = '';
    const lengths: number[] = [];
    for (const sample of samples) {
      for (const { index, length } of await archive.contigs(sample)) {
        lengths.push(length);
        text += await archive.sequence(sample, index);
      }
    }
    return { samples, lengths, letters: { n: /N{20}/.test(text), ambiguous: /[RYSWKMBDHV]/.test(text) } };
  });
  assert.deepEqual(samples.slice(0, 2), ['SIM00#1', 'SIM00#2']);
  assert.deepEqual(letters, { n: true, ambiguous: true });
  assert.ok(Math.max(...lengths) > 50_000 && lengths.filter((length) => length < 2000).length > 300);
  assert.ok(statSync(join(dist, 'demo.agc')).size < 300_000);
  await leave();
});

test('archives opened before are remembered, opened again and forgotten', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/?url=made/plain.agc`);
  await page.waitForSelector('#samples-list .item');
  await page.goto(`${host.origin}/?url=demo.agc`);
  await page.waitForSelector('#samples-list .item');
  await page.goto(`${host.origin}/?url=made/nothing-here.agc`).catch(() => {});
  await page.goto(`${host.origin}/`);
  const recent = () => page.$$eval('#recent-list strong', (names) => names.map(({ textContent }) => textContent));
  await page.waitForSelector('#recent-list li');
  assert.deepEqual(await recent(), ['demo.agc', 'plain.agc'], 'the newest first, and what could not be opened is not one');
  await page.click('#recent-list >> text=plain.agc');
  await page.waitForFunction(() => document.querySelector('#archive-name')?.textContent === 'plain.agc');
  await page.waitForSelector('#samples-list .item');
  await page.click('#home');
  await page.waitForFunction(() => document.querySelector('#recent-list strong')?.textContent === 'plain.agc');
  await page.click('[aria-label="Forget plain.agc"]');
  await page.waitForFunction(() => document.querySelectorAll('#recent-list li').length === 1);
  await page.click('#recent-forget');
  await page.waitForSelector('#recent', { state: 'hidden' });
  await page.reload();
  await page.waitForSelector('#welcome-archives a');
  assert.deepEqual(await recent(), []);
  await leave();
});

test('a file that was picked is opened again in a later visit, and one that is gone is forgotten', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`);
  // A file of the browser's own stands for one of the user's: its handle is of the same kind.
  const bytes = readFileSync(join(host.made, 'plain.agc')).toString('base64');
  await page.evaluate(async (base64) => {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle('mine.agc', { create: true });
    const out = await handle.createWritable();
    await out.write(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
    await out.close();
    Object.assign(globalThis, { showOpenFilePicker: async () => [handle] });
  }, bytes);
  await page.click('#choose');
  await page.waitForSelector('#samples-list .item');
  await page.waitForFunction(() => indexedDB.databases().then((all) => all.some(({ name }) => name === 'ragc')));
  await page.goto(`${host.origin}/?again`);
  await page.click('#recent-list >> text=mine.agc');
  await page.waitForSelector('#samples-list .item');
  assert.equal(await page.textContent('#archive-name'), 'mine.agc');
  await page.click('#home');
  assert.equal(await page.locator('#recent-list li').count(), 1, 'it is one file, however often opened');

  await page.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry('mine.agc'));
  await page.click('#recent-list >> text=mine.agc');
  await page.waitForSelector('#notice:not([hidden])');
  assert.match(await page.textContent('#notice-text') ?? '', /mine\.agc was moved, renamed or deleted since\. Choose it where it is now\./);
  await page.waitForSelector('#recent', { state: 'hidden' });
  await leave();
});

test('back and forward go between a file and an address', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`);
  await page.setInputFiles('#file', join(host.made, 'plain.agc'));
  const named = (name: string) => page.waitForFunction((name) => document.body.dataset.state === 'open' && document.querySelector('#archive-name')?.textContent === name, name);
  await named('plain.agc');
  await page.fill('#url', 'demo.agc');
  await page.press('#url', 'Enter');
  await named('demo.agc');
  await page.goBack();
  await named('plain.agc');
  assert.match(await page.textContent('#stats') ?? '', /from this computer$/);
  await page.goBack();
  await page.waitForSelector('#welcome:not([hidden])');
  await page.goForward();
  await named('plain.agc');
  await leave();
});
