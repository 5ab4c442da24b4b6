// Names that are offered for one that is not there.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nearNames } from '../src/near.ts';

const SAMPLES = ['HG00438.1', 'HG00438.2', 'NA12878', 'CHM13'];

for (const [wanted, names, near] of [
  ['hg00438.1', SAMPLES, ['HG00438.1', 'HG00438.2']],
  ['CHM31', SAMPLES, ['CHM13']],
  ['NA1287', SAMPLES, ['NA12878']],
  ['yeast', SAMPLES, []],
  ['', SAMPLES, []],
  ['1', ['chr1', 'chr2', 'chrX'], ['chr1']],
  ['chr1', ['1', '2'], ['1']],
  ['chr1', ['HG002#1#chr1', 'HG002#1#chr10', 'chr1.2'], ['HG002#1#chr1', 'chr1.2']],
  ['HG002#1#chr1', ['chr1', 'chr2'], ['chr1']],
  ['a', ['a', 'a', 'b'], ['a', 'b']],
] as const) {
  test(`near ${JSON.stringify(wanted)}: ${near.join(', ') || 'nothing'}`, () => assert.deepEqual(nearNames(wanted, names), near));
}

test('a search among very many long names takes no time to speak of', () => {
  const names = Array.from({ length: 2_000_000 }, (_, i) => `${'scaffold_of_the_assembly_'.repeat(4)}${i}`);
  const started = performance.now();
  nearNames(`${'scaffold_of_the_assembly_'.repeat(4)}x`, names);
  assert.ok(performance.now() - started < 5000);
});
