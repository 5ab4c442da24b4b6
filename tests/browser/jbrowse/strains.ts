// The archive that JBrowse shows in the tests: strains of a simulated genome, named as pangenomes name them.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SAMPLES = ['reference', 'strain01', 'strain03', 'strain07'];
const BASES = { chr1: 1_200_000, chr2: 300_000 };

/** Writes `strains.agc`, with an index, and `plain.agc`, without one, into `folder`. */
export function makeStrains(ragc: string, folder: string): void {
  const ancestors = Object.entries(BASES).map(([name, length]) => [name, letters(length)] as const);
  const files = SAMPLES.map((sample, i) => {
    const records = ancestors.map(([name, bases]) => `>${sample}#1#${name} simulated, number ${i}\n${mutated(bases, i * 400)}\n`);
    writeFileSync(join(folder, `${sample}.fa`), records.join(''));
    return `${sample}.fa`;
  });
  const create = (...args: string[]) => execFileSync(ragc, ['create', '-q', ...args, ...files], { cwd: folder });
  create('--index', '-o', 'strains.agc');
  create('--no-index', '-o', 'plain.agc');
}

/** Letters from `start` to `end` of a contig, counted from 1 with both ends included, as the native reader has them. */
export function lettersIn(ragc: string, archive: string, sample: string, contig: string, start: number, end: number): string {
  const [, ...lines] = execFileSync(ragc, ['getctg', archive, `${contig}@${sample}:${start - 1}-${end - 1}`], { encoding: 'utf8' }).split('\n');
  return lines.join('');
}

/** Numbers that are the same every time. */
let state = 11;
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

function letters(length: number): string {
  return Array.from({ length }, () => 'ACGT'[random(4)]).join('');
}

/** Other letters here and there, and one in each hundred of the first 100 kb, where the tests look. */
function mutated(bases: string, times: number): string {
  const own = [...bases];
  for (let i = 0; i < times; i++) own[random(own.length)] = 'ACGT'[random(4)]!;
  for (let i = times ? 31 : 100_000; i < 100_000; i += 100) own[i] = own[i] === 'A' ? 'C' : 'A';
  return own.join('');
}
