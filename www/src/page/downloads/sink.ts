// Where bytes of one file go, and what is written into it: all of a source, or nothing that looks complete.

import type { Bytes } from '../../ranges.ts';

export interface Sink {
  /** Waits until more may come. */
  write(chunk: Bytes): Promise<void>;
  /** All of it is there. */
  close(): Promise<void>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/** Writes all chunks and closes, or aborts and throws. Gives the bytes written. */
export async function pour(chunks: AsyncIterable<Bytes>, sink: Sink, signal: AbortSignal): Promise<number> {
  const stopped = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  stopped.catch(() => {}); // heard below, if anybody waits
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      // A disk that does not answer must not keep the user.
      await Promise.race([sink.write(chunk), stopped]);
    }
    signal.throwIfAborted();
    await sink.close();
    return bytes;
  } catch (error) {
    await sink.abort().catch(() => {});
    throw error;
  }
}
