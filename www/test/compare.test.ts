// A region beside its counterpart in another sample: letters, places and columns agree with what the archive has.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import type { Comparison } from '../types/index.d.ts';
import { chained } from '../src/compare/chain.ts';
import { gapColumns } from '../src/compare/gap.ts';
import { AgcArchive } from '../src/index.ts';
import { ragc } from '../../tests/browser/harness.ts';

/** The root of the repository, put here when the tests are bundled. */
declare const REPOSITORY: string;

const wasm = readFileSync(join(REPOSITORY, 'www/dist/ragc.wasm'));

function open(file: string): Promise<AgcArchive> {
  return AgcArchive.open(new Blob([readFileSync(file)]), { wasm });
}

/** Numbers that look random and are the same in every run. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Archives of this project, and the golden ones where they are. */
function archives(): string[] {
  const found: string[] = [];
  for (const folder of [join(REPOSITORY, 'tests/data'), join(REPOSITORY, '../shared/golden')]) {
    const manifest = join(folder, 'manifest.tsv');
    if (!existsSync(manifest)) {
      console.log(`SKIPPED: ${folder} is not there`);
      continue;
    }
    const names = new Set(readFileSync(manifest, 'utf8').trimEnd().split('\n').slice(1).map((line) => line.split('\t')[0]!));
    found.push(...[...names].map((name) => join(folder, name)).filter(existsSync));
  }
  return found;
}

/** Holds a comparison against the letters of both samples. */
async function check(archive: AgcArchive, comparison: Comparison, what: string): Promise<void> {
  const { sample, other, contig, start, end, pieces } = comparison;
  const counts: Record<string, number> = { '=': 0, X: 0, I: 0, D: 0, alone: 0, otherAlone: 0 };
  let at = start;
  for (const piece of pieces) {
    assert.equal(piece.start, at, `${what}: pieces follow each other`);
    at = piece.end;
    assert.equal(piece.bases, await archive.sequence(sample, contig, piece.start, piece.end), what);
    if (piece.other) {
      const { contig, start, end, reverseComplement } = piece.other;
      assert.equal(piece.otherBases, await archive.sequence(other, contig, start, end, { reverseComplement }), `${what}: the other's letters`);
    } else assert.equal(piece.otherBases, '');
    if (piece.cigar === undefined) {
      counts.alone! += piece.bases.length;
      counts.otherAlone! += piece.otherBases.length;
      continue;
    }
    // The columns make the other's letters of ours.
    let [i, j, made] = [0, 0, ''];
    for (const [, count, column] of piece.cigar.matchAll(/(\d+)([=XID])/g)) {
      const n = Number(count);
      counts[column!]! += n;
      const [ours, theirs] = [piece.bases.slice(i, i + n), piece.otherBases.slice(j, j + n)];
      if (column === '=') made += ours;
      if (column === 'X') {
        assert.ok([...ours].every((letter, at) => letter !== theirs[at]), `${what}: ${ours} ${theirs}`);
        made += theirs;
      }
      if (column === 'I') made += theirs;
      if (column !== 'I') i += n;
      if (column !== 'D') j += n;
    }
    assert.equal(i, piece.bases.length, `${what}: ${piece.cigar}`);
    assert.equal(made, piece.otherBases, what);
  }
  assert.equal(at, end, `${what}: all of the region`);
  const { matches, substitutions, inserted, deleted, unaligned, otherUnaligned } = comparison;
  assert.deepEqual([matches, substitutions, inserted, deleted, unaligned, otherUnaligned], Object.values(counts), what);
}

test('random regions of random pairs of samples of every archive', async () => {
  let turnedPieces = 0;
  for (const file of archives()) {
    const archive = await open(file);
    const samples = await archive.samples();
    const throwDice = dice(samples.length);
    for (let i = 0; i < 25; i++) {
      const [sample, other] = [samples[throwDice(samples.length)]!, samples[throwDice(samples.length)]!];
      const contigs = await archive.contigs(sample);
      const contig = contigs[throwDice(contigs.length)];
      if (!contig) continue;
      const start = throwDice(contig.length + 1);
      const end = Math.min(contig.length, start + throwDice(20_000));
      const comparison = await archive.compare({ sample, contig: contig.index, start, end }, other);
      await check(archive, comparison, `${file} ${sample} ${contig.name}:${start}-${end} ${other}`);
      if (sample === other) assert.equal(comparison.matches, end - start, 'a sample is like itself');
      turnedPieces += comparison.pieces.filter(({ other }) => other?.reverseComplement).length;
    }
    archive.close();
  }
  assert.ok(turnedPieces > 0, 'some counterparts lie on the other strand');
});

/** A genome and relatives of it: single bases changed, pieces lost, gained, doubled, turned round, and runs of N. */
function relatives(count: number): string[][] {
  const throwDice = dice(11);
  const random = (length: number) => Array.from({ length }, () => 'ACGT'[throwDice(4)]).join('');
  const ancestor = [random(60_000), random(20_000)];
  const changed = (bases: string) => {
    let out = bases;
    for (let i = 0; i < 12; i++) {
      const [at, length] = [throwDice(out.length), 20 + throwDice(3000)];
      const piece = out.slice(at, at + length);
      const pieces = [random(length), '', piece + piece, turned(piece), 'N'.repeat(length / 10), random(8) + piece];
      out = out.slice(0, at) + pieces[throwDice(pieces.length)]! + out.slice(at + length);
    }
    return Array.from(out, (base) => (throwDice(150) ? base : 'ACGTRY'[throwDice(6)])).join('');
  };
  return Array.from({ length: count }, (_, i) => (i ? ancestor.map(changed) : ancestor));
}

const turned = (bases: string) => [...bases].reverse().map((base) => ({ A: 'T', C: 'G', G: 'C', T: 'A' })[base] ?? base).join('');

test('archives made by ragc and by the reference tool', { skip: ragc ? false : 'SKIPPED: no ragc binary (RAGC, or target/release/ragc)' }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ragc-compare-'));
  try {
    const files = relatives(5).map((contigs, i) => {
      const file = join(folder, `s${i}.fa`);
      // One has its chromosomes in another order, by other names, on the other strand.
      const named = i === 3 ? contigs.map(turned).reverse() : contigs;
      writeFileSync(file, named.map((bases, j) => `>${i === 3 ? 'tig' : 'chr'}${j + 1}\n${bases}\n`).join(''));
      return file;
    });
    const agc = process.env.AGC;
    if (!agc) console.log('SKIPPED: AGC names no C++ tool');
    const ways: [string, string[]][] = [[ragc!, ['create', '-q']], [ragc!, ['create', '-q', '--index', '-s', '3000']], ...(agc ? [[agc, ['create', '-s', '3000']] as [string, string[]]] : [])];
    for (const [program, options] of ways) {
      const file = join(folder, 'made.agc');
      execFileSync(program, [...options, '-o', file, ...files], { stdio: ['ignore', 'ignore', 'pipe'] });
      const archive = await open(file);
      const what = `${program} ${options.join(' ')}`;
      const sums = { matches: 0, bases: 0 };
      const throwDice = dice(5);
      for (const sample of await archive.samples()) {
        for (const other of await archive.samples()) {
          const contigs = await archive.contigs(sample);
          const { index, length } = contigs[throwDice(contigs.length)]!;
          for (const [start, end] of [[0, length], [throwDice(length), length], [length / 3, length / 3 + 500].map(Math.floor)] as [number, number][]) {
            const comparison = await archive.compare({ sample, contig: index, start, end }, other);
            await check(archive, comparison, `${what}: ${sample} ${index}:${start}-${end} ${other}`);
            sums.matches += comparison.matches;
            sums.bases += end - start;
          }
        }
      }
      archive.close();
      rmSync(file);
      // Half of what was changed is new sequence, and the reference tool shares fewer groups.
      assert.ok(sums.matches / sums.bases > (program === agc ? 0.4 : 0.7), `${what}: ${JSON.stringify(sums)}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what lies between blocks', () => {
  const text = (a: string, b: string) => gapColumns(a, b).join('');
  assert.equal(text('', ''), '');
  assert.equal(text('A', 'C'), 'X');
  assert.equal(text('ACGT', 'ACGT'), '====');
  assert.equal(text('', 'GG'), 'II');
  assert.equal(text('GG', ''), 'DD');
  assert.equal(text('ACG', 'TGA'), 'XXX');
  assert.equal(text('AAC', 'AATC'), '==I=');
  assert.equal(text('GATTACAGATTACA', 'GATTCAGATGACA'), '====D=====X===');
  assert.equal(text('AAAAAAAAAA', 'CCCCC'), 'IIIIIDDDDDDDDDD', 'what is not alike is not aligned');
  const long = Array.from({ length: 3000 }, (_, i) => 'ACGT'[(i * 7 + (i >> 3)) % 4]).join('');
  const other = `${long.slice(0, 1000)}${long.slice(1003, 2000)}T${long.slice(2000)}`;
  const columns = gapColumns(`C${long}G`, `G${other}A`);
  assert.ok(columns.filter((column) => column === '=').length > 2900, 'long gaps within a band');
  assert.ok(gapColumns('AC'.repeat(50_000), 'GT'.repeat(60_000)).every((column) => column !== 'X'), 'and not beyond it');
});

test('the best chain of blocks uses each base once', () => {
  const chain = chained([
    { a: 0, b: 0, length: 50 },
    { a: 40, b: 45, length: 30 },
    { a: 20, b: 300, length: 40 },
    { a: 70, b: 75, length: 5 },
    { a: 100, b: 10, length: 10 },
  ]);
  assert.deepEqual(chain, [{ a: 0, b: 0, length: 50 }, { a: 50, b: 55, length: 25 }]);
  assert.deepEqual(chained([]), []);
});
