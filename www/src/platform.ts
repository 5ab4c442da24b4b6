// What scripts served as files find beside them. Builds put platform-node.ts or platform-inline.ts in the place of this
// module; all of them export the same.

import { AgcError } from './errors.ts';

/** The wasm module of this package. */
export async function ownWasm(): Promise<BufferSource> {
  const url = new URL('./ragc.wasm', import.meta.url);
  const response = await fetch(url);
  if (!response.ok) throw new AgcError(`${url} is missing beside the script (HTTP ${response.status}). Serve it there, name another place by the option "wasm", or use ragc/inline.`);
  return response.arrayBuffer();
}

/** A worker that decodes. */
export function ownWorker(): Worker {
  const url = new URL('./worker.js', import.meta.url);
  // Bundlers know a worker by exactly this expression.
  if (url.origin === location.origin) return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  // Browsers start no worker from another origin, such as a CDN; but one of ours may import it.
  const bridge = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' }));
  const worker = new Worker(bridge, { type: 'module' });
  setTimeout(() => URL.revokeObjectURL(bridge), 60_000);
  return worker;
}

/** What that worker must be given to find its wasm module. */
export async function wasmForWorker(): Promise<undefined> {}
