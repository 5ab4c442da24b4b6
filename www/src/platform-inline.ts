// Everything in one script: the module and the worker are inside it, as text.

import wasmBase64 from 'ragc:wasm';
import workerScript from 'ragc:worker';

export async function ownWasm(): Promise<BufferSource> {
  return Uint8Array.from(atob(wasmBase64), (char) => char.charCodeAt(0));
}

export function ownWorker(): Worker {
  const url = URL.createObjectURL(new Blob([workerScript], { type: 'text/javascript' }));
  const worker = new Worker(url);
  // It has been fetched long before.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return worker;
}

export const wasmForWorker = ownWasm;
