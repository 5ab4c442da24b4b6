// Several files as one: a tar archive in the ustar format, with pax records where a name or a size is more than that holds.

import type { Bytes } from '../../ranges.ts';

const BLOCK_BYTES = 512;
/** Bytes of a name in a ustar header. */
const NAME_BYTES_MAX = 100;
/** Eleven octal digits. */
const SIZE_MAX = 8 ** 11 - 1;
const encoder = new TextEncoder();

export interface TarFile {
  /** With its folders, separated by `/`. */
  path: string;
  bytes: number;
}

/** Bytes of the archive. */
export function tarBytes(files: readonly TarFile[]): number {
  return files.reduce((sum, file) => sum + headers(file, 0).length + padded(file.bytes), 2 * BLOCK_BYTES);
}

/** The archive, file by file, all of them of the time `mtime`, in seconds since 1970. */
export async function* tarOf<File extends TarFile>(files: readonly File[], chunksOf: (file: File) => AsyncIterable<Bytes>, mtime: number): AsyncGenerator<Bytes> {
  for (const file of files) {
    yield headers(file, mtime);
    yield* chunksOf(file);
    yield new Uint8Array(padded(file.bytes) - file.bytes);
  }
  yield new Uint8Array(2 * BLOCK_BYTES);
}

/** All that comes before the bytes of a file. */
function headers({ path, bytes }: TarFile, mtime: number): Bytes {
  const name = encoder.encode(path);
  const plain = name.length <= NAME_BYTES_MAX && name.length === path.length;
  const records = (plain ? '' : record('path', path)) + (bytes <= SIZE_MAX ? '' : record('size', String(bytes)));
  const own = header(plain ? path : ascii(path), Math.min(bytes, SIZE_MAX), '0', mtime);
  if (!records) return own;
  const extended = encoder.encode(records);
  const out = new Uint8Array(BLOCK_BYTES + padded(extended.length) + BLOCK_BYTES);
  out.set(header('PaxHeader', extended.length, 'x', mtime));
  out.set(extended, BLOCK_BYTES);
  out.set(own, out.length - BLOCK_BYTES);
  return out;
}

/** A block of fields at fixed places, numbers in octal. */
function header(name: string, size: number, type: string, mtime: number): Bytes {
  const block = new Uint8Array(BLOCK_BYTES);
  const put = (at: number, text: string) => block.set(encoder.encode(text), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  put(0, name);
  put(100, octal(0o644, 7)); // mode
  put(108, octal(0, 7)); // owner
  put(116, octal(0, 7)); // group
  put(124, octal(size, 11));
  put(136, octal(mtime, 11));
  put(148, ' '.repeat(8)); // as which the checksum counts itself
  put(156, type);
  put(257, 'ustar\0' + '00');
  put(148, `${octal(block.reduce((sum, byte) => sum + byte, 0), 6)}\0 `);
  return block;
}

/** `length key=value\n`, where the length counts its own digits. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = encoder.encode(rest).length;
  let length = bytes;
  while (length !== bytes + String(length).length) length = bytes + String(length).length;
  return `${length}${rest}`;
}

/** For readers that know no pax records. */
function ascii(path: string): string {
  return path.replace(/[^ -~]/gu, '_').slice(0, NAME_BYTES_MAX);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}
