// What Node finds beside the script.

import { readFile } from 'node:fs/promises';

import { AgcError } from './errors.ts';

export async function ownWasm(): Promise<BufferSource> {
  return readFile(new URL('./ragc.wasm', import.meta.url)) as Promise<Buffer<ArrayBuffer>>;
}

export function ownWorker(): Worker {
  throw new AgcError('In Node the archive decodes where it is opened; leave out the option "worker". To keep a server responsive, open it in a thread of worker_threads.');
}

export async function wasmForWorker(): Promise<undefined> {}
