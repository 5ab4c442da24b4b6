// What the worker inside ragc/inline has around it: nothing. Whoever starts it hands the wasm module over.

import { AgcError } from './errors.ts';

export async function ownWasm(): Promise<BufferSource> {
  throw new AgcError('This worker was given no wasm module.');
}
