// FASTA to the user's disk, chunk by chunk, with progress and a way to stop it.

import { isAbort } from '../errors.ts';
import type { Bytes } from '../ranges.ts';
import { announce, byId, make } from './dom.ts';
import { percent, size } from './format.ts';

export interface Download {
  fileName: string;
  /** How long the file will be, in bytes. */
  totalBytes: number;
  chunks: (signal: AbortSignal) => ReadableStream<Bytes>;
}

/** Where chunks go. */
interface Sink {
  write(chunk: Bytes): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

/** The part of the File System Access API used here; TypeScript's library lacks the picker. */
interface SavePicker {
  showSaveFilePicker?(options: object): Promise<{ createWritable(): Promise<Sink> }>;
}

/** Chunks are gathered to Blobs of this size, which browsers keep on disk. */
const BLOB_BYTES = 8 * 1024 * 1024;

/** Saves a file; called from a click, so that the browser allows it to ask where. */
export async function save(download: Download): Promise<void> {
  let sink: Sink;
  try {
    sink = await sinkFor(download.fileName);
  } catch (error) {
    if (!isAbort(error)) new Card(download, () => {}).fail(error);
    return;
  }
  const stop = new AbortController();
  const card = new Card(download, () => stop.abort());
  const stopped = new Promise<never>((_, reject) => stop.signal.addEventListener('abort', () => reject(stop.signal.reason)));
  stopped.catch(() => {}); // heard below, if anybody waits
  // Not every browser can iterate a ReadableStream.
  const chunks = download.chunks(stop.signal).getReader();
  try {
    for (let next = await chunks.read(); !next.done; next = await chunks.read()) {
      // A disk that does not answer must not keep the user.
      await Promise.race([sink.write(next.value), stopped]);
      card.progress(next.value.length);
    }
    stop.signal.throwIfAborted();
    await sink.close();
    card.finish();
  } catch (error) {
    if (isAbort(error)) card.cancelled();
    else card.fail(error);
    await chunks.cancel().catch(() => {});
    await sink.abort().catch(() => {});
  }
}

/** A name that every file system takes. */
export function safeFileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._#@+=-]+/gu, '_').replace(/^[._]+/, '').slice(0, 120) || 'sequence';
}

function sinkFor(fileName: string): Promise<Sink> {
  const picker = globalThis as SavePicker;
  return picker.showSaveFilePicker ? chosenFile(picker, fileName) : Promise.resolve(new BlobSink(fileName));
}

async function chosenFile(picker: SavePicker, suggestedName: string): Promise<Sink> {
  const types = [{ description: 'FASTA', accept: { 'text/x-fasta': ['.fa', '.fasta'] } }];
  const handle = await picker.showSaveFilePicker!({ suggestedName, types });
  return handle.createWritable();
}

/** For browsers that only save what is complete: gathers Blobs and hands over the whole. */
class BlobSink implements Sink {
  #blobs: Blob[] = [];
  #open: Bytes[] = [];
  #openBytes = 0;
  readonly #fileName: string;

  constructor(fileName: string) {
    this.#fileName = fileName;
  }

  async write(chunk: Bytes): Promise<void> {
    this.#open.push(chunk);
    this.#openBytes += chunk.length;
    if (this.#openBytes >= BLOB_BYTES) this.#seal();
  }

  async close(): Promise<void> {
    this.#seal();
    const link = make('a');
    link.href = URL.createObjectURL(new Blob(this.#blobs, { type: 'text/x-fasta' }));
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

/** What the page shows of one download. */
class Card {
  #done = 0;
  #drawn = 0;
  readonly #started = performance.now();
  readonly #download: Download;
  readonly #root = make('li', 'download');
  readonly #bar = make('progress');
  readonly #said = make('span', 'said', 'Starting');
  readonly #button = make('button', 'button small', 'Cancel');

  constructor(download: Download, cancel: () => void) {
    this.#download = download;
    this.#bar.max = Math.max(1, download.totalBytes);
    this.#bar.value = 0;
    this.#bar.setAttribute('aria-label', `Progress of ${download.fileName}`);
    this.#button.type = 'button';
    this.#button.setAttribute('aria-label', `Cancel ${download.fileName}`);
    this.#button.onclick = cancel;
    const name = make('strong', '', download.fileName);
    this.#root.append(name, this.#bar, this.#said, this.#button);
    byId('downloads').append(this.#root);
  }

  progress(bytes: number): void {
    this.#done += bytes;
    const now = performance.now();
    if (now - this.#drawn < 100) return;
    this.#drawn = now;
    const { totalBytes } = this.#download;
    const perSecond = (this.#done / Math.max(1, now - this.#started)) * 1000;
    this.#bar.value = this.#done;
    this.#said.textContent = `${percent(this.#done, totalBytes)} of ${size(totalBytes)}, ${size(perSecond)} a second`;
  }

  finish(): void {
    const seconds = (performance.now() - this.#started) / 1000;
    this.#end('done', `Done: ${size(this.#done)}${seconds < 1 ? '' : ` in ${Math.round(seconds)} s`}`);
  }

  cancelled(): void {
    this.#end('cancelled', 'Cancelled, nothing saved');
  }

  fail(error: unknown): void {
    this.#said.setAttribute('role', 'alert');
    this.#end('failed', error instanceof Error ? error.message : String(error));
  }

  #end(state: string, text: string): void {
    this.#root.classList.add(state);
    this.#bar.remove();
    this.#said.textContent = text;
    this.#button.textContent = 'Dismiss';
    this.#button.setAttribute('aria-label', `Dismiss ${this.#download.fileName}`);
    this.#button.onclick = () => this.#root.remove();
    announce(`${this.#download.fileName}: ${text}`);
  }
}
