// Chunks as gzip, made by a worker of its own (gzip-worker.ts), as the browser compresses on the thread that asks for it.

import { AgcError } from '../../errors.ts';
import type { Bytes } from '../../ranges.ts';

/** Whether this browser can. */
export const CAN_GZIP = typeof CompressionStream !== 'undefined';

/** `chunks`, whose buffers are taken, compressed. */
export async function* gzipped(chunks: AsyncIterable<Bytes>, signal: AbortSignal): AsyncGenerator<Bytes> {
  const worker = new Worker(new URL('./gzip.js', import.meta.url), { type: 'module' });
  let fail: (reason: unknown) => void = () => {};
  const answer = (chunk?: Bytes) =>
    new Promise<Bytes>((resolve, reject) => {
      fail = reject;
      worker.onmessage = ({ data }: MessageEvent<Bytes>) => resolve(data);
      worker.postMessage(chunk, chunk ? [chunk.buffer] : []);
    });
  worker.onerror = ({ message }) => fail(new AgcError(`The download could not be compressed: ${message || 'gzip.js is missing beside the page'}. Save it as plain FASTA.`));
  const stop = () => fail(signal.reason);
  signal.addEventListener('abort', stop);
  try {
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      if (chunk.length) yield await answer(chunk);
    }
    yield await answer();
  } finally {
    signal.removeEventListener('abort', stop);
    worker.terminate();
  }
}
