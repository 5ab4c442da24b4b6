// The Content-Security-Policy: refuses what it should, and nothing that the page does in any of its states; as the page
// has it, and as a header, which holds for its workers too.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { policy, startBrowser, startHost, visit, type Host } from './harness.ts';
import { choose } from './lists.ts';
import { downloaded, pickInBrowser, save, tickAll } from './saving.ts';
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

/** Keeps what is refused on the page. Runs there, before its scripts. */
function note(): void {
  const refused: string[] = [];
  Object.assign(globalThis, { refused });
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => refused.push(`${effectiveDirective} ${blockedURI}`));
}
const refused = (page: Page) => page.evaluate(() => (globalThis as unknown as { refused: string[] }).refused);

test('the policy allows what is needed, and nothing inline, evaluated, or from other hosts', () => {
  const directives = new Map(policy().split('; ').map((directive) => directive.split(' ', 1).concat(directive.slice(directive.indexOf(' ') + 1)) as [string, string]));
  assert.deepEqual([...directives.entries()].sort(), [
    ['base-uri', "'none'"],
    ['connect-src', 'http: https:'], // archives are wherever people have them
    ['default-src', "'none'"],
    ['form-action', "'none'"],
    ['frame-src', "'self'"], // downloads by the service worker
    ['img-src', "'self'"],
    ['manifest-src', "'self'"],
    ['script-src', "'self' 'wasm-unsafe-eval'"],
    ['style-src', "'self'"],
    ['worker-src', "'self'"],
  ]);
});

for (const path of ['/', '/strict/']) {
  test(`what the page does is not refused at ${path}`, async () => {
    const states = new Map<string, string[]>();
    const walk = async (page: Page, state: string) => void states.set(state, await refused(page));

    const { page, leave } = await visit(browser, `${host.origin}${path}`, { before: note, expected: /Failed to load resource/ });
    await page.waitForFunction(async () => Boolean((await navigator.serviceWorker.getRegistration())?.active));
    await page.click('#theme');
    await walk(page, 'nothing open');
    await page.goto(`${host.origin}${path}?url=${encodeURIComponent('/made/nothing.agc')}`);
    await page.waitForSelector('#notice:not([hidden])');
    await walk(page, 'an error, loaded from what is kept');
    await page.goto(`${host.origin}${path}?url=${encodeURIComponent('/made/padded.agc')}`);
    await choose(page, 'samples', subject.sample);
    await page.locator('#contigs-list .item').first().click();
    await page.waitForSelector('#sequence[data-shown]');
    for (const tab of await page.locator('.tabs button:visible').all()) await tab.click();
    await walk(page, 'each view');
    await downloaded(page, '#download-sample');
    await downloaded(page, '#download-contig', 'FASTA, gzipped');
    await walk(page, 'downloads');
    const worker = await page.evaluate(async () => {
      const { active } = await navigator.serviceWorker.ready;
      // The page itself gives up after five seconds, and saves in another way.
      for (let tries = 0; tries < 3; tries++) {
        const answer = new MessageChannel();
        const url = new URL(`download/${tries}/x.fa`, document.baseURI).href;
        const asked = new Promise((resolve) => {
          answer.port1.onmessage = ({ data }) => data === 'more' && resolve(data);
          setTimeout(() => resolve('nothing'), 5000);
        });
        active!.postMessage({ url, stream: { fileName: 'x.fa' } }, [answer.port2]);
        const frame = document.createElement('iframe');
        frame.src = url;
        document.body.append(frame);
        const said = await asked;
        answer.port1.postMessage({ end: true });
        if (said === 'more') return said;
      }
      return 'nothing';
    });
    assert.equal(worker, 'more');
    await walk(page, 'a download by the service worker');
    await page.setInputFiles('#file', subject.file);
    await page.waitForSelector('#samples-list .item');
    await page.context().setOffline(true);
    await page.reload();
    await page.waitForSelector('#welcome');
    await walk(page, 'a file of the user’s, and no network');
    await leave();

    const picking = await visit(browser, `${host.origin}${path}?url=${encodeURIComponent('/made/padded.agc')}`, { before: note, withoutPicker: false });
    await picking.page.evaluate(pickInBrowser);
    await picking.page.waitForSelector('#samples-list .item');
    await tickAll(picking.page);
    await save(picking.page, '#download-samples', 'FASTA, gzipped');
    await picking.page.waitForSelector('.download.done');
    await walk(picking.page, 'samples into a folder');
    await picking.leave();

    for (const [state, found] of states) assert.deepEqual(found, [], state);
    assert.equal(host.served('/refused').requests, 0, 'and the header refused nothing to a worker');
  });
}

test('what is not the page’s own is refused', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/strict/`, { before: note, expected: /Content Security Policy|Failed to load resource/, origins: [host.other] });
  const before = host.served('/refused').requests;
  await page.evaluate((other) => {
    const add = (tag: string, fields: object) => document.body.append(Object.assign(document.createElement(tag), fields));
    add('script', { textContent: 'globalThis.harm = true' });
    add('script', { src: `${other}/x.js` });
    add('style', { textContent: 'body { color: red }' });
    add('img', { src: `${other}/x.png` });
    add('iframe', { src: `${other}/` });
    document.body.setAttribute('style', 'color: red');
    setTimeout('globalThis.harm = true');
  }, host.other);
  const wanted = ['frame-src', 'img-src', 'script-src', 'script-src-elem', 'style-src-attr', 'style-src-elem'];
  const found = async () => [...new Set((await refused(page)).map((text) => text.split(' ')[0]))].sort();
  for (let tries = 0; tries < 100 && (await found()).length < wanted.length; tries++) await page.waitForTimeout(50);
  assert.deepEqual(await found(), wanted);
  assert.equal(await page.evaluate(() => 'harm' in globalThis), false);
  for (let tries = 0; tries < 100 && host.served('/refused').requests === before; tries++) await page.waitForTimeout(50);
  assert.ok(host.served('/refused').requests > before, 'and is reported, so that none above means none');
  await leave();
});
