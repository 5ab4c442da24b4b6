// Files of the user's: chosen, dropped; and opening that is stopped.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import type { Browser } from 'playwright-core';

import { startBrowser, startHost, visit, type Host } from './harness.ts';
import { choose } from './lists.ts';
import { downloaded } from './saving.ts';
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
  assert.ok((await downloaded(page, '#download-sample')).bytes.toString('latin1') === subject.fasta);
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
