// For browsers that only save what is complete: gathers Blobs, and hands the whole over. Up to a bound.

import { AgcError } from '../../errors.ts';
import type { Bytes } from '../../ranges.ts';
import { make } from '../dom.ts';
import { size } from '../format.ts';
import type { Size } from './destination.ts';
import type { Sink } from './sink.ts';

/** Chunks are gathered to Blobs of this size, which browsers keep on disk. */
const BLOB_BYTES = 8 * 1024 * 1024;
/** Of a file: browsers keep Blobs in memory as long as they have room. */
export const WHOLE_BYTES_MAX = 500_000_000;

export class BlobSink implements Sink {
  #blobs: Blob[] = [];
  #open: Bytes[] = [];
  #openBytes = 0;
  #room = WHOLE_BYTES_MAX;
  readonly #fileName: string;

  constructor(fileName: string, { bytes, exact }: Size) {
    if (exact && bytes > WHOLE_BYTES_MAX) throw tooLarge();
    this.#fileName = fileName;
  }

  async write(chunk: Bytes): Promise<void> {
    this.#room -= chunk.length;
    if (this.#room < 0) throw tooLarge();
    this.#open.push(chunk);
    this.#openBytes += chunk.length;
    if (this.#openBytes >= BLOB_BYTES) this.#seal();
  }

  async close(): Promise<void> {
    this.#seal();
    const link = make('a');
    link.href = URL.createObjectURL(new Blob(this.#blobs, { type: 'application/octet-stream' }));
    link.download = this.#fileName;
    link.click();
    // The browser has taken the Blob over long before.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    this.#blobs = [];
  }

  async abort(): Promise<void> {
    this.#blobs = [];
    this.#open = [];
  }

  #seal(): void {
    this.#blobs.push(new Blob(this.#open));
    this.#open = [];
    this.#openBytes = 0;
  }
}

function tooLarge(): AgcError {
  return new AgcError(
    `This browser holds a file in memory until it is complete here, so no more than ${size(WHOLE_BYTES_MAX)} can be saved. Chrome and Edge write to the disk ` +
      'as it comes, and so do all browsers where this page is served by https. Or use the command ragc getset.',
  );
}
