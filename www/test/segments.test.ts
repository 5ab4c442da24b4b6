// Segments and sizes from the tables alone: they add up, are the same by an index, and say who founded a group.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { dist, ownArchives } from '../../tests/browser/harness.ts';
import * as ragc from '../src/index.ts';
import type { AgcArchive, SampleSegments } from '../types/index.d.ts';

const { reference, delta, raw, founder } = ragc.SegmentKind;
const wasm = new WebAssembly.Module(readFileSync(join(dist, 'ragc.wasm')));
const open = (file: string, index?: string): Promise<AgcArchive> =>
  ragc.AgcArchive.open(new Blob([readFileSync(file)]), { wasm, index: index === undefined ? false : new Blob([readFileSync(index)]) });

const ARCHIVES = ownArchives();
const TINY = ARCHIVES.find(({ path }) => path.endsWith('tiny.agc'))!;

/** All segments of all samples, sample by sample. */
async function all(archive: AgcArchive): Promise<{ sample: string; segments: SampleSegments }[]> {
  return Promise.all((await archive.samples()).map(async (sample) => ({ sample, segments: await archive.segments(sample, { founders: true }) })));
}

test('segments are those of the contigs: one behind the other, of their lengths', async () => {
  for (const { file, path } of ARCHIVES) {
    const archive = await open(file);
    let count = 0;
    for (const { sample, segments } of await all(archive)) {
      const { contigs, ends, starts, lengths, groups, entries, kinds, reversed } = segments;
      const listed = await archive.contigs(sample);
      assert.deepEqual([...contigs], listed.map(({ index }) => index));
      let j = 0;
      listed.forEach(({ length }, i) => {
        let at = 0;
        for (; j < ends[i]!; j++) {
          assert.equal(starts[j], at, `${path} ${sample} ${i}, segment ${j}`);
          at += lengths[j]!;
          assert.ok(reversed[j] === 0 || reversed[j] === 1);
          const isRaw = groups[j]! < 16;
          assert.equal(kinds[j] === raw, isRaw);
          if (!isRaw) assert.equal(kinds[j] === delta, entries[j]! > 0);
        }
        assert.equal(at, length);
      });
      for (const column of [starts, lengths, groups, entries, kinds, reversed]) assert.equal(column.length, j);
      count += j;
    }
    assert.ok(count > 0, path);
    archive.close();
  }
});

test('each group is founded by its first segment in the order of the archive, and by one sample only', async () => {
  let groups = 0;
  for (const { file, path } of ARCHIVES) {
    const archive = await open(file);
    const founders = new Map<number, string>();
    for (const { sample, segments } of await all(archive)) {
      segments.groups.forEach((group, i) => {
        if (group < 16) return;
        const first = !founders.has(group);
        if (first) founders.set(group, sample);
        const { [i]: kind } = segments.kinds;
        if (first) assert.equal(kind, founder, `${path} ${sample}: group ${group} begins with its reference`);
        else if (kind === founder) assert.equal(founders.get(group), sample, `${path}: ${sample} founded group ${group}`);
        else if (kind === reference) assert.notEqual(founders.get(group), sample);
      });
    }
    groups += founders.size;
    archive.close();
  }
  assert.ok(groups > 100, `${groups} groups`);
});

test('samples asked in any order, and for some contigs only, have the same segments', async () => {
  const { file } = ARCHIVES.find(({ path }) => path.endsWith('08-repeats.agc'))!;
  const [archive, other] = [await open(file), await open(file)];
  const inOrder = await all(archive);
  for (const { sample, segments } of inOrder.toReversed()) {
    assert.deepEqual(await other.segments(sample, { founders: true }), segments);
    const count = segments.contigs.length;
    const before = segments.ends[count - 2] ?? 0;
    const last = await other.segments(sample, { founders: true, contigs: [count - 1, 0] });
    assert.deepEqual([...last.contigs], [count - 1, 0]);
    const mine = segments.groups.length - before;
    assert.deepEqual([...last.ends], [mine, mine + segments.ends[0]!]);
    for (const name of ['starts', 'lengths', 'groups', 'entries', 'reversed', 'kinds'] as const) {
      assert.deepEqual([...last[name]], [...segments[name].slice(before), ...segments[name].slice(0, segments.ends[0])], name);
    }
    const { kinds } = await other.segments(sample);
    assert.deepEqual(kinds, segments.kinds.map((kind) => (kind === founder ? reference : kind)));
  }
  const { sample } = inOrder[0]!;
  const names = (await archive.contigs(sample)).map(({ name }) => name);
  assert.deepEqual(await archive.segments(sample, { contigs: names, founders: true }), inOrder[0]!.segments);
  await assert.rejects(archive.segments('nobody'), ragc.NotFoundError);
  await assert.rejects(archive.segments(sample, { contigs: ['nothing'] }), ragc.NotFoundError);
  const aborted = new AbortController();
  const leaving = (await open(file)).segments(inOrder.at(-1)!.sample, { founders: true, signal: aborted.signal });
  aborted.abort();
  await assert.rejects(leaving, (error) => ragc.isAbort(error));
});

test('an index tells the same segments and sizes, without the tables', async () => {
  const index = join(TINY.file, '../index/tiny.agc.ragi');
  assert.ok(existsSync(index));
  const [plain, indexed] = [await open(TINY.file), await open(TINY.file, index)];
  assert.equal(indexed.info.index, 'beside');
  assert.deepEqual(await all(indexed), await all(plain));
  // By ranks the numbers of groups differ, one for one, and all else is the same.
  const ranks = new Map<number, number>();
  for (const archive of [plain, await open(TINY.file, index)]) {
    for (const { sample, segments } of await all(plain)) {
      const ranked = await archive.segments(sample, { founders: true, ranks: true });
      assert.deepEqual({ ...ranked, groups: segments.groups }, segments);
      if (archive === plain) assert.deepEqual(ranked.groups, segments.groups, 'without an index they are the groups');
      else segments.groups.forEach((group, i) => assert.equal(ranked.groups[i], ranks.set(group, ranks.get(group) ?? ranked.groups[i]!).get(group)));
    }
  }
  assert.equal(new Set(ranks.values()).size, ranks.size);
  const { allTables, ...sizes } = await plain.sizes();
  const { allTables: inIndex, ...indexedSizes } = await indexed.sizes();
  assert.deepEqual(indexedSizes, sizes);
  assert.ok(allTables > 0 && inIndex > 0);
  assert.deepEqual(await indexed.sampleBytes(), await plain.sampleBytes());
});

test('sizes add up to the archive, and what samples take to its references and packs', async () => {
  for (const { file, path } of ARCHIVES) {
    const archive = await open(file);
    const { allTables, ...sizes } = await archive.sizes();
    const sum = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
    assert.equal(sum, archive.info.size, path);
    assert.ok(allTables <= sizes.tables);
    const bytes = await archive.sampleBytes();
    assert.equal(bytes.length, archive.info.sampleCount);
    const taken = bytes.reduce((sum, bytes) => sum + bytes, 0);
    // Packs of raw groups that nobody uses hold a dummy.
    assert.ok(taken <= sizes.references + sizes.deltas + sizes.raw + 1e-6 && taken >= sizes.references + sizes.deltas - 1e-6, `${path}: ${taken} of ${JSON.stringify(sizes)}`);
    assert.ok(bytes[0]! > 0);
    archive.close();
  }
});
