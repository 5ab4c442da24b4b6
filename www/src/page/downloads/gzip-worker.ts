// The worker that compresses: answers each chunk with what of the gzip file is ready, and nothing with the rest of it.

import { joined, type Bytes } from '../../ranges.ts';

/** The part of DedicatedWorkerGlobalScope used here. */
interface Scope {
  postMessage(message: Bytes, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<Bytes | undefined>) => void) | null;
}
const scope = globalThis as unknown as Scope;

const { readable, writable } = new CompressionStream('gzip');
const writer = writable.getWriter();
let ready: Bytes[] = [];
const all = gather();

scope.onmessage = async ({ data: chunk }) => {
  if (chunk) {
    await writer.write(chunk);
  } else {
    await writer.close();
    await all;
  }
  const out = joined(ready);
  ready = [];
  scope.postMessage(out, [out.buffer]);
};

async function gather(): Promise<void> {
  const reader = readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) ready.push(next.value as Bytes);
}
