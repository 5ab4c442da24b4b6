// What the sequence pane makes of what is typed and of letters, without a document.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ComparedPiece, Comparison, Contig } from '../types/index.d.ts';
import { record } from '../src/page/sequence/clipboard.ts';
import { countBases, gcShare } from '../src/page/sequence/composition.ts';
import { parseLocus, parsePosition } from '../src/page/sequence/locus.ts';
import { differencesOf, partsOf, positionAt } from '../src/page/sequence/parts.ts';
import { reverseComplement } from '../src/strand.ts';
import { identity } from '../src/page/sequence/summary.ts';

const contigs: Contig[] = [['chr1', 2_000_000], ['chr2', 500], ['HLA-A*01:01', 3000], ['odd:1-2', 100]].map(([name, length], index) => ({ index, name: String(name), header: `${name} of a test`, length: Number(length) }));
const now = { from: 1, to: 3000 };

test('positions as people write them', () => {
  const written: Record<string, number> = { '1': 1, ' 1,234 567 ': 1234567, '12k': 12_000, '1.5M': 1_500_000, '2.3m': 2_300_000, '1Gbp': 1e9, '1.0001k': NaN, '5bp': 5 };
  for (const [text, number] of Object.entries(written)) assert.equal(parsePosition(text), Number.isNaN(number) ? undefined : number, text);
  for (const wrong of ['', '-1', '1.5', '1e3', 'x', 'k', '99999999999999999999']) assert.equal(parsePosition(wrong), undefined, wrong);
});

test('a locus is positions, a contig, or both', () => {
  const goals: Record<string, [contig: string, from?: number, to?: number, reverse?: boolean]> = {
    '1,000-2,000': ['chr1', 1000, 2000],
    '1k..2k': ['chr1', 1000, 2000],
    '1.5M to 1.6M': ['chr1', 1_500_000, 1_600_000],
    'chr2:100-200': ['chr2', 100, 200],
    'chr2 : 100 - 200 (-)': ['chr2', 100, 200, true],
    'chr1:5000-6000(+)': ['chr1', 5000, 6000, false],
    'chr1:1M': ['chr1', 998_500, 1_001_499],
    '1': ['chr1', 1, 3000],
    'chr2:250': ['chr2', 1, 500],
    'chr2': ['chr2'],
    'HLA-A*01:01': ['HLA-A*01:01'],
    'HLA-A*01:01:5-10': ['HLA-A*01:01', 5, 10],
    'odd:1-2': ['odd:1-2'],
    'odd:1-2:3-4': ['odd:1-2', 3, 4],
    'chr2:400-999,999': ['chr2', 400, 999_999],
  };
  for (const [text, [contig, from, to, reverse]] of Object.entries(goals)) {
    const goal = parseLocus(text, contigs, contigs[0]!, now);
    assert.ok(typeof goal !== 'string', `${text}: ${String(goal)}`);
    assert.deepEqual([goal.contig.name, goal.window?.from, goal.window?.to, goal.reverse], [contig, from, to, reverse], text);
  }
  const wrong: Record<string, RegExp> = { '': /Type positions/, '0-5': /count from 1/, '9-5': /before it starts/, '3M': /ends at 2,000,000/, '1-x': /whole numbers/, '1-2-3': /whole numbers/, 'chr3:1-2': /no contig “chr3”; near it are chr1, chr2/, nothing: /no contig “nothing”\./ };
  for (const [text, words] of Object.entries(wrong)) assert.match(String(parseLocus(text, contigs, contigs[0]!, now)), words, text);
});

test('bases are counted', () => {
  const counts = countBases('AACGTNNRYa');
  assert.deepEqual(counts, { A: 2, C: 1, G: 1, T: 1, N: 2, other: 3 });
  assert.equal(gcShare(counts), 2 / 5);
  assert.equal(gcShare(countBases('NNN')), undefined);
});

test('the other strand', () => {
  assert.equal(reverseComplement('AACG-TRYN'), 'NRYA-CGTT');
  assert.equal(reverseComplement(''), '');
});

test('records have lines of 80 letters', () => {
  assert.equal(record('x', 'A'.repeat(161)), `>x\n${'A'.repeat(80)}\n${'A'.repeat(80)}\nA\n`);
});

const other = { contig: 0, name: 'c', start: 100, end: 108, reverseComplement: true };
const aligned: ComparedPiece = { start: 10, end: 18, bases: 'ACGTACGT', otherBases: 'ACGAATTT', other, cigar: '3=1X1=2D1I1=1I' };
const alone: ComparedPiece = { start: 18, end: 20, bases: 'GG', otherBases: '' };
const comparison: Comparison = { sample: 's', other: 't', contig: 0, start: 10, end: 20, pieces: [aligned, alone], matches: 5, substitutions: 1, inserted: 2, deleted: 2, unaligned: 2, otherUnaligned: 0 };

test('a comparison is put on the screen, forward and reverse', () => {
  const [pair, rest] = partsOf(comparison, false);
  assert.deepEqual([pair!.ours.letters, pair!.theirs.letters], ['ACGTACG-T-', 'ACGAA--TTT']);
  assert.deepEqual([pair!.ours.first, pair!.ours.step, pair!.theirs.first, pair!.theirs.step], [11, 1, 108, -1]);
  assert.deepEqual([rest!.aligned, rest!.ours.first, rest!.other], [false, 19, undefined]);
  assert.deepEqual(differencesOf([pair!, rest!]), [{ part: 0, start: 3, end: 4 }, { part: 0, start: 5, end: 8 }, { part: 0, start: 9, end: 10 }, { part: 1, start: 0, end: 2 }]);
  assert.equal(positionAt(pair!.ours, 9), 19);
  assert.equal(positionAt(pair!.theirs, 8), 102);

  const [first, turned] = partsOf(comparison, true);
  assert.deepEqual([first!.aligned, first!.ours.first, first!.ours.step], [false, 20, -1]);
  assert.deepEqual([turned!.ours.letters, turned!.theirs.letters], ['-A-CGTACGT', 'AAA--TTCGT']);
  assert.deepEqual([turned!.ours.first, turned!.ours.step, turned!.theirs.first, turned!.theirs.step], [18, -1, 101, 1]);
  assert.equal(identity(comparison), 0.5);
});
