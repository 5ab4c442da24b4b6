// The built module against broken bytes, in Node, where it is quicker: an answer or an error, never a trap.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { AgcArchive, AgcError } from '../../www/src/index.ts';
import { ownArchives } from './harness.ts';
import { wasm } from './subject.ts';

/** A few kilobytes, so that every byte has its turn. */
const smallest = ownArchives().map(({ file }) => readFileSync(file)).sort((a, b) => a.length - b.length)[0];
const module = new WebAssembly.Module(wasm());

/** Most bases any contig of a broken file is read of: its table may claim what it likes. */
const BASES_MAX = 20_000;

test('every prefix of an archive gives an answer or an error', { timeout: 120_000 }, async () => {
  assert.ok(smallest);
  for (let length = 0; length < smallest.length; length++) await survive(smallest.subarray(0, length), `prefix of ${length} bytes`);
});

test('every flipped byte of an archive gives an answer or an error', { timeout: 120_000 }, async () => {
  assert.ok(smallest);
  const bytes = Buffer.from(smallest);
  for (let at = 0; at < bytes.length; at++) {
    for (const flip of [0xff, 0x01]) {
      bytes[at]! ^= flip;
      await survive(bytes, `byte ${at} flipped by ${flip}`);
      bytes[at]! ^= flip;
    }
  }
});

async function survive(bytes: Buffer, what: string): Promise<void> {
  try {
    const archive = await AgcArchive.open(new Blob([Uint8Array.from(bytes)]), { wasm: module });
    try {
      for (const sample of await archive.samples({ count: 20 })) await readAll(archive, sample);
    } finally {
      archive.close();
    }
  } catch (error) {
    // After a trap the reader itself has failed; else it is an error of ours for a broken file.
    assert.ok(error instanceof AgcError && !/^The reader/.test(error.message), `${what}: ${String(error)}`);
  }
}

async function readAll(archive: AgcArchive, sample: string): Promise<void> {
  for (const { index, length } of (await archive.contigs(sample)).slice(0, 20)) {
    const bases = await archive.sequence(sample, index, 0, BASES_MAX);
    assert.equal(bases.length, Math.min(BASES_MAX, length), `length of contig ${index} of ${sample}`);
  }
}
