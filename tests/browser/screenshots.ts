// Pictures of the page for people to look at: `npm run screenshots`, then see www/.build/screenshots.

import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';

import { goldenArchives, root, startBrowser, startHost, visit } from './harness.ts';
import { subjectOn } from './subject.ts';

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

test('screenshots', async () => {
  const folder = join(root, 'www/.build/screenshots');
  mkdirSync(folder, { recursive: true });
  const host = await startHost();
  const browser = await startBrowser();
  const subject = await subjectOn(host);
  const longest = subject.contigs.reduce((a, b) => (b.bases.length > a.bases.length ? b : a));
  const place = `#${encodeURIComponent(subject.sample)}/${encodeURIComponent(longest.name.split(/[ \t]/)[0]!)}`;
  const many = goldenArchives('v3.2').find(({ path }) => path.includes('10-thousand-tiny'));
  const views: Record<string, { link: string; ready: string }> = {
    empty: { link: '', ready: '#welcome' },
    error: { link: '?url=noranges/padded.agc', ready: '#notice:not([hidden])' },
    collection: { link: `?url=${many?.path ?? 'made/plain.agc'}`, ready: '#picture-rows' },
    samples: { link: `?url=${many?.path ?? 'made/plain.agc'}`, ready: '#samples-list .item' },
    sequence: { link: `?url=made/padded.agc${place}`, ready: '#sequence[data-shown]' },
    reverse: { link: '?url=data/cli/basic.agc#ref/chr1:101-3100(-)', ready: '#sequence[data-strand=reverse]' },
    few: { link: '?url=data/cli/basic.agc#ref/chr1:1-3000&with=s0001', ready: '#sequence[data-with=s0001]' },
    many: { link: '?url=data/cli/basic.agc#ref/chr1:1-30000&with=s0003', ready: '#sequence[data-with=s0003]' },
    apart: { link: '?url=data/08-repeats.agc#ref/chr3:6800-12000&with=s0004', ready: '#sequence[data-with=s0004]' },
  };
  // An archive of one's own to look at: RAGC_SHOW is its file, RAGC_SHOW_PLACE what is chosen in it.
  const { RAGC_SHOW: file, RAGC_SHOW_PLACE: chosen = '' } = process.env;
  if (file) {
    copyFileSync(file, join(host.made, basename(file)));
    views.show = { link: `?url=made/${basename(file)}#${chosen}`, ready: chosen.includes('/') ? '#sequence[data-shown]' : '#samples-list .item' };
  }
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [name, { link, ready }] of Object.entries(views)) {
        const { page, leave } = await visit(browser, `${host.origin}/${link}`, { viewport, colorScheme });
        if (name === 'collection') await page.click('[data-tab="collection"]');
        await page.waitForSelector(ready);
        if (name === 'collection') await page.waitForSelector('#picture-rows[aria-busy="false"]');
        if (name === 'many' || name === 'apart') for (let i = 0; i < 4; i++) await page.click('#difference-next');
        await page.waitForTimeout(200);
        await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
        await leave();
      }
    }
  }
  await browser.close();
  await host.stop();
});
