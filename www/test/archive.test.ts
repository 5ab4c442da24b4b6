// The API over archives of the repository, decoded in place in Node: what is answered, and what is refused how.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { textOf } from '../../tests/browser/harness.ts';
import * as ragc from '../src/index.ts';
import type { ByteSource } from '../types/index.d.ts';
import { fastaOf, known, open, wasm } from './known.ts';

const MANY = known('data/03-many-samples.agc');
const REPEATS = known('08-repeats.agc');
const TINY = known('tiny.agc');

/** The same archive with a megabyte before its footer, so that not all of it comes with its tail. Looking for an index would bring its start. */
function padded({ bytes }: { bytes: Uint8Array<ArrayBuffer> }): Uint8Array<ArrayBuffer> {
  const footer = bytes.length - 8 - Number(new DataView(bytes.buffer).getBigUint64(bytes.length - 8, true));
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, footer), Buffer.alloc(1 << 20), bytes.subarray(footer)]));
}

/** A source that counts and can be told how to behave. */
function sourceOf(bytes: Uint8Array<ArrayBuffer>) {
  const log: string[] = [];
  const source: ByteSource & { log: string[]; before: (offset: number, signal: AbortSignal | undefined) => Promise<void> | void } = {
    key: 'made.agc',
    log,
    before: () => {},
    async size() {
      return bytes.length;
    },
    async read(offset, length, { signal } = {}) {
      log.push(`${offset}+${length}`);
      await source.before(offset, signal);
      return bytes.slice(offset, offset + length);
    },
  };
  return source;
}

test('an archive says what it is', async () => {
  const archive = await open(MANY.bytes);
  const { info } = archive;
  assert.deepEqual(
    { ...info, fileTypeInfo: undefined, groupCount: 0, streamCount: 0 },
    { key: 'x.agc', size: MANY.bytes.length, index: 'none', version: '3.0', producer: 'agc', k: 31, minMatch: 20, segmentSize: 500, batchSize: 50, sampleCount: 131, groupCount: 0, streamCount: 0, reference: 'ref', commandLines: [], fileTypeInfo: undefined },
  );
  assert.ok(info.groupCount > 3 && info.streamCount > info.groupCount);
  assert.equal(info.fileTypeInfo.producer_version_major, '3');
});

test('samples come in the order of the archive, also page by page', async () => {
  const archive = await open(MANY.bytes);
  const all = await archive.samples();
  assert.deepEqual([...all].sort(), MANY.samples.map(({ name }) => name).sort());
  assert.deepEqual(await archive.samples({ from: 60, count: 5 }), all.slice(60, 65));
  assert.deepEqual(await archive.samples({ from: 129 }), all.slice(129));
  assert.deepEqual(await archive.samples({ from: 500, count: 5 }), []);
});

test('rows of samples tell what their contigs add up to, all or some', async () => {
  const archive = await open(MANY.bytes);
  const rows = await archive.sampleRows();
  assert.deepEqual(rows.map(({ name }) => name), await archive.samples());
  for (const { name, contigCount, bases } of rows) {
    const contigs = await archive.contigs(name);
    assert.deepEqual([contigCount, bases], [contigs.length, contigs.reduce((sum, { length }) => sum + length, 0)], name);
  }
  assert.deepEqual(await archive.sampleRows({ from: 60, count: 5 }), rows.slice(60, 65));
  assert.deepEqual(await archive.sampleRows({ from: 129 }), rows.slice(129));
  assert.deepEqual(await archive.sampleRows({ from: 500 }), []);
});

test('a contig is found by its header, by its name, by its number; ranges are 0-based and half-open', async () => {
  const archive = await open(REPEATS.bytes);
  const { contigs } = await fastaOf(archive, REPEATS, 'ref');
  for (const { index, name, header, length } of await archive.contigs('ref')) {
    const bases = contigs.get(header)!;
    assert.equal(length, bases.length);
    assert.equal(name, header.split(' ')[0]);
    for (const key of [header, name, index]) assert.ok((await archive.sequence('ref', key)) === bases, String(key));
    assert.equal(await archive.sequence('ref', name, 100, 160), bases.slice(100, 160));
    assert.equal(await archive.sequence('ref', name, length - 7), bases.slice(-7));
    assert.equal(await archive.sequence('ref', name, length - 7, length + 100), bases.slice(-7), 'an end past the contig is cut');
    assert.equal(await archive.sequence('ref', name, length, length + 1), '');
    assert.equal(await archive.sequence('ref', name, 5, 5), '');
    const bytes = await archive.sequence('ref', name, 10, 20, { as: 'bytes' });
    assert.ok(bytes instanceof Uint8Array);
    assert.equal(new TextDecoder().decode(bytes), bases.slice(10, 20));
  }
});

test('the reverse complement pairs IUPAC letters too', async () => {
  const archive = await open(TINY.bytes);
  const pairs: Record<string, string> = { A: 'T', C: 'G', G: 'C', T: 'A', R: 'Y', Y: 'R', S: 'S', W: 'W', K: 'M', M: 'K', B: 'V', V: 'B', D: 'H', H: 'D', N: 'N' };
  const seen = new Set<string>();
  for (const sample of await archive.samples()) {
    for (const { index } of await archive.contigs(sample)) {
      const forward = await archive.sequence(sample, index);
      const wanted = Array.from(forward, (base) => (seen.add(base), pairs[base])).reverse().join('');
      assert.equal(await archive.sequence(sample, index, 0, undefined, { reverseComplement: true }), wanted);
      assert.equal(await archive.sequence(sample, index, 3, 9, { reverseComplement: true }), wanted.slice(wanted.length - 9, wanted.length - 3));
    }
  }
  assert.ok(seen.size > 5, `letters beyond ACGTN: ${[...seen].join('')}`);
});

test('what cannot be is a RangeError', async () => {
  const archive = await open(REPEATS.bytes);
  for (const [start, end, words] of [[-1, 5, /from 0 on/], [0.5, 5, /whole/], [NaN, 5, /whole/], [9, 5, /before it starts/], [1e9, undefined, /ends at 29988/], [0, -1, /before/]] as const) {
    await assert.rejects(archive.sequence('ref', 'chr1', start, end), (error) => error instanceof RangeError && words.test(error.message), `${start} ${end}`);
  }
  await assert.rejects(textOf(archive.stream('ref', { contigs: [{ contig: 'chr1', start: 7, end: 3 }] })), RangeError);
  await assert.rejects(archive.sequence(null, 3), RangeError);
});

test('names that are not there give the near ones', async () => {
  const archive = await open(REPEATS.bytes);
  const refused = async (promise: Promise<unknown>, kind: string, candidates: string[], words: RegExp) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof ragc.NotFoundError && error instanceof ragc.AgcError);
      assert.deepEqual([error.name, error.kind, [...error.candidates]], ['NotFoundError', kind, candidates]);
      assert.match(error.message, words);
      return true;
    });
  await refused(archive.sequence('ref', 'chrr1'), 'contig', ['chr1'], /sample ref has no contig chrr1; near it are chr1/);
  await refused(archive.sequence('REF', 'chr1'), 'sample', ['ref'], /x\.agc has no sample REF; near it are ref/);
  await refused(archive.contigs('s00000'), 'sample', ['s0000'], /near it are s0000/);
  await refused(archive.sequence('ref', 17), 'contig', [], /it has 3, counted from 0/);
  await refused(archive.sequence(null, '1'), 'contig', ['chr1'], /No sample of x\.agc has a contig 1/);
  await refused(archive.fasta('nobody'), 'sample', [], /no sample nobody/);
  await refused(textOf(archive.stream('ref', { contigs: ['nothing'] })), 'contig', [], /no contig nothing/);
});

test('a contig without its sample is found where there is only one, or the samples are listed', async () => {
  const archive = await open(known('13-concatenated.agc').bytes);
  const [place, ...others] = await archive.locate('s0000_1');
  assert.equal(others.length, 0);
  assert.equal(place?.contig, 's0000_1');
  assert.equal(await archive.sequence(null, 's0000_1', 5, 50), await archive.sequence(place!.sample, place!.index, 5, 50));
  const repeats = await open(REPEATS.bytes);
  await assert.rejects(repeats.sequence(null, 'chr1'), (error) => {
    assert.ok(error instanceof ragc.AmbiguousContigError);
    assert.ok(error.samples.includes('ref') && error.samples.length > 2);
    assert.match(error.message, /contigs of x\.agc have the name chr1: in ref, .*Say of which sample\./);
    return true;
  });
});

test('several regions are planned together: the rounds of one, and the same letters', async () => {
  const source = sourceOf(padded(MANY));
  const archive = await ragc.AgcArchive.open(source, { wasm, index: false });
  const samples = await archive.samples();
  const regions = [3, 70, 130, 3].map((i) => ({ sample: samples[i]!, contig: 0, start: i % 2, end: 200, reverseComplement: i === 130 }));
  const before = archive.stats.rounds;
  const together = await archive.sequences(regions);
  const rounds = archive.stats.rounds - before;
  const another = await ragc.AgcArchive.open(sourceOf(padded(MANY)), { wasm, index: false });
  for (const [i, { sample, contig, start, end, reverseComplement }] of regions.entries()) {
    const earlier = another.stats.rounds;
    assert.equal(together[i], await another.sequence(sample, contig, start, end, { reverseComplement }));
    assert.ok(another.stats.rounds - earlier <= 2);
  }
  assert.ok(rounds > 0 && rounds <= 2, `${rounds} rounds for ${regions.length} regions`);
  assert.deepEqual(await archive.sequences([]), []);
});

test('a source of one method and a size is enough; one without a size says what is missing', async () => {
  const source = sourceOf(REPEATS.bytes);
  const archive = await ragc.AgcArchive.open(source, { wasm });
  await fastaOf(archive, REPEATS, 's0001');
  assert.equal(archive.stats.requests, source.log.length);
  assert.equal(archive.stats.bytesFetched, source.log.reduce((sum, line) => sum + Number(line.split('+')[1]), 0));
  const { key, read } = sourceOf(REPEATS.bytes);
  await assert.rejects(ragc.AgcArchive.open({ key, read }, { wasm }), (error) => error instanceof ragc.SizeUnknownError && /made\.agc.*size\(\)/.test(error.message));
  const handle = { read: (length: number, position: number) => read(position, length), stat: async () => ({ size: REPEATS.bytes.length }) };
  assert.equal((await (await ragc.AgcArchive.open(handle, { wasm })).samples()).length, REPEATS.samples.length);
  await assert.rejects(ragc.AgcArchive.open({ ...handle, stat: async () => ({ size: 0 }) }, { wasm }), ragc.SizeUnknownError);
  await assert.rejects(ragc.AgcArchive.open({} as ByteSource, { wasm }), TypeError);
  await assert.rejects(ragc.AgcArchive.open('not an address', { wasm }), /openAsBlob/);
});

test('a source that reads ranges together is asked once a round', async () => {
  const source = sourceOf(padded(REPEATS));
  const asked: number[] = [];
  const together: ByteSource = {
    ...source,
    async readRanges(ranges, options) {
      asked.push(ranges.length);
      return Promise.all(ranges.map(({ offset, length }) => source.read(offset, length, options)));
    },
  };
  const archive = await ragc.AgcArchive.open(together, { wasm });
  await fastaOf(archive, REPEATS, 's0002');
  assert.equal(asked.length, archive.stats.rounds);
});

test('a source that gives other bytes than asked is refused, and one that throws is heard', async () => {
  const short = sourceOf(REPEATS.bytes);
  const { read } = short;
  short.read = async (offset, length, options) => (await read(offset, length, options)).subarray(1);
  await assert.rejects(ragc.AgcArchive.open(short, { wasm }), (error) => error instanceof ragc.SourceError && /made\.agc gave \d+ of the \d+ bytes at offset \d+/.test(error.message));
  class Mine extends Error {}
  const broken = sourceOf(REPEATS.bytes);
  broken.before = () => {
    throw new Mine('no access');
  };
  await assert.rejects(ragc.AgcArchive.open(broken, { wasm }), Mine);
});

test('a question that is aborted leaves the others and the archive alone', { timeout: 20_000 }, async () => {
  const source = sourceOf(padded(MANY));
  const archive = await ragc.AgcArchive.open(source, { wasm, index: false });
  const [first, second] = ['s0003', 's0100'];
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const signals: (AbortSignal | undefined)[] = [];
  source.before = (_, signal) => (signals.push(signal), gate);
  const stop = new AbortController();
  const aborted = archive.sequence(first, 0, 0, 100, { signal: stop.signal });
  const goesOn = archive.sequence(second, 0, 0, 100);
  for (let i = 0; i < 1000 && signals.length < 2; i++) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  assert.ok(signals.some((signal) => signal?.aborted) && signals.some((signal) => !signal?.aborted), 'the signal goes down to the source, of the one only');
  release();
  await assert.rejects(aborted, { name: 'AbortError' });
  assert.equal((await goesOn).length, 100);
  source.before = () => {};
  assert.equal((await archive.sequence(first, 0, 0, 100)).length, 100);
  await assert.rejects(archive.contigs(first, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  await assert.rejects(ragc.AgcArchive.open(source, { wasm, signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('a stream is what agc prints, or the records wanted', async () => {
  const archive = await open(REPEATS.bytes);
  const { text, contigs } = await fastaOf(archive, REPEATS, 'ref');
  const [[first, bases], , [third]] = [...contigs] as [[string, string], [string, string], [string, string]];
  const record = (header: string) => `>${text.split('>').find((part) => part.startsWith(`${header}\n`))}`;
  assert.equal(await textOf(archive.stream('ref', { contigs: ['chr3', 0] })), record(third) + record(first));
  const part = { contig: 'chr1', start: 10, end: 95, name: 'chr1:11-95' };
  assert.equal(await textOf(archive.stream('ref', { contigs: [part], lineWidth: 50 })), `>chr1:11-95\n${bases.slice(10, 60)}\n${bases.slice(60, 95)}\n`);
  assert.equal(await textOf(archive.stream('ref', { contigs: [{ contig: 0 }], lineWidth: 0 })), `>${first}\n${bases}\n`);
  assert.equal(await textOf(archive.stream('ref', { contigs: [{ contig: 0, start: 5, end: 5 }] })), `>${first}\n`);
  const turned = await archive.sequence('ref', 0, 10, 95, { reverseComplement: true });
  assert.equal(await textOf(archive.stream('ref', { contigs: [{ ...part, reverseComplement: true }], lineWidth: 0 })), `>chr1:11-95\n${turned}\n`);
  assert.equal(await textOf(archive.stream('ref', { contigs: [] })), '');
});

test('a stream that is left or aborted ends, and the archive goes on', async () => {
  const archive = await open(REPEATS.bytes);
  const reader = archive.stream('ref').getReader();
  assert.ok((await reader.read()).value!.length > 100);
  await reader.cancel();
  const stop = new AbortController();
  const aborted = archive.stream('s0001', { signal: stop.signal }).getReader();
  stop.abort();
  await assert.rejects(aborted.read(), { name: 'AbortError' });
  await fastaOf(archive, REPEATS, 's0001');
});

test('what is decoded is counted, and kept as far as the cache goes', async () => {
  const twice = async (cacheBytes: number) => {
    const archive = await open(REPEATS.bytes, { cacheBytes });
    const ask = () => archive.sequence('ref', 'chr3');
    assert.equal(await ask(), await ask());
    return archive.stats;
  };
  const [large, none] = [await twice(1 << 20), await twice(0)];
  assert.ok(large.segmentsDecoded > 0 && large.segmentsDecoded === none.segmentsDecoded);
  assert.ok(large.cacheHits > none.cacheHits, `${large.cacheHits} and ${none.cacheHits}`);
});

test('a file that changes is opened anew once, but never read by the numbers of what it was', async () => {
  let bytes = padded(MANY);
  let changed = false;
  const source: ByteSource = {
    key: 'changing.agc',
    async size() {
      changed = false;
      return bytes.length;
    },
    async read(offset, length) {
      if (changed) throw new ragc.FileChangedError('changing.agc changed while it was being read. Open it again.');
      return bytes.slice(offset, offset + length);
    },
  };
  const archive = await ragc.AgcArchive.open(source, { wasm, index: false });
  assert.equal(archive.info.sampleCount, 131);
  const change = (to: typeof bytes) => ([bytes, changed] = [to, true]);
  change(padded(REPEATS));
  const anew = await open(REPEATS.bytes);
  const asked = await Promise.all([archive.sequence('s0003', 'chr1', 0, 500), archive.sequence('s0001', 'chr1', 0, 500).catch((error) => error)]);
  assert.equal(asked[0], await anew.sequence('s0003', 'chr1', 0, 500));
  assert.equal(archive.info.sampleCount, REPEATS.samples.length);
  await assert.rejects(archive.sequence('s0003', 0, 0, 500), ragc.FileChangedError);
  await assert.rejects(textOf(archive.stream('s0003', { contigs: [0] })), ragc.FileChangedError);
  change(Uint8Array.from(Buffer.alloc(10_000)));
  await assert.rejects(archive.sequence('s0009', 'chr1'), ragc.FileChangedError);
  await assert.rejects(archive.contigs('s0003'), ragc.FileChangedError, 'nor is the old one read on');
});

test('a closed archive says so', async () => {
  const archive = await open(TINY.bytes);
  archive.close();
  archive.close();
  await assert.rejects(archive.samples(), (error) => error instanceof ragc.AgcError && /closed/.test(error.message));
});

test('what is no archive is an AgcFormatError', async () => {
  for (const bytes of [new Uint8Array(3), new Uint8Array(5000), TINY.bytes.slice(0, -100)]) {
    await assert.rejects(open(bytes), (error) => error instanceof ragc.AgcFormatError && /x\.agc is not an AGC archive/.test(error.message));
  }
});

test('many short contigs, looked for by name in turn, are found without reading their table again', async () => {
  const source = sourceOf(padded(known('13-concatenated.agc')));
  const archive = await ragc.AgcArchive.open(source, { wasm });
  const [sample] = await archive.samples();
  const contigs = await archive.contigs(sample!);
  await archive.sequences(contigs.map(({ header }) => ({ sample, contig: header })));
  const { rounds } = archive.stats;
  for (const { name, length } of contigs) assert.equal((await archive.sequence(sample!, name)).length, length);
  assert.equal(archive.stats.rounds, rounds);
});
