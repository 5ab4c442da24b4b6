// JBrowse stops a question by taking its stopToken away, which tells nobody: whoever works for it must look.

import { updateStatus2 } from '@jbrowse/core/util';
import type { BaseOptions } from '@jbrowse/core/data_adapters/BaseAdapter';

/** A look takes a request to the browser itself, of a millisecond. */
const LOOK_EVERY_MS = 100;

/** Says `message` while `work` goes on, and aborts its requests soon after JBrowse has stopped the question. */
export async function working<T>(message: string, { stopToken, statusCallback = () => {} }: BaseOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const look = () => updateStatus2('', () => {}, stopToken, () => {}).catch((stopped) => stop.abort(stopped));
  const looking = stopToken === undefined ? undefined : setInterval(look, LOOK_EVERY_MS);
  try {
    return await updateStatus2(message, statusCallback, stopToken, () => work(stop.signal));
  } finally {
    clearInterval(looking);
  }
}
