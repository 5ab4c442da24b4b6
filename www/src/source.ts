// Where the bytes of an archive come from. A source reads ranges; it knows nothing of the format.

import type { Abortable, ByteSource, FilehandleLike, HttpOptions } from '../types/index.d.ts';
import { emptyFile, fileUnreadable, isAbort, SizeUnknownError } from './errors.ts';
import type { Bytes } from './ranges.ts';

export type { Abortable, ByteRange, ByteSource, FilehandleLike, HttpOptions, Traffic } from '../types/index.d.ts';

/** What a source is made of, where a worker can make it as well. */
export type SourceOnWire = { url: string; options: HttpOptions } | { blob: Blob };
/** The property of a source that says so. */
export const WIRE = Symbol('source on wire');

/** A file the user chose or dropped, or any other Blob. */
class BlobSource implements ByteSource {
  readonly key: string;
  readonly [WIRE]: SourceOnWire;
  readonly #blob: Blob;

  constructor(blob: Blob) {
    this.#blob = blob;
    this.key = 'name' in blob ? String(blob.name) : 'The file';
    this[WIRE] = { blob };
  }

  async size({ signal }: Abortable = {}): Promise<number> {
    signal?.throwIfAborted();
    if (this.#blob.size === 0) throw emptyFile(this.key);
    return this.#blob.size;
  }

  async read(offset: number, length: number, { signal }: Abortable = {}): Promise<Bytes> {
    signal?.throwIfAborted();
    let bytes: Bytes;
    try {
      bytes = new Uint8Array(await this.#blob.slice(offset, offset + length).arrayBuffer());
    } catch (error) {
      throw isAbort(error) ? error : fileUnreadable(this.key);
    }
    signal?.throwIfAborted();
    return bytes;
  }
}

/** What generic-filehandle2 calls a file. */
class FilehandleSource implements ByteSource {
  readonly key: string;
  readonly #handle: FilehandleLike;

  constructor(handle: FilehandleLike) {
    this.#handle = handle;
    // RemoteFile has the address, which its type does not tell.
    this.key = 'url' in handle && typeof handle.url === 'string' ? handle.url : 'The file';
  }

  async size({ signal }: Abortable = {}): Promise<number> {
    signal?.throwIfAborted();
    const { size } = await this.#handle.stat();
    // So does RemoteFile where the server hides Content-Range.
    if (!size) throw new SizeUnknownError(`${this.key}: its handle tells no size. Servers must expose the header Content-Range for that.`);
    return size;
  }

  read(offset: number, length: number, { signal }: Abortable = {}): Promise<Uint8Array> {
    return this.#handle.read(length, offset, signal ? { signal } : {});
  }
}

export function blobSource(blob: Blob): ByteSource {
  return new BlobSource(blob);
}

export function filehandleSource(handle: FilehandleLike): ByteSource {
  return new FilehandleSource(handle);
}
