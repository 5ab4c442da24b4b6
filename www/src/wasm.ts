// The wasm module: loaded once, whoever asks first, and typed as the rest of this package sees it.

import init, { Reader, type Step } from '../pkg/ragc_read.js';
import { AgcError, type ErrorKind } from './errors.ts';

export { Reader, type Step };

/** The module's bytes, the module, or where to fetch it. */
export type WasmSource = string | URL | BufferSource | WebAssembly.Module;

let loading: Promise<unknown> | undefined;

/** Makes {@link Reader} usable. Every call but the first waits for the first; a failure can be tried again. */
export async function loadWasm(source: WasmSource = new URL('./ragc.wasm', import.meta.url)): Promise<void> {
  loading ??= fetchBytes(source).then((module_or_path) => init({ module_or_path }));
  try {
    await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

/** Runs `question` and turns what the module throws into our error, with `name` as the file it is about. */
export function asking<T>(name: string, question: () => T): T {
  try {
    return question();
  } catch (error) {
    throw translate(name, error);
  }
}

/** As bytes, not as a stream: hosts that do not know the type `application/wasm` then do no harm. */
async function fetchBytes(source: WasmSource): Promise<BufferSource | WebAssembly.Module> {
  if (typeof source !== 'string' && !(source instanceof URL)) return source;
  const response = await fetch(source);
  if (!response.ok) throw new AgcError('internal', `${source} is missing beside the page (HTTP ${response.status}).`);
  return response.arrayBuffer();
}

const SENTENCES: Record<string, (name: string, why: string) => string> = {
  'not-an-archive': (name, why) => `${name} is not an AGC archive, or it is damaged or cut short: ${why}.`,
  unsupported: (name, why) => `${name} is an archive this reader cannot read yet: ${why}.`,
  limit: (name, why) => `${name} asks for more memory than is allowed here: ${why}.`,
  'not-found': (name, why) => `Not found in ${name}: ${why}.`,
  misuse: (_, why) => `This cannot be asked: ${why}.`,
};

function translate(name: string, error: unknown): Error {
  if (!(error instanceof Error)) return new AgcError('internal', `The reader failed: ${String(error)}`);
  const kind = 'kind' in error ? String(error.kind) : '';
  const sentence = SENTENCES[kind];
  // A trap: the module is not to be trusted afterwards.
  if (!sentence) return new AgcError('internal', `The reader failed on ${name}: ${error.message}. Reload the page.`);
  return new AgcError(kind as ErrorKind, sentence(name, error.message));
}
