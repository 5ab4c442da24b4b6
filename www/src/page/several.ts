// Several samples as one FASTA text.

import type { AgcArchive } from '../../types/index.d.ts';
import { recordBytes } from '../fasta.ts';
import type { Bytes } from '../ranges.ts';

/** How long it will be, in bytes. */
export async function bytesOf(archive: AgcArchive, samples: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const sample of samples) {
    for (const { header, length } of await archive.contigs(sample)) bytes += recordBytes(header, length);
  }
  return bytes;
}

/** One sample after the other. */
export function streamOf(archive: AgcArchive, samples: readonly string[], signal: AbortSignal): ReadableStream<Bytes> {
  const left = samples.values();
  let reader: ReadableStreamDefaultReader<Bytes> | undefined;
  return new ReadableStream<Bytes>({
    async pull(controller) {
      for (;;) {
        if (!reader) {
          const { value: sample, done } = left.next();
          if (done) return controller.close();
          reader = archive.stream(sample, { signal }).getReader();
        }
        const { value } = await reader.read();
        if (value) return controller.enqueue(value);
        reader = undefined;
      }
    },
    cancel: (reason) => reader?.cancel(reason),
  });
}
