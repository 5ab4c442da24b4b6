// The archive most tests look at, and what is in it.

import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { AgcArchive } from '../../www/src/index.ts';
import { dist, ownArchives, sha256, textOf, type Host, type Known } from './harness.ts';

/** Bytes put between the parts and the footer, where the format allows any (docs/FORMAT.md, "Container"). */
const PADDING_BYTES = 3_000_000;

export interface Subject extends Known {
  /** Names of the sample most tests choose, and of its contigs. */
  sample: string;
  contigs: { name: string; bases: string }[];
  /** The sample as FASTA, verified by the manifest. */
  fasta: string;
  /** `/made/spread.agc` has its parts far from each other; `/made/padded.agc`: the same archive, 3 MB larger, its footer far from its parts. */
  paddedBytes: number;
}

export const wasm = () => readFileSync(join(dist, 'ragc.wasm'));

/** The longest sample of the project's largest archive, and the padded copy of that. */
export async function subjectOn(host: Host): Promise<Subject> {
  const own = ownArchives();
  assert.ok(own.length, 'tests/data has no archive');
  const known = own.reduce((a, b) => (statSync(b.file).size > statSync(a.file).size ? b : a));
  const bytes = readFileSync(known.file);
  const footerStart = bytes.length - 8 - Number(bytes.readBigUInt64LE(bytes.length - 8));
  const padded = Buffer.concat([bytes.subarray(0, footerStart), Buffer.alloc(PADDING_BYTES), bytes.subarray(footerStart)]);
  writeFileSync(join(host.made, 'padded.agc'), padded);
  writeFileSync(join(host.made, 'plain.agc'), bytes);
  writeFileSync(join(host.made, 'spread.agc'), spread(bytes));

  const wanted = known.samples.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const archive = await AgcArchive.open(new Blob([bytes]), { wasm: wasm() });
  const fasta = await textOf(archive.stream(wanted.name));
  archive.close();
  assert.equal(sha256(Buffer.from(fasta, 'latin1')), wanted.sha256, 'the subject itself is read right');
  const contigs = fasta.split('>').slice(1).map((record) => {
    const [name = '', ...lines] = record.split('\n');
    return { name, bases: lines.join('') };
  });
  return { ...known, sample: wanted.name, contigs, fasta, paddedBytes: padded.length };
}

/**
 * The same archive with a footer of some 300 kB, as archives of tens of thousands of groups have: streams without parts
 * are added, which readers pass over.
 */
export function withLargeFooter(archive: Buffer): Buffer {
  const end = archive.length - 8;
  const start = end - Number(archive.readBigUInt64LE(end));
  const bytesOfCount = archive[start]!;
  const count = archive.readUIntBE(start + 1, bytesOfCount);
  const added = Array.from({ length: 25_000 }, (_, i) => `zz${i.toString(36).padStart(6, '0')}\0\0\0`);
  const newCount = Buffer.alloc(5);
  newCount[0] = 4;
  newCount.writeUInt32BE(count + added.length, 1);
  const footer = Buffer.concat([newCount, archive.subarray(start + 1 + bytesOfCount, end), Buffer.from(added.join(''), 'latin1')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(footer.length));
  return Buffer.concat([archive.subarray(0, start), footer, length]);
}

/** The same archive with its parts `apart` bytes from each other, so that each has to be fetched by itself. */
export function spread(archive: Buffer, apart = 100_000): Buffer {
  const end = archive.length - 8;
  const start = end - Number(archive.readBigUInt64LE(end));
  let at = start;
  const int = () => {
    const bytes = archive[at++]!;
    const value = bytes && archive.readUIntBE(at, bytes);
    at += bytes;
    return value;
  };
  const streams = Array.from({ length: int() }, () => {
    const name = archive.subarray(at, (at = archive.indexOf(0, at) + 1));
    const [count, rawSize] = [int(), int()];
    return { name, rawSize, parts: Array.from({ length: count }, () => ({ offset: int(), size: int() })) };
  });
  const offsets = streams.flatMap(({ parts }) => parts.map(({ offset }) => offset)).sort((a, b) => a - b);
  const moved = new Map(offsets.map((offset, i) => [offset, offset + i * apart]));
  const footer = Buffer.concat([
    written(streams.length),
    ...streams.flatMap(({ name, rawSize, parts }) => [name, written(parts.length), written(rawSize), ...parts.flatMap(({ offset, size }) => [written(moved.get(offset)!), written(size)])]),
  ]);
  const parts = offsets.flatMap((offset, i) => [archive.subarray(offset, offsets[i + 1] ?? start), Buffer.alloc(apart)]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(footer.length));
  return Buffer.concat([archive.subarray(0, offsets[0]), ...parts, footer, length]);
}

function written(value: number): Buffer {
  const bytes = Buffer.alloc(7);
  bytes.writeUIntBE(value, 1, 6);
  let first = 1;
  while (first < 7 && bytes[first] === 0) first++;
  bytes[first - 1] = 7 - first;
  return bytes.subarray(first - 1);
}
