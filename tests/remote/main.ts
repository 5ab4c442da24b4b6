// Measures what a visitor of an archive on a static host waits for: `make bench-remote`. Prints tables; fails if a bound
// is missed. AGC names the C++ tool, one of whose archives is then measured too.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { root, startBrowser } from '../browser/harness.ts';
import { startHost } from './host.ts';
import { measure, type Collection, type Means } from './measure.ts';
import type { Programs } from './programs.ts';
import { madeWords, report } from './report.ts';
import { agcTwinOf, BESIDE, bgzip, derivedFrom, OPTIMIZED, twinOf, type Made } from './twin.ts';

const { values: options } = parseArgs({
  options: {
    samples: { type: 'string', default: '520' },
    delays: { type: 'string', default: '0,50,150' },
    runs: { type: 'string', default: '3' },
    cache: { type: 'string', default: join(root, '.cache/remote') },
    programs: { type: 'string', default: join(root, 'target/release') },
    pages: { type: 'string', default: join(root, 'www/.build/remote') },
  },
});

const programs: Programs = (name) => {
  const path = join(options.programs, name);
  if (!existsSync(path)) throw new Error(`${path} is missing: scripts/bench-remote.sh builds it`);
  return path;
};

const twin = twinOf(Number(options.samples), options.cache, programs);
const collections: (Collection & { words: string })[] = [{ ...archivesOf(twin), bgzip: (sample: string, contigs: readonly string[]) => bgzip(twin, sample, contigs, programs) }];
const { AGC: agc } = process.env;
if (agc) collections.push(archivesOf(agcTwinOf(agc, options.cache, programs), 'agc, '));
else console.error('SKIPPED: AGC names no C++ tool');

const browser = await startBrowser();
const means: Means = {
  programs,
  browser,
  startHost: (files) => startHost(files, options.pages),
  delays: options.delays.split(',').map(Number),
  runs: Number(options.runs),
};
try {
  for (const collection of collections) {
    console.log(collection.words);
    const { text, met } = report(await measure(collection, means));
    console.log(`\n${text}`);
    if (!met) process.exitCode = 1;
  }
} finally {
  await browser.close();
}

function archivesOf(made: Made, by = ''): Collection & { words: string } {
  return {
    folder: made.folder,
    archives: [
      { archive: `${by}no index`, file: made.file, indexed: false },
      { archive: `${by}index beside it`, file: BESIDE, indexed: true, index: `${BESIDE}.ragi` },
      { archive: `${by}optimized`, file: OPTIMIZED, indexed: true },
    ],
    words: madeWords(made, derivedFrom(made, programs)),
  };
}
