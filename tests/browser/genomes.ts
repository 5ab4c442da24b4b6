// Genomes made up here, and archives of them.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { ragc, type Host } from './harness.ts';

/** Compresses genomes into `/made/<name>`; `false`, said aloud, without the binary. */
export function make(t: TestContext, host: Host, name: string, genomes: Map<string, string>, options: readonly string[] = []): boolean {
  if (!ragc) {
    console.log('SKIPPED: no ragc binary (RAGC, or target/release/ragc)');
    t.skip('no ragc binary');
    return false;
  }
  const folder = join(host.made, `${name}.genomes`);
  mkdirSync(folder);
  const files = [...genomes].map(([sample, fasta]) => {
    const file = join(folder, `${sample}.fa`);
    writeFileSync(file, fasta);
    return file;
  });
  writeFileSync(join(folder, 'list'), files.slice(1).join('\n'));
  execFileSync(ragc, ['create', ...options, '-o', join(host.made, name), '-i', join(folder, 'list'), files[0]!], { stdio: ['ignore', 'ignore', 'inherit'] });
  return true;
}

/** Numbers from 0 to 1, the same every time: mulberry32. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const letters = (length: number, next: () => number) => Array.from({ length }, () => 'ACGT'[Math.floor(next() * 4)]).join('');
export const fasta = (name: string, bases: string) => `>${name}\n${bases.replace(/.{80}/g, '$&\n')}${bases.length % 80 ? '\n' : ''}`;
