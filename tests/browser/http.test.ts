// Each way in which hosts misbehave, met by the source in a page of Chromium; ../../www/test/http.test.ts does the same
// in Node.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { build } from 'esbuild';
import type { Browser } from 'playwright-core';

import { CASES, type Lab } from '../../www/test/cases.ts';
import { startHostile, type Hostile } from '../../www/test/hostile.ts';
import { data, root, startBrowser } from './harness.ts';

let host: Hostile;
let browser: Browser;
let results: { name: string; failure: string | undefined; ms: number }[];

before(async () => {
  const small = readFileSync(join(data, 'tiny.agc'));
  const pages = { '/': { type: 'text/html', text: '<!doctype html><title>Cases</title>' }, '/cases.js': { type: 'text/javascript', text: await bundle() } };
  host = await startHostile({ small }, pages);
  browser = await startBrowser();
  const page = await browser.newPage();
  await page.goto(`${host.origin}/`);
  results = await page.evaluate(
    async ({ origin, other, small }) => {
      const { runAll } = (await import(`${origin}/cases.js`)) as typeof import('../../www/test/cases.ts');
      return runAll({ inPage: true, origin, other, small: Uint8Array.from(small) });
    },
    { origin: host.origin, other: host.other, small: [...small] } satisfies Omit<Lab, 'inPage' | 'small'> & { small: number[] },
  );
});
after(async () => {
  await browser?.close();
  await host?.close();
});

/** The cases as one script for a page. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'www/test/cases.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0]!.text;
}

for (const { name } of CASES) {
  test(name, () => {
    const result = results.find((one) => one.name === name);
    assert.ok(result, 'the case was run');
    assert.equal(result.failure, undefined);
  });
}
