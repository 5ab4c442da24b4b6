// Where the bytes of an archive come from. A source reads ranges; it knows nothing of the format.

import { emptyFile, fileUnreadable, isAbort } from './errors.ts';
import type { Block, Bytes, Range } from './ranges.ts';

/** What reading took: requests made, and bytes of archive that came. */
export interface Traffic {
  requests: number;
  bytes: number;
}

/** What a source learns by being opened: how long the file is, and whatever bytes came with the answer. */
export interface Opening {
  sizeBytes: number;
  blocks: Block[];
}

/** A file of known length that can be read in parts. */
export interface ByteSource {
  /** How people call it: a file name or an address. */
  readonly name: string;
  readonly traffic: Readonly<Traffic>;
  /** Called once, before any `read`. */
  open(signal?: AbortSignal): Promise<Opening>;
  /** Exactly the bytes of `range`, which lies within the file, or an error. */
  read(range: Range, signal?: AbortSignal): Promise<Bytes>;
}

/** A file the user chose or dropped, or any other Blob. */
export class BlobSource implements ByteSource {
  readonly name: string;
  readonly traffic: Traffic = { requests: 0, bytes: 0 };
  readonly #blob: Blob;

  constructor(blob: Blob, name = 'name' in blob ? String(blob.name) : 'The file') {
    this.#blob = blob;
    this.name = name;
  }

  async open(signal?: AbortSignal): Promise<Opening> {
    signal?.throwIfAborted();
    if (this.#blob.size === 0) throw emptyFile(this.name);
    return { sizeBytes: this.#blob.size, blocks: [] };
  }

  async read(range: Range, signal?: AbortSignal): Promise<Bytes> {
    signal?.throwIfAborted();
    this.traffic.requests++;
    let bytes: Bytes;
    try {
      bytes = new Uint8Array(await this.#blob.slice(range.start, range.end).arrayBuffer());
    } catch (error) {
      throw isAbort(error) ? error : fileUnreadable(this.name);
    }
    signal?.throwIfAborted();
    this.traffic.bytes += bytes.length;
    if (bytes.length !== range.end - range.start) throw fileUnreadable(this.name);
    return bytes;
  }
}
