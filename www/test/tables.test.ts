// What the page's tables list, and what a config.json may say: the parts that draw nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ConfigError, onlyOf, parseConfig } from '../src/page/config.ts';
import { archiveLink, parseArchive } from '../src/page/link.ts';
import { groupsOf, stemOf } from '../src/page/pansn.ts';
import { naturalKey, Rows } from '../src/page/rows.ts';

interface Item {
  name: string;
  bases: number;
}

function rowsOf(items: readonly Item[], signs: 1 | 2 = 1): Rows<Item> {
  const rows = new Rows<Item>({ name: ({ name }) => name, numbers: { bases: ({ bases }) => bases }, signs });
  rows.setItems(items);
  return rows;
}

/** Rows as text: groups in brackets. */
function listed(rows: Rows<Item>): string[] {
  return Array.from({ length: rows.count }, (_, at) => {
    const row = rows.at(at)!;
    return 'group' in row ? `[${rows.titles[row.group]}]` : rows.items[row.item]!.name;
  });
}

const HAPLOTYPES: Item[] = [
  { name: 'HG10#1', bases: 5 },
  { name: 'CHM13', bases: 7 },
  { name: 'HG2#2', bases: 1 },
  { name: 'HG10#2', bases: 1 },
  { name: 'HG2#1', bases: 2 },
  { name: 'GRCh38#0', bases: 9 },
];

test('what PanSN names have in common', () => {
  assert.equal(stemOf('HG002#1', 1), 'HG002');
  assert.equal(stemOf('HG002#1#chr1', 2), 'HG002#1');
  assert.equal(stemOf('HG002#1#chr#1', 2), 'HG002#1');
  for (const name of ['HG002', '#1', 'HG002#', '']) assert.equal(stemOf(name, 1), undefined, name);
  for (const name of ['chr1', 'HG002#1', 'a#1#']) assert.equal(stemOf(name, 2), undefined, name);
});

test('one name is no group, and all names are none', () => {
  assert.deepEqual(groupsOf(['a#1', 'b#1', 'a#2', 'c'], 1), { groups: Int32Array.of(0, -1, 0, -1), titles: ['a'] });
  assert.deepEqual(groupsOf(['a#1#x', 'a#1#y'], 2).titles, []);
});

test('groups stand where their first member does, and hold the others', () => {
  assert.deepEqual(listed(rowsOf(HAPLOTYPES)), ['[HG10]', 'HG10#1', 'HG10#2', 'CHM13', '[HG2]', 'HG2#2', 'HG2#1', 'GRCh38#0']);
});

test('sorting by name is as people do it, by number by what groups add up to', () => {
  const rows = rowsOf(HAPLOTYPES);
  rows.sort({ by: 'name', descending: false });
  assert.deepEqual(listed(rows), ['CHM13', 'GRCh38#0', '[HG2]', 'HG2#1', 'HG2#2', '[HG10]', 'HG10#1', 'HG10#2']);
  rows.sort({ by: 'bases', descending: true });
  assert.deepEqual(listed(rows), ['GRCh38#0', 'CHM13', '[HG10]', 'HG10#1', 'HG10#2', '[HG2]', 'HG2#1', 'HG2#2']);
  rows.sort({ by: 'bases', descending: false });
  assert.deepEqual(listed(rows).slice(0, 3), ['[HG2]', 'HG2#2', 'HG2#1']);
  assert.equal(rows.sum(rows.groupOf(2), 'bases'), 3);
  assert.equal(rows.largest('bases'), 9);
  rows.sort(undefined);
  assert.equal(listed(rows)[0], '[HG10]');
});

test('the filter takes words in any order, and looks into closed groups', () => {
  const rows = rowsOf(HAPLOTYPES);
  rows.toggleAll();
  assert.deepEqual(listed(rows), ['[HG10]', 'CHM13', '[HG2]', 'GRCh38#0']);
  rows.filter(' #2  HG1');
  assert.deepEqual(listed(rows), ['[HG10]', 'HG10#2']);
  assert.equal(rows.sum(rows.groupOf(0), 'bases'), 1, 'a sum is that of what is listed');
  rows.filter('');
  assert.equal(rows.count, 4);
  rows.setOpen(rows.groupOf(2), true);
  assert.deepEqual(listed(rows), ['[HG10]', 'CHM13', '[HG2]', 'HG2#2', 'HG2#1', 'GRCh38#0']);
});

test('first letters find names from a row on and around, and what follows the group', () => {
  const rows = rowsOf([{ name: 's#1#chr1', bases: 1 }, { name: 's#1#chr2', bases: 1 }, { name: 's#2#chr2', bases: 1 }, { name: 's#2#x', bases: 1 }], 2);
  assert.deepEqual(listed(rows), ['[s#1]', 's#1#chr1', 's#1#chr2', '[s#2]', 's#2#chr2', 's#2#x']);
  assert.equal(rows.find('CHR2', 0), 2);
  assert.equal(rows.find('chr2', 3), 4);
  assert.equal(rows.find('chr1', 3), 1);
  assert.equal(rows.find('s#2', 0), 3);
  assert.equal(rows.find('nothing', 0), -1);
});

test('the key of a name sorts as a collator that knows numbers', () => {
  const names = ['chr1', 'chr2', 'chr10', 'chr09', 'Chr3', 'chrX', 'chr', 'a10b2', 'a10b10', 'a9b99', '', '10', '9', '000', `n${'9'.repeat(20)}`, `n1${'0'.repeat(20)}`];
  const key = (name: string) => naturalKey(name);
  const collator = new Intl.Collator('en', { numeric: true });
  const sorted = [...names].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  assert.deepEqual(sorted, [...names].sort(collator.compare));
});

test('config.json: what may be in it, and the place of what may not', () => {
  const config = { title: 'T', archives: [{ name: 'A', url: 'a.agc', index: 'https://x.example/a.agc.ragi', text: 't' }], links: [{ text: 'L', url: 'mailto:a@example.org' }] };
  assert.deepEqual(parseConfig(config), config);
  assert.deepEqual(parseConfig({}), { archives: [], links: [] });
  assert.equal(onlyOf(parseConfig(config))?.url, 'a.agc');
  assert.equal(onlyOf(parseConfig({})), undefined);
  const wrong: [value: unknown, words: RegExp][] = [
    [null, /^config\.json: an object expected, null found\.$/],
    [{ text: 5 }, /^text: a text expected, a number found\.$/],
    [{ archives: {} }, /^archives: a list expected, an object found\.$/],
    [{ archives: [{ name: ' ', url: 'a' }] }, /^archives\[0\]\.name: a text expected, an empty one found\.$/],
    [{ archives: [{ name: 'A', url: 'ftp://x/a.agc' }] }, /^archives\[0\]\.url: "ftp:.*" is no http or https address\.$/],
    [{ archives: [{ name: 'A', url: 'a', file: 'b' }] }, /^archives\[0\]: no such key as "file"; there are name, url, index, text\.$/],
    [{ links: ['x'] }, /^links\[0\]: an object expected, a string found\.$/],
  ];
  for (const [value, words] of wrong) assert.throws(() => parseConfig(value), (error: Error) => error instanceof ConfigError && words.test(error.message), JSON.stringify(value));
});

test('a link names an archive and the index beside it', () => {
  for (const link of [{ url: 'a b.agc' }, { url: 'https://x.example/a.agc?token=1&x=2', index: 'a.agc.ragi' }]) assert.deepEqual(parseArchive(archiveLink(link)), link);
  assert.equal(parseArchive(''), undefined);
});
