// How smoothly long tables scroll, are filtered and sorted in Chromium, and what they hold: `npm run smooth` prints it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page } from 'playwright-core';

import { startBrowser, startHost, visit } from './harness.ts';
import { CONTIGS, heapBytes, makeLarge, SAMPLES } from './large.ts';

/** What the page noted while something was done. */
interface Noted {
  frames: number[];
  longTasks: number[];
}

test('smoothness', async (t) => {
  const host = await startHost();
  const browser = await startBrowser();
  t.after(() => browser.close());
  t.after(() => host.stop());
  if (!makeLarge(host)) return t.skip('no ragc binary');
  const tables = [
    { what: `${SAMPLES} samples`, link: '?url=made/samples.agc', list: 'samples', words: ['hg0001', 'hg00019#2', '#1'], column: 'Bases' },
    { what: `${CONTIGS} contigs`, link: '?url=made/contigs.agc#draft', list: 'contigs', words: ['scaffold_1', 'unplaced 77', 'scaffold'], column: 'Bases' },
  ];
  for (const { what, link, list, words, column } of tables) {
    const { page, leave } = await visit(browser, `${host.origin}/`, { viewport: { width: 1280, height: 800 } });
    const empty = await heapBytes(page);
    await note(page);
    const start = performance.now();
    await page.evaluate((link) => {
      history.pushState(null, '', link);
      dispatchEvent(new PopStateEvent('popstate'));
    }, link);
    await page.waitForSelector(`#${list}-list .item`);
    print(what, 'opened', await noted(page), `${Math.round(performance.now() - start)} ms`);

    const box = (await page.locator(`#${list}-list`).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await note(page);
    for (let i = 0; i < 100; i++) {
      await page.mouse.wheel(0, i < 60 ? 120 : 2400);
      await page.waitForTimeout(16);
    }
    const scrolled = await page.$eval(`#${list}-list`, (host) => host.scrollTop);
    assert.ok(scrolled > 20_000, `scrolled to ${scrolled}`);
    print(what, 'scrolled by wheel', await noted(page));

    await note(page);
    for (const word of words) {
      await page.fill(`#${list}-filter`, '');
      await page.locator(`#${list}-filter`).pressSequentially(word, { delay: 40 });
    }
    await page.fill(`#${list}-filter`, '');
    print(what, 'filtered, letter by letter', await noted(page));

    for (const title of ['Name', column]) {
      await note(page);
      for (let i = 0; i < 3; i++) {
        await page.click(`#${list}-list .head button >> text=${title}`);
        await page.waitForTimeout(60);
      }
      print(what, `sorted by ${title.toLowerCase()}, thrice`, await noted(page));
    }
    console.log(`# ${what}: heap ${(((await heapBytes(page)) - empty) / 1e6).toFixed(1)} MB more than of the empty page; ${await page.evaluate(() => document.querySelectorAll('*').length)} elements in the document`);
    await leave();
  }
});

/** Starts to note frames and long tasks. */
async function note(page: Page): Promise<void> {
  await page.evaluate(() => {
    const noted: Noted = { frames: [], longTasks: [] };
    const observer = new PerformanceObserver((list) => noted.longTasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: 'longtask' });
    let last = performance.now();
    let on = true;
    const frame = (now: number) => {
      noted.frames.push(now - last);
      last = now;
      if (on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    Object.assign(globalThis, { endNote: () => ((on = false), observer.disconnect(), noted) });
  });
}

function noted(page: Page): Promise<Noted> {
  return page.evaluate(async () => {
    // What was done last is painted, and its task told of.
    await new Promise((resolve) => setTimeout(resolve, 150));
    return (globalThis as unknown as { endNote(): Noted }).endNote();
  });
}

function print(what: string, done: string, { frames, longTasks }: Noted, more = ''): void {
  const sorted = frames.slice(1).sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  const tasks = longTasks.length ? `long tasks ${longTasks.map((ms) => Math.round(ms)).join(', ')} ms` : 'no long task';
  console.log(`# ${what} ${done}: ${more && `${more}, `}${sorted.length} frames, median ${at(0.5)} ms, 95% ${at(0.95)}, 99% ${at(0.99)}, longest ${at(1)}; ${tasks}`);
}
