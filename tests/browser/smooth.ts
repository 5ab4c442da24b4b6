// How smoothly long tables scroll, are filtered and sorted in Chromium, and what they hold: `npm run smooth` prints it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page } from 'playwright-core';

import { startBrowser, startHost, visit } from './harness.ts';
import { CONTIGS, heapBytes, makeLarge, SAMPLES } from './large.ts';

/** Names of the tasks of a thread in Chromium's trace, as versions have it. */
const TASKS = ['ThreadControllerImpl::RunTask', 'RunTask'];

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
    const measure = async (done: string, work: () => Promise<void>) => {
      await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] });
      await startFrames(page);
      const start = performance.now();
      await work();
      const took = performance.now() - start;
      const frames = await endFrames(page);
      print(`${what} ${done}`, took, frames, tasksIn(JSON.parse((await browser.stopTracing()).toString())));
    };

    await measure('opened', async () => {
      await page.evaluate((link) => {
        history.pushState(null, '', link);
        dispatchEvent(new PopStateEvent('popstate'));
      }, link);
      await page.waitForSelector(`#${list}-list .item`);
    });
    const box = (await page.locator(`#${list}-list`).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await measure('scrolled by wheel', async () => {
      for (let i = 0; i < 100; i++) {
        await page.mouse.wheel(0, i < 60 ? 120 : 2400);
        await page.waitForTimeout(16);
      }
    });
    const scrolled = await page.$eval(`#${list}-list`, (host) => host.scrollTop);
    assert.ok(scrolled > 20_000, `scrolled to ${scrolled}`);
    await measure('filtered, letter by letter', async () => {
      for (const word of words) {
        await page.fill(`#${list}-filter`, '');
        await page.locator(`#${list}-filter`).pressSequentially(word, { delay: 40 });
      }
      await page.fill(`#${list}-filter`, '');
    });
    for (const title of ['Name', column]) {
      await measure(`sorted by ${title.toLowerCase()}, thrice`, async () => {
        for (let i = 0; i < 3; i++) {
          await page.click(`#${list}-list .head button >> text=${title}`);
          await page.waitForTimeout(60);
        }
      });
    }
    console.log(`# ${what}: heap ${(((await heapBytes(page)) - empty) / 1e6).toFixed(1)} MB more than of the empty page; ${await page.evaluate(() => document.querySelectorAll('*').length)} elements in the document`);
    await leave();
  }
});

/** Starts to note how long frames take. */
async function startFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    let on = true;
    const frame = (now: number) => {
      frames.push(now - last);
      last = now;
      if (on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    Object.assign(globalThis, { endFrames: () => ((on = false), frames) });
  });
}

function endFrames(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    // What was done last is painted.
    await new Promise((resolve) => setTimeout(resolve, 150));
    return (globalThis as unknown as { endFrames(): number[] }).endFrames();
  });
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  dur?: number;
  /** Of the processor, in microseconds. */
  tdur?: number;
  args?: { name?: string };
}

/** Tasks of the page's main thread in a trace: milliseconds by the clock, and of the processor. */
function tasksIn({ traceEvents }: { traceEvents: TraceEvent[] }): { ms: number; cpuMs: number }[] {
  const mains = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  return traceEvents
    .filter(({ name, pid, tid, dur }) => TASKS.includes(name) && dur !== undefined && mains.some((main) => main.pid === pid && main.tid === tid))
    .map(({ dur = 0, tdur = dur }) => ({ ms: dur / 1000, cpuMs: tdur / 1000 }));
}

/** On a machine with other work to do, what the processor spent is the truer number. */
function print(what: string, took: number, frames: number[], tasks: { ms: number; cpuMs: number }[]): void {
  const sorted = frames.slice(1).sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  const longest = (of: 'ms' | 'cpuMs') => Math.max(0, ...tasks.map((task) => task[of])).toFixed(0);
  const long = tasks.filter(({ cpuMs }) => cpuMs > 50).length;
  console.log(`# ${what}: ${Math.round(took)} ms; ${sorted.length} frames, median ${at(0.5)} ms, 95% ${at(0.95)}, 99% ${at(0.99)}; longest task ${longest('ms')} ms, ${longest('cpuMs')} of the processor; ${long} over 50 of these`);
}
