// Which file is asked for which bytes, and what that counts.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SourceError } from '../src/errors.ts';
import { Files, INDEX_AT } from '../src/files.ts';
import type { ByteSource } from '../src/source.ts';

const bytesOf = (length: number, step: number) => Uint8Array.from({ length }, (_, i) => (i * step) % 251);

function sourceOf(key: string, bytes: Uint8Array) {
  const log: string[] = [];
  const source: ByteSource = {
    key,
    size: async () => bytes.length,
    async read(offset, length) {
      log.push(`${key} ${offset}+${length}`);
      return bytes.slice(offset, offset + length);
    },
  };
  return { source, log };
}

test('ranges from 2^52 on are those of the index', async () => {
  const [archive, index] = [bytesOf(200_000, 3), bytesOf(90_000, 7)];
  const [a, b] = [sourceOf('x.agc', archive), sourceOf('x.agc.ragi', index)];
  let rounds = 0;
  const files = await Files.open(a.source, b.source, () => rounds++);
  assert.equal(files.size, 200_000);
  const at = (offset: number) => INDEX_AT + offset;
  const blocks = await files.read([{ start: at(80_000), end: at(80_010) }, { start: 5, end: 9 }, { start: at(0), end: at(32) }, { start: 150_000, end: 150_001 }]);
  const held = new Map(blocks.map(({ offset, bytes }) => [offset, bytes]));
  assert.deepEqual(held.get(at(80_000)), index.slice(80_000, 80_010));
  assert.deepEqual(held.get(at(0)), index.slice(0, 32));
  assert.deepEqual(held.get(5), archive.slice(5, 9));
  assert.deepEqual(held.get(150_000), archive.slice(150_000, 150_001));
  assert.equal(held.size, 4);
  assert.deepEqual([a.log, b.log], [['x.agc 5+4', 'x.agc 150000+1'], ['x.agc.ragi 0+32', 'x.agc.ragi 80000+10']]);
  assert.deepEqual(files.traffic, { requests: 4, bytes: 47 });
  assert.deepEqual([files.rounds, rounds], [1, 1], 'of both at once');
});

test('without an index none is read', async () => {
  const files = await Files.open(sourceOf('x.agc', bytesOf(100, 1)).source, undefined, () => {});
  await assert.rejects(files.read([{ start: INDEX_AT, end: INDEX_AT + 1 }]), SourceError);
});

test('when one read fails, the others are stopped', async () => {
  const signals: AbortSignal[] = [];
  const source: ByteSource = {
    key: 'x.agc',
    size: async () => 1e9,
    async read(offset, length, { signal } = {}) {
      signals.push(signal!);
      if (offset === 0) throw new Error('gone');
      await new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason)));
      return new Uint8Array(length);
    },
  };
  const files = await Files.open(source, undefined, () => {});
  await assert.rejects(files.read([{ start: 0, end: 1 }, { start: 5e8, end: 5e8 + 1 }]), /gone/);
  assert.equal(signals.length, 2);
  assert.ok(signals.every(({ aborted }) => aborted));
});
