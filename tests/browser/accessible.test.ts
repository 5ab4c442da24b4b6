// axe-core in every state of the page that can be reached: it finds nothing serious.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';

import { startBrowser, startHost, visit, type Host } from './harness.ts';
import { hostFolder } from './large.ts';
import { choose } from './lists.ts';
import { subjectOn } from './subject.ts';

let host: Host;
let browser: Browser;
before(async () => {
  host = await startHost();
  await subjectOn(host);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

const LOOKS = {
  'desktop, light': { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  'desktop, dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  'phone, light': { viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true, isMobile: true },
  'phone, dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true, isMobile: true },
} as const;

/** What axe finds that is serious, as lines to be read. In the dark only the colours are other ones. */
async function serious(page: Page, dark: boolean): Promise<string[]> {
  // What fades in is looked at when it has.
  await page.waitForTimeout(150);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate((rules) => (globalThis as unknown as { axe: typeof axe }).axe.run(rules ? { runOnly: rules } : {}), dark ? ['color-contrast'] : undefined);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html} ${failureSummary}`));
}

for (const [look, options] of Object.entries(LOOKS)) {
  test(`nothing serious: ${look}`, async () => {
    const found: string[] = [];
    const check = async (state: string, page: Page) => found.push(...(await serious(page, options.colorScheme === 'dark')).map((line) => `${state}: ${line}`));
    const pane = async (page: Page, name: string) => {
      if (await page.isVisible(`[data-tab=${name}]`)) await page.click(`[data-tab=${name}]`);
    };

    const { page, leave } = await visit(browser, `${host.origin}/`, options);
    await page.waitForSelector('#welcome-archives a');
    await check('empty', page);
    await page.click('#welcome-archives a');
    await page.waitForSelector('#samples-list .item');
    await check('open', page);
    await page.check('#samples-list .item[title=SIM01] input');
    await page.click('#samples-list .item[title=SIM02]');
    await page.focus('#samples-list');
    await page.keyboard.press('ArrowDown');
    await check('a group closed, another selected', page);
    await page.fill('#samples-filter', 'no such sample');
    await check('nothing found', page);
    await page.fill('#samples-filter', '');
    await choose(page, 'samples', 'SIM03#2');
    await page.waitForSelector('#contigs-list .item');
    await check('contigs', page);
    await page.click('#contigs-list .item >> nth=0');
    await page.waitForSelector('#sequence[data-shown]:not([aria-busy=true])');
    await check('sequence', page);
    await pane(page, 'collection');
    await check('collection', page);
    await page.click('#help-open');
    await check('help', page);
    await page.keyboard.press('Escape');
    await page.click('#home');
    await page.waitForSelector('#recent-list li');
    await check('opened before', page);
    await leave();

    const wrong = await visit(browser, `${hostFolder(host, 'wrong', { archives: 3 })}?url=nothing.agc`, { ...options, expected: /404/ });
    await wrong.page.waitForSelector('#notice:not([hidden])');
    await check('error', wrong.page);
    await wrong.leave();

    const hosted = await visit(browser, hostFolder(host, 'hosted', { title: 'Genomes', text: 'Some.', archives: [{ name: 'A', url: 'a.agc', text: 'one' }, { name: 'B', url: 'b.agc' }], links: [{ text: 'Project', url: 'https://example.org/' }] }), options);
    await hosted.page.waitForSelector('#links a');
    await check('hosted', hosted.page);
    await hosted.leave();

    const slow = await visit(browser, `${host.origin}/?url=slow/padded.agc`, options);
    await slow.page.waitForSelector('#opening:not([hidden])');
    await check('opening', slow.page);
    await slow.leave();
    assert.deepEqual(found, []);
  });
}
