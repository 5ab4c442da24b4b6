// The FASTA files that can be saved: a region, a contig, a sample. How long each will be is known before it is decoded.

import type { AgcArchive, Contig, FastaRecord } from '../../../types/index.d.ts';
import { AgcError } from '../../errors.ts';
import { recordBytes } from '../../fasta.ts';
import type { Bytes } from '../../ranges.ts';
import type { View } from '../sequence/pane.ts';
import { safeFileName } from './names.ts';

/** The part of an archive used here. */
export type Streaming = Pick<AgcArchive, 'contigs' | 'stream'>;

export interface FastaFile {
  /** Without an ending. */
  name: string;
  bytes: number;
  chunks: (signal: AbortSignal) => AsyncIterable<Bytes>;
}

export function regionFile(archive: Streaming, sample: string, { index, name }: Contig, { from, to, reverse }: View): FastaFile {
  // As `ragc faidx --reverse-complement` and samtools name it.
  const record = `${name}:${from}-${to}${reverse ? '/rc' : ''}`;
  const bytes = recordBytes(record, to - from + 1);
  return {
    name: `${safeFileName(`${sample}.${name}`)}_${from}-${to}${reverse ? '_rc' : ''}`,
    bytes,
    chunks: (signal) => streamed(archive, sample, bytes, signal, [{ contig: index, start: from - 1, end: to, name: record, reverseComplement: reverse }]),
  };
}

export function contigFile(archive: Streaming, sample: string, { index, name, header, length }: Contig): FastaFile {
  const bytes = recordBytes(header, length);
  return { name: safeFileName(`${sample}.${name}`), bytes, chunks: (signal) => streamed(archive, sample, bytes, signal, [{ contig: index }]) };
}

/** `name` is what the file is called, safe already. */
export function sampleFile(archive: Streaming, sample: string, contigs: readonly Contig[], name = safeFileName(sample)): FastaFile {
  const bytes = contigs.reduce((sum, { header, length }) => sum + recordBytes(header, length), 0);
  return { name, bytes, chunks: (signal) => streamed(archive, sample, bytes, signal) };
}

/** Throws at its end if there were not as many bytes as was foretold: the archive may have been replaced since then. */
async function* streamed(archive: Streaming, sample: string, bytes: number, signal: AbortSignal, contigs?: FastaRecord[]): AsyncGenerator<Bytes> {
  // Not every browser can iterate a ReadableStream.
  const reader = archive.stream(sample, { signal, ...(contigs && { contigs }) }).getReader();
  let left = bytes;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      left -= next.value.length;
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (left !== 0) throw new AgcError(`${sample} is not as long as the tables of the archive told. If the archive has been replaced, open it again.`);
}
