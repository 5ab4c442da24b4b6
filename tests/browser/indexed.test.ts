// Archives with an index, in them or beside them, read over HTTP as the package reads them: which answers, in how many
// rounds. RAGC names the binary that makes them; without one this is skipped aloud.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { AgcArchive, NotFoundError, AmbiguousContigError, StaleIndexError } from '../../www/src/index.ts';
import { root, startHost, type Host } from './harness.ts';
import { wasm } from './subject.ts';

const ragc = [process.env.RAGC, join(root, 'target/release/ragc')].find((path) => path && existsSync(path));
const skip = ragc ? false : 'no ragc binary';
if (skip) console.log('SKIPPED: no ragc binary (RAGC, or target/release/ragc)');

const SAMPLES = 60;
const BASES = 120_000;
const module = new WebAssembly.Module(wasm());

let host: Host;
/** By sample and contig. */
const genomes = new Map<string, Map<string, string>>();
before(async () => {
  host = await startHost();
  if (!ragc) return;
  const run = (...args: string[]) => execFileSync(ragc, args, { cwd: host.made, stdio: ['ignore', 'ignore', 'pipe'] });
  mkdirSync(join(host.made, 'genomes'));
  const ancestor = letters(BASES);
  for (let i = 0; i < SAMPLES; i++) {
    const sample = `sample_${String(i).padStart(2, '0')}`;
    const contigs = new Map([['chr1', mutated(ancestor, i)], ['chr2', mutated(ancestor.slice(0, 30_000), i * 7 + 1)]]);
    genomes.set(sample, contigs);
    writeFileSync(join(host.made, `genomes/${sample}.fa`), [...contigs].map(([name, bases]) => `>${name} of ${sample}\n${bases}\n`).join(''));
  }
  const files = [...genomes.keys()].map((sample) => `genomes/${sample}.fa`);
  run('create', '--index', '-s', '2000', '-o', 'within.agc', ...files);
  run('create', '-s', '2000', '--no-index', '-o', 'without.agc', ...files);
  run('index', 'without.agc');
});
after(() => host?.stop());

/** Numbers that are the same every time. */
let state = 7;
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}
const letters = (length: number) => Array.from({ length }, () => 'ACGT'[random(4)]).join('');
function mutated(bases: string, times: number): string {
  const own = [...bases];
  for (let i = 0; i < times * 3; i++) own[random(own.length)] = 'ACGT'[random(4)]!;
  return own.join('');
}

const address = (file: string) => `${host.origin}/made/${file}`;
const open = (file: string, index?: string | false) => AgcArchive.open(address(file), { wasm: module, ...(index !== undefined && { index: index && address(index) }) });

for (const [name, file, index, use] of [
  ['in the archive', 'within.agc', undefined, 'embedded'],
  ['beside the archive', 'without.agc', 'without.agc.ragi', 'beside'],
  ['there, but not wanted', 'within.agc', false, 'none'],
  ['nowhere', 'without.agc', undefined, 'none'],
] as const) {
  test(`an index ${name}: every answer is the same`, { skip }, async () => {
    const archive = await open(file, index);
    assert.equal(archive.info.index, use);
    assert.deepEqual([archive.info.sampleCount, archive.info.reference], [SAMPLES, 'sample_00']);
    assert.deepEqual(await archive.samples({ from: 20, count: 3 }), ['sample_20', 'sample_21', 'sample_22']);
    assert.deepEqual(await archive.samples(), [...genomes.keys()]);
    for (const [sample, contigs] of [...genomes].filter((_, i) => i % 13 === 3)) {
      const bases = contigs.get('chr1')!;
      assert.equal(await archive.sequence(sample, 'chr1', 5000, 15_000), bases.slice(5000, 15_000), 'before its table is read');
      assert.equal(await archive.sequence(sample, 'chr1', BASES - 10, BASES + 10), bases.slice(-10), 'an end past the contig');
      assert.deepEqual((await archive.contigs(sample)).map(({ header, length }) => [header, length]), [...contigs].map(([name, { length }]) => [`${name} of ${sample}`, length]));
      for (const [contig, bases] of contigs) {
        assert.ok((await archive.sequence(sample, contig)) === bases);
        assert.equal(await archive.sequence(sample, `${contig} of ${sample}`, 77, 99), bases.slice(77, 99));
      }
      assert.equal(await archive.sequence(null, `chr2 of ${sample}`, 100, 120), contigs.get('chr2')!.slice(100, 120));
    }
    const regions = [...genomes].slice(30, 50).map(([sample]) => ({ sample, contig: 'chr2', start: 1000, end: 1500 }));
    assert.deepEqual(await archive.sequences(regions), regions.map(({ sample }) => genomes.get(sample)!.get('chr2')!.slice(1000, 1500)));
    assert.equal((await archive.locate('chr2')).length, SAMPLES);
    const fresh = await open(file, index);
    await assert.rejects(fresh.sequence('sample_03', 'chr3', 0, 10), (error) => error instanceof NotFoundError && error.candidates.includes('chr1'));
    await assert.rejects(fresh.sequence('smaple_03', 'chr1', 0, 10), (error) => error instanceof NotFoundError && error.kind === 'sample' && error.candidates.includes('sample_03'));
    await assert.rejects(fresh.sequence('sample_04', 'chr1', BASES + 1, BASES + 2), RangeError);
    await assert.rejects(fresh.sequence('sample_05', 2, 0, 10), NotFoundError);
    await assert.rejects(fresh.sequence(null, 'chr1', 0, 10), AmbiguousContigError);
  });
}

for (const [file, index] of [['within.agc', undefined], ['without.agc', 'without.agc.ragi']] as const) {
  test(`${file}: first bases in four rounds, those of another sample in two`, { skip }, async () => {
    const archive = await open(file, index);
    const rounds = async (ask: () => Promise<unknown>) => {
      const { rounds } = archive.stats;
      await ask();
      return archive.stats.rounds - rounds;
    };
    const first = archive.stats.rounds + (await rounds(() => archive.samples({ count: 100 }))) + (await rounds(() => archive.sequence('sample_17', 'chr1', 50_000, 60_000)));
    assert.ok(first <= 4, `${first} rounds`);
    assert.ok(archive.stats.bytesFetched <= 300_000, `${archive.stats.bytesFetched} bytes`);
    const second = await rounds(() => archive.sequence('sample_44', 'chr1', 80_000, 90_000));
    assert.ok(second <= 2, `${second} rounds`);
  });
}

test('an index of another archive is refused', { skip }, async () => {
  await assert.rejects(open('within.agc', 'without.agc.ragi'), (error) => error instanceof StaleIndexError && /ragc index/.test(error.message));
  writeFileSync(join(host.made, 'text.ragi'), 'no index at all '.repeat(100));
  await assert.rejects(open('without.agc', 'text.ragi'), /text\.ragi|without\.agc/);
  assert.ok(readFileSync(join(host.made, 'without.agc.ragi')).length > 1000);
});
