// The parts that only compute.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import type { Contig } from '../types/index.d.ts';
import { headerLine, LineBreaker, recordBytes } from '../src/fasta.ts';
import { decodeName, decodeNames, encodeName, firstWord } from '../src/names.ts';
import { percent, size } from '../src/page/format.ts';
import { contigKey, findContig, formatPlace, parsePlace } from '../src/page/link.ts';
import { cutFrom, gather, mergeRanges, without } from '../src/ranges.ts';
import { blobSource } from '../src/source.ts';
import { reverseComplement } from '../src/strand.ts';
import { WINDOW_BASES, windowsOf } from '../src/windows.ts';

/** The root of the repository, put here when the tests are bundled. */
declare const REPOSITORY: string;

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('ranges are fetched as the table says, which tests the native reader too', () => {
  const parse = (text: string) =>
    [...text.matchAll(/(\d+)-(\d+)/g)].map(([, start, end]) => ({ start: Number(start), end: Number(end) }));
  const lines = readFileSync(`${REPOSITORY}/tests/data/requests.txt`, 'utf8').split('\n').filter((line) => line && !line.startsWith('#'));
  assert.ok(lines.length > 9);
  for (const line of lines) {
    const [needed = '', requests = ''] = line.split('=>');
    assert.deepEqual(mergeRanges(parse(needed)), parse(requests), line);
  }
});

test('another gap can be chosen, and none', () => {
  const ranges = [{ start: 0, end: 1 }, { start: 1, end: 2 }, { start: 3, end: 4 }, { start: 14, end: 15 }];
  assert.deepEqual(mergeRanges(ranges, 0), [{ start: 0, end: 2 }, ...ranges.slice(2)]);
  assert.deepEqual(mergeRanges(ranges, 9), [{ start: 0, end: 4 }, { start: 14, end: 15 }]);
  assert.deepEqual(ranges[0], { start: 0, end: 1 }, 'what was asked is left alone');
});

test('what others fetch is left out of a range', () => {
  const range = { start: 10, end: 20 };
  assert.deepEqual(without(range, []), [range]);
  assert.deepEqual(without(range, [{ start: 0, end: 10 }, { start: 20, end: 30 }]), [range]);
  assert.deepEqual(without(range, [{ start: 15, end: 16 }, { start: 0, end: 12 }]), [{ start: 12, end: 15 }, { start: 16, end: 20 }]);
  assert.deepEqual(without(range, [{ start: 14, end: 30 }, { start: 5, end: 15 }]), []);
});

test('a range is cut from the block that holds all of it', () => {
  const blocks = [{ offset: 10, bytes: Uint8Array.of(1, 2, 3) }];
  assert.deepEqual(cutFrom(blocks, { start: 11, end: 13 }), Uint8Array.of(2, 3));
  assert.equal(cutFrom(blocks, { start: 11, end: 14 }), undefined);
  assert.equal(cutFrom(blocks, { start: 9, end: 11 }), undefined);
  const more = [{ offset: 12, bytes: Uint8Array.of(3, 4) }, ...blocks, { offset: 15, bytes: Uint8Array.of(6) }];
  assert.deepEqual(cutFrom(more, { start: 11, end: 14 }), Uint8Array.of(2, 3, 4), 'or from neighbours');
  assert.deepEqual(gather(more, { start: 13, end: 16 }), Uint8Array.of(4), 'as far as there is no break');
  assert.deepEqual(cutFrom(more, { start: 20, end: 20 }), new Uint8Array(0));
});

test('names of any bytes come back as they were', () => {
  const names = [[], [65], [0xff], [0xc3, 0xa9], [0xc3], [65, 0x80, 66], [0xed, 0xb2, 0x80], [0xf0, 0x9f, 0xa7, 0xac], [0xef, 0xbb, 0xbf, 65]];
  for (const bytes of names) assert.deepEqual([...encodeName(decodeName(Uint8Array.from(bytes)))], bytes);
  assert.equal(decodeName(Uint8Array.of(0xc3, 0xa9)), 'é');
});

test('names laid end to end are told apart', () => {
  assert.deepEqual(decodeNames(new TextEncoder().encode('abc'), Uint32Array.of(1, 1, 3)), ['a', '', 'bc']);
});

test('the first word ends at a blank', () => {
  assert.equal(firstWord('chr1 description\there'), 'chr1');
  assert.equal(firstWord('chr1\tx'), 'chr1');
  assert.equal(firstWord(''), '');
  assert.equal(firstWord('a\u00a0b'), 'a\u00a0b');
});

test('lines do not depend on how letters are cut into windows', () => {
  const bases = new TextEncoder().encode('ACGTTGCA'.repeat(5)); // 40 letters
  const whole = 'ACGTTGCAAC\nGTTGCAACGT\nTGCAACGTTG\nCAACGTTGCA\n';
  for (let step = 1; step <= 40; step++) {
    const lines = new LineBreaker(10);
    let out = '';
    for (let at = 0; at < bases.length; at += step) out += text(lines.push(bases.subarray(at, at + step)));
    assert.equal(out + text(lines.finish()), whole, `windows of ${step}`);
  }
});

test('a record ends with a line end, an empty one has only its name', () => {
  const lines = new LineBreaker(4);
  assert.equal(text(lines.push(new TextEncoder().encode('ACGTA'))) + text(lines.finish()), 'ACGT\nA\n');
  assert.equal(text(lines.finish()), '');
  assert.equal(text(headerLine('a b')), '>a b\n');
  assert.equal(recordBytes('a b', 5, 4), '>a b\nACGT\nA\n'.length);
  assert.equal(recordBytes('é', 0), 4);
});

test('numbers as people read them', () => {
  assert.equal(size(812), '812 bytes');
  assert.equal(size(1), '1 byte');
  assert.equal(size(64_848), '64.8 kB');
  assert.equal(size(999_700), '1 MB');
  assert.equal(size(1.25e9), '1.25 GB');
  assert.equal(percent(0, 0), '0%');
  assert.equal(percent(1, 1000), '0.1%');
  assert.equal(percent(1, 3), '33%');
});

test('places survive the way through a link', () => {
  const places = [
    { sample: 's' },
    { sample: 'a/b:c@d#e%f é', contig: 'chr 1/2:3-4@5' },
    { sample: 's', contig: 'c', from: 1, to: 1000 },
    { sample: 's', contig: 'c', nth: 2, from: 5, to: 6 },
    { sample: 's', contig: 'c', from: 5, to: 6, reverse: true },
    { sample: 's', contig: 'c', nth: 2, from: 5, to: 6, reverse: true, other: 'a&b/c:d é' },
    { sample: 's', contig: 'c', other: 'b' },
    { sample: decodeName(Uint8Array.of(65, 0xff)), contig: '' },
  ];
  for (const place of places) assert.deepEqual(parsePlace(`#${formatPlace(place)}`), place);
  assert.equal(formatPlace({ sample: 'HG002#1', contig: 'chr1', from: 1, to: 20 }), 'HG002%231/chr1:1-20');
  const compared = { sample: 'a', contig: 'chr1', from: 1, to: 20, reverse: true, other: 'b c' };
  assert.equal(formatPlace(compared), 'a/chr1:1-20(-)&with=b%20c');
  assert.equal(parsePlace('#'), undefined);
  assert.equal(parsePlace(''), undefined);
});

test('a contig is found again by the shortest name that fits', () => {
  const contigs: Contig[] = ['chr1 long', 'chr2 a', 'chr2 b', 'x', 'x'].map((header, index) => ({ index, name: firstWord(header), header, length: 1 }));
  const keys = contigs.map((contig) => contigKey(contigs, contig));
  assert.deepEqual(keys.map((k) => `${k.contig}@${k.nth ?? 1}`), ['chr1@1', 'chr2 a@1', 'chr2 b@1', 'x@1', 'x@2']);
  keys.forEach((key, i) => assert.equal(findContig(contigs, { sample: '', ...key }), contigs[i]));
  assert.equal(findContig(contigs, { sample: '', contig: 'nothing' }), undefined);
});

test('a Blob is read in parts', async () => {
  const source = blobSource(new File(['0123456789'], 'x.agc'));
  assert.equal(await source.size!(), 10);
  assert.equal(text(await source.read(2, 3)), '234');
  assert.equal(text(await source.read(8, 4)), '89', 'short where the file ends');
  await assert.rejects(blobSource(new File([], 'x.agc')).size!(), { name: 'AgcFormatError', message: /x\.agc is empty/ });
  await assert.rejects(source.read(0, 1, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('long ranges come in windows, on the other strand from their end', async () => {
  const all = Uint8Array.from({ length: 2 * WINDOW_BASES + 1000 }, (_, i) => 'ACGTRN'.charCodeAt(Math.imul(i, 2654435761) >>> 29));
  const reader = { bases: (_: Uint8Array, __: number, start: number, end: number) => ({ done: all.slice(start, end) }) };
  const engine = { askAll: async (questions: readonly ((from: typeof reader) => { done: Uint8Array })[]) => questions.map((question) => question(reader).done) };
  for (const reversed of [false, true]) {
    const span = { sample: 's', contig: 0, start: 5, end: all.length - 3, reverseComplement: reversed };
    let got = '';
    let windows = 0;
    for await (const batch of windowsOf(engine as never, [span])) {
      for (const { bases } of batch) [got, windows] = [got + text(bases), windows + 1];
    }
    const wanted = text(all.subarray(span.start, span.end));
    assert.ok(got === (reversed ? reverseComplement(wanted) : wanted));
    assert.equal(windows, 3);
  }
});
