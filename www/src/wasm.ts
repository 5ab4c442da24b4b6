// The wasm module: loaded once, whoever asks first, and typed as the rest of this package sees it.

import init, { Reader, type IndexAt, type Step } from '../pkg/ragc_read.js';
import type { WasmSource } from '../types/index.d.ts';
import { AgcError, AgcFormatError, LimitError, StaleIndexError, UnresolvedError, UnsupportedVersionError } from './errors.ts';
import { ownWasm } from './platform.ts';

export type { IndexAt, Reader, Step };

/** Bytes of decoded sequence kept, unless the caller says otherwise. */
const CACHE_BYTES = 32 * 1024 * 1024;

let loading: Promise<{ memory: WebAssembly.Memory }> | undefined;

/** Makes {@link openReader} usable. Every call but the first waits for the first; a failure can be tried again. */
export async function loadWasm(source?: WasmSource): Promise<void> {
  loading ??= bytesOf(source).then((module_or_path) => init({ module_or_path }));
  try {
    await loading;
  } catch (error) {
    loading = undefined;
    throw error instanceof AgcError ? error : new AgcError(`The wasm module could not be started: ${String(error)}. ${adviceOnStarting()}`);
  }
}

function adviceOnStarting(): string {
  return WebAssembly.validate(SIMD_PROBE)
    ? "A page with a Content-Security-Policy must allow 'wasm-unsafe-eval'."
    : 'It needs a browser with WebAssembly SIMD: Chrome or Edge 91, Firefox 89, Safari 16.4, or newer.';
}

/** The smallest module with an instruction of SIMD: a function that makes a vector and drops it. */
const SIMD_PROBE = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // a type: nothing taken, nothing returned
  ...[0x03, 0x02, 0x01, 0x00], // a function of it
  ...[0x0a, 0x17, 0x01, 0x15, 0x00, 0xfd, 0x0c, ...new Array<number>(16).fill(0), 0x1a, 0x0b], // v128.const 0, drop, end
]);

/** Bytes of memory the module has taken; it never gives any back. */
export async function wasmBytes(): Promise<number> {
  return (await loading)?.memory.buffer.byteLength ?? 0;
}

/** A reader of a file of `size` bytes: the only place that makes one. */
export function openReader(size: number, index: IndexAt, cacheBytes = CACHE_BYTES): Reader {
  return new Reader(size, index, cacheBytes);
}

/** Runs `question` and turns what the module throws into our error, with `key` as the file it is about. */
export function asking<T>(key: string, question: () => T): T {
  try {
    return question();
  } catch (error) {
    throw translate(key, error);
  }
}

/** As bytes, not as a stream: hosts that do not know the type `application/wasm` then do no harm. */
async function bytesOf(source?: WasmSource): Promise<BufferSource | WebAssembly.Module> {
  if (source === undefined) return ownWasm();
  if (typeof source !== 'string' && !(source instanceof URL)) return source;
  const response = await fetch(source);
  if (!response.ok) throw new AgcError(`There is no wasm module at ${source} (HTTP ${response.status}).`);
  return response.arrayBuffer();
}

type Translation = (key: string, why: string) => AgcError;

const TRANSLATIONS: Record<string, Translation> = {
  'not-an-archive': (key, why) => new AgcFormatError(`${key} is not an AGC archive, or it is damaged or cut short: ${why}.`),
  unsupported: (key, why) => new UnsupportedVersionError(`${key} is an archive this reader cannot read yet: ${why}.`),
  limit: (key, why) => new LimitError(`${key} asks for more memory than is allowed here: ${why}.`),
  'not-found': (key, why) => new UnresolvedError(`Not found in ${key}: ${why}.`),
  ambiguous: (key, why) => new UnresolvedError(`Ambiguous in ${key}: ${why}.`),
  'stale-index': (key, why) => new StaleIndexError(`${key} was opened with an index that cannot be used: ${why}.`),
  misuse: (_, why) => new AgcError(`This cannot be asked: ${why}.`),
};

function translate(key: string, error: unknown): Error {
  if (error instanceof AgcError) return error;
  if (!(error instanceof Error)) return new AgcError(`The reader failed: ${String(error)}`);
  const translation = TRANSLATIONS['kind' in error ? String(error.kind) : ''];
  // A trap: the module is not to be trusted afterwards.
  return translation?.(key, error.message) ?? new AgcError(`The reader failed on ${key}: ${error.message}. Reload the page.`);
}
