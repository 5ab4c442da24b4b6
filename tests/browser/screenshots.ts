// Pictures of the page for people to look at: `npm run screenshots`, then see www/.build/screenshots.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';

import type { Page } from 'playwright-core';

import { dist, ragc, root, startBrowser, startHost, visit } from './harness.ts';
import { hostFolder, makeLarge } from './large.ts';
import { subjectOn } from './subject.ts';

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

interface View {
  /** Relative to the host's origin, or in full. */
  link: string;
  ready: string;
  /** What is done before the picture is taken. */
  then?: (page: Page) => Promise<void>;
}

const CONFIG = {
  title: 'Yeast Pangenome Consortium',
  text: 'Assembled haplotypes of release 2, read straight from this host. Cite the release when you use them.',
  archives: [
    { name: 'Release 2', url: '../samples.agc', text: '2000 haplotypes of 1000 strains, March 2026' },
    { name: 'Release 1', url: '../plain.agc', text: 'Superseded, kept for reference' },
  ],
  links: [{ text: 'Project', url: 'https://example.org/' }, { text: 'How to cite', url: 'https://example.org/cite' }],
};

test('screenshots', async () => {
  const folder = join(root, 'www/.build/screenshots');
  mkdirSync(folder, { recursive: true });
  const host = await startHost();
  const browser = await startBrowser();
  const subject = await subjectOn(host);
  const longest = subject.contigs.reduce((a, b) => (b.bases.length > a.bases.length ? b : a));
  const place = `#${encodeURIComponent(subject.sample)}/${encodeURIComponent(longest.name.split(/[ \t]/)[0]!)}`;
  const rows = '#samples-list .item';
  const openPane = (name: string) => async (page: Page) => {
    const tab = page.locator(`[data-tab=${name}]`);
    if (await tab.isVisible()) await tab.click();
  };
  const openCollection = async (page: Page) => {
    await page.click('[data-tab=collection]');
    await page.waitForSelector('#picture-rows[aria-busy="false"]');
  };
  const stepOn = async (page: Page) => {
    for (let i = 0; i < 4; i++) await page.click('#difference-next');
  };
  const views: Record<string, View> = {
    empty: { link: '', ready: '#welcome-archives a' },
    config: { link: hostFolder(host, 'config', CONFIG), ready: '#welcome-archives a' },
    'config-broken': { link: hostFolder(host, 'broken', { archives: [{ name: 'Release 2' }] }), ready: '#notice:not([hidden])' },
    error: { link: '?url=noranges/padded.agc', ready: '#notice:not([hidden])' },
    demo: { link: '?url=demo.agc', ready: rows },
    'demo-contigs': { link: '?url=demo.agc#SIM03%232', ready: '#contigs-list .item' },
    selected: {
      link: '?url=demo.agc',
      ready: rows,
      then: async (page) => {
        await page.click('#samples-list .group >> nth=1 >> input');
        await page.click('#samples-list .head button >> text=Bases');
        await page.fill('#samples-filter', 'sim0');
      },
    },
    help: { link: '?url=demo.agc', ready: rows, then: async (page) => page.keyboard.press('?') },
    'nothing-found': { link: '?url=demo.agc', ready: rows, then: async (page) => page.fill('#samples-filter', 'xyz') },
    recent: {
      link: '?url=demo.agc',
      ready: rows,
      then: async (page) => {
        await page.goto(`${host.origin}/?url=made/plain.agc`);
        await page.waitForSelector(rows);
        await page.click('#home');
        await page.waitForSelector('#recent-list li:nth-child(2)');
      },
    },
    sequence: { link: `?url=made/padded.agc${place}`, ready: '#sequence[data-shown]' },
    collection: { link: '?url=demo.agc', ready: rows, then: openCollection },
    reverse: { link: '?url=data/cli/basic.agc#ref/chr1:101-3100(-)', ready: '#sequence[data-strand=reverse]' },
    few: { link: '?url=data/cli/basic.agc#ref/chr1:1-3000&with=s0001', ready: '#sequence[data-with=s0001]' },
    many: { link: '?url=data/cli/basic.agc#ref/chr1:1-30000&with=s0003', ready: '#sequence[data-with=s0003]', then: stepOn },
    apart: { link: '?url=data/08-repeats.agc#ref/chr3:6800-12000&with=s0004', ready: '#sequence[data-with=s0004]', then: stepOn },
  };
  if (ragc && makeLarge(host)) {
    execFileSync(ragc, ['extract', '-q', '-o', join(host.made, 'two.agc'), join(dist, 'demo.agc'), 'SIM00#*']);
    views['2-samples'] = { link: '?url=made/two.agc#SIM00%231', ready: '#contigs-list .item' };
    views['2000-samples'] = { link: '?url=made/samples.agc', ready: rows };
    views['2000-collection'] = { link: '?url=made/samples.agc', ready: rows, then: openCollection };
    views['33000-contigs'] = { link: '?url=made/contigs.agc#draft', ready: '#contigs-list .item', then: openPane('contigs') };
  }
  // An archive of one's own to look at: RAGC_SHOW is its file, RAGC_SHOW_PLACE what is chosen in it. RAGC_VIEWS names some views.
  const { RAGC_SHOW: file, RAGC_SHOW_PLACE: chosen = '', RAGC_VIEWS: wanted } = process.env;
  if (file) {
    copyFileSync(file, join(host.made, basename(file)));
    views.show = { link: `?url=made/${basename(file)}#${chosen}`, ready: chosen.includes('/') ? '#sequence[data-shown]' : rows };
  }
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [name, { link, ready, then }] of Object.entries(views)) {
        if (wanted && !wanted.split(',').includes(name)) continue;
        const touch = size === 'phone' ? { hasTouch: true, isMobile: true } : {};
        const { page, leave } = await visit(browser, new URL(link, `${host.origin}/`).href, { viewport, colorScheme, ...touch });
        await page.waitForSelector(ready);
        await then?.(page);
        await page.waitForTimeout(200);
        await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
        await leave();
      }
    }
  }
  await browser.close();
  await host.stop();
});
