// What a person is told when an archive cannot be read, and that the page can be used on.

import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser } from 'playwright-core';

import { startBrowser, startHost, visit, type Host } from './harness.ts';
import { choose } from './lists.ts';
import { save } from './saving.ts';
import { subjectOn, type Subject } from './subject.ts';

let host: Host;
let browser: Browser;
let subject: Subject;
before(async () => {
  host = await startHost();
  subject = await subjectOn(host);
  browser = await startBrowser();
  const bytes = readFileSync(join(host.made, 'padded.agc'));
  writeFileSync(join(host.made, 'truncated.agc'), bytes.subarray(0, bytes.length - 1000));
  writeFileSync(join(host.made, 'text.agc'), '>chr1\nACGT\n'.repeat(10_000));
  writeFileSync(join(host.made, 'tiny.agc'), 'abc');
  writeFileSync(join(host.made, 'empty.agc'), '');
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

// Chromium logs failed requests by itself.
const LOGGED = /Failed to load resource|blocked by CORS policy|net::ERR/;

const CASES: [name: string, url: () => string, words: RegExp][] = [
  ['an address with nothing there', () => 'made/nothing.agc', /no file at .*nothing\.agc \(HTTP 404\)\. Check the address\./],
  ['a host that refuses', () => 'forbidden/x.agc', /refuses .*HTTP 403/],
  ['a host without ranges', () => 'noranges/padded.agc', /sends the whole file.*download it and open the file here/],
  ['a file that is no archive', () => 'made/text.agc', /text\.agc is not an AGC archive, or it is damaged or cut short/],
  ['a file of three bytes', () => 'made/tiny.agc', /tiny\.agc is not an AGC archive/],
  ['an empty file', () => 'made/empty.agc', /empty\.agc is empty/],
  ['an archive cut short', () => 'made/truncated.agc', /truncated\.agc is not an AGC archive, or it is damaged or cut short/],
  ['a host of others that forbids it', () => `${host.other}/closed/padded.agc`, /could not be reached.*Access-Control-Allow-Origin/],
  ['a host of others that hides the size', () => `${host.other}/nothing-told/padded.agc`, /Access-Control-Expose-Headers: Content-Range/],
  ['a host that does not exist', () => 'http://127.0.0.1:1/x.agc', /could not be reached/],
  ['an address that is none', () => 'ftp://example.org/x.agc', /no http or https address/],
];

for (const [name, url, words] of CASES) {
  test(`${name} gives a sentence, and the next archive opens`, async () => {
    const origins = [host.other, 'http://127.0.0.1:1'];
    const { page, leave } = await visit(browser, `${host.origin}/?url=${encodeURIComponent(url())}`, { expected: LOGGED, origins });
    await page.waitForSelector('#notice:not([hidden])');
    assert.match(await page.textContent('#notice-text') ?? '', words);
    assert.equal(await page.getAttribute('#notice', 'role'), 'alert');
    assert.ok(await page.isVisible('#welcome'));
    await page.fill('#url', 'made/plain.agc');
    await page.press('#url', 'Enter');
    await page.waitForSelector('#samples-list .item');
    assert.ok(!(await page.isVisible('#notice')));
    await leave();
  });
}

test('a server that ignores ranges is not asked for the whole archive', async () => {
  writeFileSync(join(host.made, 'huge.agc'), '');
  truncateSync(join(host.made, 'huge.agc'), 500_000_000);
  const { page, leave } = await visit(browser, `${host.origin}/?url=noranges/huge.agc`);
  await page.waitForSelector('#notice:not([hidden])');
  assert.match(await page.textContent('#notice-text') ?? '', /sends the whole file/);
  await page.waitForTimeout(300);
  await leave();
  // What nginx and the system had buffered when the connection was closed.
  const { bytes } = host.served('huge.agc');
  assert.ok(bytes < 50_000_000, `${bytes} bytes left the server`);
});

for (const path of ['open', 'size-hidden']) {
  test(`another host that allows it (${path}) is read like our own`, async () => {
    const { page, leave } = await visit(browser, `${host.origin}/?url=${encodeURIComponent(`${host.other}/${path}/padded.agc`)}`, { origins: [host.other] });
    await page.waitForSelector('#samples-list .item');
    await leave();
  });
}

test('gzip on the host does not touch parts', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/?url=gzip/padded.agc`);
  await page.waitForSelector('#samples-list .item');
  await leave();
});

test('a file replaced while it is read is noticed', async () => {
  writeFileSync(join(host.made, 'changing.agc'), readFileSync(join(host.made, 'spread.agc')));
  const { page, leave } = await visit(browser, `${host.origin}/?url=made/changing.agc`);
  await page.waitForSelector('#samples-list .item');
  // What comes in its place is no archive, so that opening it anew does not help.
  const other = readFileSync(join(host.made, 'spread.agc'));
  writeFileSync(join(host.made, 'changing.agc'), Buffer.concat([other, Buffer.alloc(10)]));
  await choose(page, 'samples', subject.sample);
  const told = page.locator('#notice:not([hidden]) #notice-text, .download.failed .said').first();
  // Tables at hand may still answer; a whole sample must be fetched.
  await page.locator('#download-sample:not([disabled])').or(told).first().waitFor();
  if (await page.isEnabled('#download-sample')) await save(page, '#download-sample');
  await told.waitFor();
  assert.match(await told.textContent() ?? '', /changed while it was being read\. Open it again\.|not an AGC archive/);
  await leave();
});
