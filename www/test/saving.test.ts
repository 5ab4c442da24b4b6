// What saving computes: names of files, tar archives, speed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { contigFile, type FastaFile, type Streaming } from '../src/page/downloads/fasta-file.ts';
import { safeFileName, uniqueFileNames } from '../src/page/downloads/names.ts';
import { Pace } from '../src/page/downloads/pace.ts';
import { tarBytes, tarOf, type TarFile } from '../src/page/downloads/tar.ts';
import { duration } from '../src/page/format.ts';
import type { Bytes } from '../src/ranges.ts';

test('file names are safe anywhere', () => {
  assert.equal(safeFileName('../etc/passwd'), 'etc_passwd');
  assert.equal(safeFileName('HG002#1 mat'), 'HG002#1_mat');
  assert.equal(safeFileName(''), 'sequence');
  assert.equal(safeFileName('CON'), '_CON');
  assert.equal(safeFileName('nul.1'), '_nul.1');
  assert.equal(safeFileName('a'.repeat(500)).length, 200);
  assert.equal(safeFileName('é'.repeat(500)), 'é'.repeat(100), '200 bytes, in whole characters');
  assert.equal(safeFileName('𐐀'.repeat(500)), '𐐀'.repeat(50));
});

test('file names of one folder differ, on file systems that ignore case too', () => {
  assert.deepEqual(uniqueFileNames(['a', 'A', 'a b', 'a/b', 'a', 'a-2']), ['a', 'A-2', 'a_b', 'a_b-2', 'a-3', 'a-2-2']);
});

/** What GNU tar lists of files, whose bytes are left out if they are many: headers alone tell. */
async function listed(files: TarFile[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ragc-tar-'));
  try {
    const archive = join(folder, 'x.tar');
    const out = openSync(archive, 'w');
    let at = 0;
    const chunks = async function* ({ bytes }: TarFile) {
      at += bytes; // a hole
      yield { length: bytes } as Bytes;
    };
    for await (const chunk of tarOf(files, chunks, 1_000_000_000)) {
      if (chunk instanceof Uint8Array) at += writeSync(out, chunk, 0, chunk.length, at);
    }
    closeSync(out);
    assert.equal(statSync(archive).size, tarBytes(files), 'as long as was foretold');
    return execFileSync('tar', ['--list', '--verbose', '--utc', '--quoting-style=literal', '--file', archive], { encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } }).trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('tar archives hold long names, other letters and files of more than 8 GiB', async () => {
  const long = `genomes/${'x'.repeat(200)}.fa`;
  const lines = await listed([
    { path: 'genomes/a.fa', bytes: 0 },
    { path: 'genomes/é.fa', bytes: 513 },
    { path: long, bytes: 1024 },
    { path: 'genomes/huge.fa', bytes: 2 ** 33 + 5 },
  ]);
  assert.deepEqual(lines.map((line) => line.replace(/ +/g, ' ')), [
    '-rw-r--r-- 0/0 0 2001-09-09 01:46 genomes/a.fa',
    '-rw-r--r-- 0/0 513 2001-09-09 01:46 genomes/é.fa',
    `-rw-r--r-- 0/0 1024 2001-09-09 01:46 ${long}`,
    `-rw-r--r-- 0/0 ${2 ** 33 + 5} 2001-09-09 01:46 genomes/huge.fa`,
  ]);
});

test('a file that is not as long as was foretold is an error', async () => {
  const archive: Streaming = { contigs: async () => [], stream: () => new Blob(['>a\nACGT\n']).stream() };
  const contig = { index: 0, name: 'a', header: 'a', length: 4 };
  const all = async ({ chunks }: FastaFile) => {
    let bytes = 0;
    for await (const { length } of chunks(new AbortController().signal)) bytes += length;
    return bytes;
  };
  assert.equal(await all(contigFile(archive, 's', contig)), 8);
  await assert.rejects(all(contigFile(archive, 's', { ...contig, length: 5 })), /s is not as long as the tables/);
});

test('durations are told in two units at most', () => {
  assert.deepEqual([0, 4.4, 59.6, 200, 3600, 4800, 90_000].map(duration), ['1 s', '4 s', '1 min', '3 min', '1 h', '1 h 20 min', '25 h']);
});

test('speed is that of the last seconds, from the first on', () => {
  const pace = new Pace(0);
  let speed = 0;
  for (let ms = 100; ms <= 5000; ms += 100) {
    pace.add(1000);
    speed = pace.perSecond(ms);
  }
  assert.ok(Math.abs(speed - 10_000) < 1, `${speed}`);
  for (let ms = 5100; ms <= 25_000; ms += 100) speed = pace.perSecond(ms);
  assert.ok(speed < 100, `${speed} where nothing comes any more`);
});
