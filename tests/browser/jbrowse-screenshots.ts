// Pictures of JBrowse with archives in it, for people to look at: `npm run screenshots`, then see www/.build/screenshots.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { ragc, root, startBrowser, startHost, visit } from './harness.ts';
import { buildSite } from './jbrowse/build.ts';
import { makeStrains } from './jbrowse/strains.ts';

test('JBrowse', { skip: ragc ? false : 'no ragc binary' }, async () => {
  const folder = join(root, 'www/.build/screenshots');
  mkdirSync(folder, { recursive: true });
  const host = await startHost();
  const browser = await startBrowser();
  const site = join(host.made, 'jbrowse');
  await buildSite(site);
  makeStrains(ragc!, site);
  const [, config = ''] = /^```json\n(.*?)^```/ms.exec(readFileSync(join(root, 'docs/JBROWSE.md'), 'utf8')) ?? [];
  writeFileSync(join(site, 'shown.json'), config);
  writeFileSync(join(site, 'absent.json'), config.replaceAll('strains.agc', 'absent.agc'));
  for (const [name, ready] of [['shown', '[data-testid=sequence_track] text'], ['absent', 'text=Check the address']] as const) {
    const { page, leave } = await visit(browser, `${host.origin}/made/jbrowse/site.html?config=${name}.json`, { viewport: { width: 1280, height: 800 }, expected: /404|HttpError/ });
    await page.waitForSelector(ready, { timeout: 120_000 });
    await page.waitForTimeout(2000);
    await page.screenshot({ path: join(folder, `jbrowse-${name}.png`) });
    await leave();
  }
  await browser.close();
  await host.stop();
});
