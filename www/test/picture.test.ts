// The picture of the collection without a browser: where contigs lie, what is in each column, which rows are read when.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shifted, zoomed } from '../src/page/collection/frame.ts';
import { Rows } from '../src/page/collection/rows.ts';
import { nameWithin, Scale } from '../src/page/collection/scale.ts';
import { KINDS, sharesOf } from '../src/page/collection/shares.ts';
import { rangeOf, spotAt, tell } from '../src/page/collection/spot.ts';
import { basesByKind } from '../src/page/collection/summary.ts';
import { windowOf } from '../src/page/collection/control.ts';
import { SegmentKind } from '../src/index.ts';
import type { Contig, SampleSegments } from '../types/index.d.ts';

const { reference, delta, raw, founder } = SegmentKind;

const contigsOf = (...all: [string, number][]): Contig[] => all.map(([name, length], index) => ({ index, name, header: name, length }));

/** Segments given contig by contig, as length and kind. */
function segmentsOf(...contigs: [number, number][][]): SampleSegments {
  const all = contigs.flat();
  const count = all.length;
  const starts = contigs.flatMap((segments) => segments.map((_, i) => segments.slice(0, i).reduce((sum, [length]) => sum + length, 0)));
  return {
    contigs: Uint32Array.from(contigs.keys()),
    ends: Uint32Array.from(contigs, (_, i) => contigs.slice(0, i + 1).flat().length),
    starts: Float64Array.from(starts),
    lengths: Uint32Array.from(all, ([length]) => length),
    groups: Uint32Array.from({ length: count }, (_, i) => 16 + i),
    entries: Uint32Array.from(all, ([, kind]) => (kind === delta ? 3 : 0)),
    reversed: new Uint8Array(count),
    kinds: Uint8Array.from(all, ([, kind]) => kind),
  };
}

test('contigs of one name lie below each other, others behind them or in their own order', () => {
  const scale = new Scale(contigsOf(['a#1#chr1', 1000], ['a#1#chr2', 500], ['a#1#tiny', 1]));
  assert.deepEqual(scale.columns.map(({ name }) => name), ['chr1', 'chr2']);
  const [chr1, chr2] = scale.columns;
  assert.ok(chr2!.at > 1000);
  const before = scale.width;
  assert.equal(scale.fit(contigsOf(['b#1#chr2', 400], ['b#1#chr1', 900])), false, 'there is room');
  const placed = scale.place(contigsOf(['b#1#chr2', 400], ['b#1#chr1', 900], ['b#1#x', 0], ['b#1#y', 5]));
  assert.deepEqual([...placed.contigs], [1, 0, 3], 'by place; an empty contig is nowhere');
  assert.deepEqual([...placed.starts].slice(0, 2), [chr1!.at, chr2!.at]);
  assert.ok(placed.starts[2]! >= chr2!.at + 500);
  assert.equal(scale.fit(contigsOf(['c#1#chr1', 1500])), true, 'a longer one needs more');
  assert.ok(scale.width > before && chr2!.at > 1500);
  const strange = scale.place(contigsOf(['z1', 10], ['z2', 700], ['z3', 5]));
  assert.deepEqual([[...strange.contigs], [...strange.starts]], [[0, 1, 2], [0, 10, 710]]);
  const draft = new Scale(Array.from({ length: 1000 }, (_, i) => contigsOf([`c${i}`, 10])[0]!));
  assert.equal(draft.columns.length, 0);
  assert.equal(nameWithin('HG002#1#chr1'), 'chr1');
});

test('columns have what is in them, and sum up to where contigs end', () => {
  const segments = segmentsOf([[40, founder], [5, delta], [55, reference]], [[30, raw]]);
  const placed = { contigs: Uint32Array.of(0, 1), starts: Float64Array.of(0, 200) };
  const shares = sharesOf(segments, placed, { from: 0, to: 400 }, 40);
  const column = (x: number) => Array.from(shares.subarray(x * KINDS, (x + 1) * KINDS), (share) => Number(share.toFixed(3)));
  assert.deepEqual(column(0), [0, 0, 0, 1]);
  assert.deepEqual(column(4), [0.5, 0.5, 0, 0]);
  assert.deepEqual(column(9), [1, 0, 0, 0]);
  assert.deepEqual(column(10), [0, 0, 0, 0]);
  assert.deepEqual(column(22), [0, 0, 1, 0]);
  assert.deepEqual(column(23), [0, 0, 0, 0]);
  for (const view of [{ from: 13, to: 222 }, { from: 44, to: 46 }, { from: 0, to: 1e6 }]) {
    const width = 57;
    const zoomedIn = sharesOf(segments, placed, view, width);
    const bases = [0, 1, 2, 3].map((kind) => zoomedIn.reduce((sum, share, i) => sum + (i % KINDS === kind ? share : 0), 0) * ((view.to - view.from) / width));
    const within = (at: number, length: number) => Math.max(0, Math.min(view.to, at + length) - Math.max(view.from, at));
    const wanted = [within(45, 55), within(40, 5), within(200, 30), within(0, 40)];
    bases.forEach((sum, kind) => assert.ok(Math.abs(sum - wanted[kind]!) < 1e-2, `${JSON.stringify(view)}, kind ${kind}: ${sum}, not ${wanted[kind]}`));
  }
  assert.deepEqual(basesByKind({ contigs: [], segments, founders: true, ranks: false }), [55, 5, 30, 40]);
});

test('a spot is a contig, a segment and a base; long segments are shown about it', () => {
  const contigs = contigsOf(['chr1', 100], ['chr2', 30_000]);
  const table = { contigs, segments: segmentsOf([[40, founder], [60, delta]], [[30_000, reference]]), founders: true, ranks: false };
  const placed = { contigs: Uint32Array.of(0, 1), starts: Float64Array.of(0, 200) };
  const spot = spotAt(7, table, placed, 40)!;
  assert.deepEqual([spot.row, spot.contig.name, spot.segment, spot.base], [7, 'chr1', 1, 40]);
  assert.deepEqual(rangeOf(table, spot), { start: 40, end: 100 });
  assert.deepEqual(tell('s', table, spot), { where: 's · chr1 · 41 of 100', what: 'Segment 41–100, 60 bases: delta 3 of group 17' });
  assert.match(tell('s', table, spotAt(7, table, placed, 0)!).what, /new, the reference of group 16/);
  assert.match(tell('s', { ...table, ranks: true }, spot).what, /: delta 3 of its group$/);
  assert.equal(spotAt(7, table, placed, 100), undefined);
  assert.equal(spotAt(7, table, placed, -1), undefined);
  assert.deepEqual(windowOf(table, spot, 10_000, 3000), { start: 40, end: 100 });
  assert.deepEqual(windowOf(table, spotAt(7, table, placed, 5200)!, 10_000, 3000), { start: 3500, end: 6500 });
  assert.deepEqual(windowOf(table, spotAt(7, table, placed, 30_199)!, 10_000, 3000), { start: 27_000, end: 30_000 });
});

test('zooming keeps the base that is pointed at, and stays within what there is', () => {
  const view = zoomed({ from: 0, to: 1000 }, 0.5, 250, 1000, 10);
  assert.deepEqual(view, { from: 125, to: 625 });
  assert.deepEqual(zoomed(view, 100, 300, 1000, 10), { from: 0, to: 1000 });
  const { from, to } = zoomed(view, 0.0001, 300, 1000, 10);
  assert.ok(Math.abs(to - from - 10) < 1e-9 && from < 300 && to > 300);
  assert.deepEqual(shifted(view, 900, 1000), { from: 500, to: 1000 });
  assert.deepEqual(shifted(view, -900, 1000), { from: 0, to: 500 });
});

/** An archive that answers when it is told to. */
function slowArchive(bases = 10) {
  const asked = new Map<string, { signal: AbortSignal; founders: boolean; answer: () => Promise<void>; fail: () => Promise<void> }>();
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve));
  const archive = {
    contigs: async () => contigsOf(['chr1', bases]),
    segments: (sample: string, { signal, founders = false }: { signal?: AbortSignal; founders?: boolean } = {}) =>
      new Promise<SampleSegments>((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        asked.set(sample, {
          signal: signal!,
          founders,
          answer: () => (resolve(segmentsOf([[bases, reference]])), settle()),
          fail: () => (reject(new Error('no network')), settle()),
        });
      }),
  };
  return { archive, asked, settle };
}

test('rows in view are read from top to bottom, a few at a time; those scrolled away are given up', async () => {
  const { archive, asked, settle } = slowArchive();
  const samples = Array.from({ length: 1000 }, (_, i) => `s${i}`);
  const came: number[] = [];
  const rows = new Rows(archive as never, samples, false, (row) => came.push(row));
  rows.want(10, 30);
  await settle();
  assert.deepEqual([...asked.keys()], ['s10', 's11', 's12', 's13']);
  await asked.get('s11')!.answer();
  assert.deepEqual(came, [11]);
  assert.ok(asked.has('s14') && !asked.has('s15'), 'the next one follows');
  rows.want(500, 520);
  await settle();
  for (const sample of ['s10', 's12', 's13', 's14']) assert.ok(asked.get(sample)!.signal.aborted, sample);
  assert.deepEqual([...asked.keys()].slice(-4), ['s500', 's501', 's502', 's503']);
  assert.ok(rows.get(11) && !rows.get(10), 'what came stays');
  rows.want(500, 520);
  await settle();
  assert.ok(!asked.get('s500')!.signal.aborted, 'what is still in view goes on');
  rows.close();
  assert.ok(asked.get('s500')!.signal.aborted);
});

test('a row that fails is told, and asked for again only when wanted', async () => {
  const { archive, asked, settle } = slowArchive();
  const failed: [number, string | undefined][] = [];
  const rows = new Rows(archive as never, ['s0', 's1'], false, (row, error) => failed.push([row, error?.message]));
  rows.want(0, 1);
  await settle();
  await asked.get('s0')!.fail();
  assert.deepEqual(failed, [[0, 'no network']]);
  asked.clear();
  rows.want(0, 1);
  await settle();
  assert.equal(asked.size, 0);
  rows.retry();
  await settle();
  await asked.get('s0')!.answer();
  assert.ok(rows.get(0));
});

test('rows that were read before founders were known are read anew, and all are kept within bounds', async () => {
  const { archive, asked, settle } = slowArchive();
  const samples = Array.from({ length: 400_000 }, (_, i) => `s${i}`);
  const rows = new Rows(archive as never, samples, false, () => {});
  rows.want(100, 101);
  await settle();
  assert.equal(asked.get('s100')!.founders, false, 'all before it would have to be read');
  await asked.get('s100')!.answer();
  assert.equal(rows.get(100)!.founders, false);
  rows.tellFounders();
  await settle();
  assert.equal(asked.get('s100')!.founders, true);
  await asked.get('s100')!.answer();
  assert.equal(rows.get(100)!.founders, true);

  const large = segmentsOf([[5, reference]]);
  const heavy = { ...large, starts: new Float64Array(500_000) };
  const loading = new Rows({ contigs: async () => contigsOf(['chr1', 5]), segments: async () => heavy } as never, samples, false, () => {});
  for (let first = 0; first < 100; first += 10) {
    loading.want(first, first + 10);
    for (let tries = 0; !loading.get(first + 9) && tries < 100; tries++) await settle();
    for (let row = first; row < first + 10; row++) assert.ok(loading.get(row), 'what is in view is there');
    assert.ok(loading.bytes <= 14 * 4e6 + 1e6, `${loading.bytes} bytes`);
  }
  assert.equal(loading.get(0), undefined, 'what was looked at longest ago went');
});
