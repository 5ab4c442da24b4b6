// The repository's archives, opened in Node, and what is in them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { dist, ownArchives, sha256, textOf, type Known } from '../../tests/browser/harness.ts';
import * as ragc from '../src/index.ts';
import type { AgcArchive, OpenOptions } from '../types/index.d.ts';

export const wasm = new WebAssembly.Module(readFileSync(join(dist, 'ragc.wasm')));

export interface KnownBytes extends Known {
  bytes: Uint8Array<ArrayBuffer>;
}

export const allKnown: KnownBytes[] = ownArchives().map((known) => ({ ...known, bytes: Uint8Array.from(readFileSync(known.file)) }));

export function known(name: string): KnownBytes {
  const found = allKnown.find(({ path }) => path.endsWith(name));
  assert.ok(found, `${name} is in tests/data`);
  return found;
}

export const open = (bytes: Uint8Array<ArrayBuffer>, options: OpenOptions = {}): Promise<AgcArchive> =>
  ragc.AgcArchive.open(new File([bytes], 'x.agc'), { wasm, ...options });

/** The sequences of a sample by header, from its FASTA, which is that of the manifest. */
export async function fastaOf(archive: AgcArchive, { samples }: Known, sample: string): Promise<{ text: string; contigs: Map<string, string> }> {
  const text = await textOf(archive.stream(sample));
  assert.equal(sha256(Buffer.from(text, 'latin1')), samples.find(({ name }) => name === sample)?.sha256, `${sample} as agc prints it`);
  const records = text.split('>').slice(1).map((record) => [record.slice(0, record.indexOf('\n')), record.slice(record.indexOf('\n')).replaceAll('\n', '')] as const);
  return { text, contigs: new Map(records) };
}
