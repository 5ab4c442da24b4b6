// Archives as long as lists get: two thousand samples, and a sample of thirty-three thousand contigs. And a folder as a
// group would host it.

import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { dist, ragc, type Host } from './harness.ts';

export const SAMPLES = 2000;
export const CONTIGS = 33_000;

/** Makes `samples.agc` and `contigs.agc` in the folder served as `/made/`; false, said aloud, without the binary. */
export function makeLarge(host: Host): boolean {
  if (!ragc) {
    console.log('SKIPPED: no ragc binary (RAGC, or target/release/ragc)');
    return false;
  }
  const random = lettersFrom(7);
  const founder = random(900);
  const haplotypes = Array.from({ length: SAMPLES }, (_, i) => {
    const name = `HG${String(i >> 1).padStart(5, '0')}#${(i % 2) + 1}`;
    const contigs = 1 + (i % 3);
    return Array.from({ length: contigs }, (_, c) => `>${name}#chr${c + 1}\n${founder.slice(0, 300 + ((i * 37) % 600))}\n`).join('');
  });
  writeFileSync(join(host.made, 'samples.fa'), haplotypes.join(''));
  execFileSync(ragc, ['create', '-q', '--index', '--pansn', '-o', join(host.made, 'samples.agc'), join(host.made, 'samples.fa')]);

  const scaffolds = Array.from({ length: CONTIGS }, (_, i) => `>scaffold_${i + 1} unplaced scaffold ${(i * 7919) % CONTIGS}\n${random(40 + ((i * 7919) % 400))}\n`);
  writeFileSync(join(host.made, 'draft.fa'), scaffolds.join(''));
  execFileSync(ragc, ['create', '-q', '--index', '-o', join(host.made, 'contigs.agc'), join(host.made, 'draft.fa')]);
  return true;
}

/** The page in a folder of its own, `/made/<name>/`, beside another config.json; `undefined` for none at all. */
export function hostFolder(host: Host, name: string, config: unknown): string {
  const folder = join(host.made, name);
  cpSync(dist, folder, { recursive: true, filter: (path) => config !== undefined || !path.endsWith('config.json') });
  if (config !== undefined) writeFileSync(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return `${host.origin}/made/${name}/`;
}

/** Bytes of the page's JavaScript heap that are in use, when what is not has been collected. */
export async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

/** Letters at random, the same for the same seed. */
function lettersFrom(seed: number): (length: number) => string {
  let state = seed;
  const letter = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return 'ACGT'[state >>> 30]!;
  };
  return (length) => Array.from({ length }, letter).join('');
}
