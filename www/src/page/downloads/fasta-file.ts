// The FASTA files that can be saved: a region, a contig, a sample. How long each will be is known before it is decoded.

import type { AgcArchive, Contig, FastaRecord } from '../../../types/index.d.ts';
import { recordBytes } from '../../fasta.ts';
import type { Bytes } from '../../ranges.ts';
import type { Window } from '../region.ts';
import { safeFileName } from './names.ts';

/** The part of an archive used here. */
export type Streaming = Pick<AgcArchive, 'contigs' | 'stream'>;

export interface FastaFile {
  /** Without an ending. */
  name: string;
  bytes: number;
  chunks: (signal: AbortSignal) => AsyncIterable<Bytes>;
}

export function regionFile(archive: Streaming, sample: string, { index, name }: Contig, { from, to }: Window): FastaFile {
  const record = `${name}:${from}-${to}`;
  return {
    name: `${safeFileName(`${sample}.${name}`)}_${from}-${to}`,
    bytes: recordBytes(record, to - from + 1),
    chunks: (signal) => streamed(archive, sample, signal, [{ contig: index, start: from - 1, end: to, name: record }]),
  };
}

export function contigFile(archive: Streaming, sample: string, { index, name, header, length }: Contig): FastaFile {
  return {
    name: safeFileName(`${sample}.${name}`),
    bytes: recordBytes(header, length),
    chunks: (signal) => streamed(archive, sample, signal, [{ contig: index }]),
  };
}

/** `name` is what the file is called, safe already. */
export function sampleFile(archive: Streaming, sample: string, contigs: readonly Contig[], name = safeFileName(sample)): FastaFile {
  return {
    name,
    bytes: contigs.reduce((sum, { header, length }) => sum + recordBytes(header, length), 0),
    chunks: (signal) => streamed(archive, sample, signal),
  };
}

/** Not every browser can iterate a ReadableStream. */
async function* streamed(archive: Streaming, sample: string, signal: AbortSignal, contigs?: FastaRecord[]): AsyncGenerator<Bytes> {
  const reader = archive.stream(sample, { signal, ...(contigs && { contigs }) }).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
