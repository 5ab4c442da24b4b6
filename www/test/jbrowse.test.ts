// What contigs are called in JBrowse beside their names.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { refNameAliases } from '../packages/jbrowse-plugin-agc/src/names.ts';

const aliases = (...headers: string[]) => Object.fromEntries(refNameAliases(new Map(headers.map((header) => [header.split(' ')[0]!, { header }]))).map(({ refName, aliases }) => [refName, aliases]));

test('whole header lines and the last part of PanSN names mean a contig', () => {
  assert.deepEqual(aliases('HG002#1#chr1 a text', 'HG002#1#chr2', 'chrM'), { 'HG002#1#chr1': ['HG002#1#chr1 a text', 'chr1'], 'HG002#1#chr2': ['chr2'] });
  assert.deepEqual(aliases('a#b#c#d', 'a#b', '#1#x'), { 'a#b#c#d': ['c#d'] });
});

test('an alias means one contig, and no contig by its own name is taken for another', () => {
  assert.deepEqual(aliases('A#1#chr1', 'B#1#chr1'), {});
  assert.deepEqual(aliases('A#1#chr1', 'chr1 of another'), { chr1: ['chr1 of another'] });
});
