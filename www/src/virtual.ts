// The bytes of that file, decoded as they are read, in the two shapes that viewers take files in.

import type * as api from '../types/index.d.ts';
import { entryAt, faiOf, layOut, linesOf, linesWithin, type Entry, type Naming } from './layout.ts';
import { encodeName } from './names.ts';
import type { Bytes } from './ranges.ts';
import type { Abortable } from './source.ts';

type Sequences = Pick<api.AgcArchive, 'sequences'>;
type Read = (start: number, end: number, signal?: AbortSignal) => Promise<Bytes>;

export function virtualFasta(archive: Sequences, sample: string, contigs: readonly api.Contig[], names?: Naming): api.VirtualFasta {
  const entries = layOut(sample, contigs, names);
  const read: Read = (start, end, signal) => bytesOf(archive, sample, entries, start, end, signal);
  const file = new VirtualFile(`${sample}.fa`, entries.at(-1)?.end ?? 0, read);
  const faiFile = textFile(`${sample}.fa.fai`, faiOf(entries));
  return { file, faiFile, handle: new VirtualFilehandle(file), faiHandle: new VirtualFilehandle(faiFile) };
}

/** A file of names and numbers. */
export function textFile(name: string, text: string): VirtualFile {
  const bytes = encodeName(text);
  return new VirtualFile(name, bytes.length, async (start, end) => bytes.slice(start, end));
}

/** Bytes `start` to `end` of the file. All contigs in it are asked for at once. */
async function bytesOf(archive: Sequences, sample: string, entries: readonly Entry[], start: number, end: number, signal?: AbortSignal): Promise<Bytes> {
  const touched: Entry[] = [];
  for (let i = entryAt(entries, start); i < entries.length && entries[i]!.start < end; i++) touched.push(entries[i]!);
  const lines = touched.map((entry) => linesWithin(entry, start, end));
  const regions = lines.map(({ entry, bases }) => ({ sample, contig: entry.contig.index, ...bases }));
  const sequences = await archive.sequences(regions, { as: 'bytes', signal });
  const out = new Uint8Array(end - start);
  lines.forEach(({ entry, from, to }, i) => {
    if (start < entry.bases) out.set(entry.header.subarray(Math.max(start - entry.start, 0), end - entry.start), Math.max(entry.start - start, 0));
    if (from < to) out.set(linesOf(sequences[i]!, from, to), entry.bases + from - start);
  });
  return out;
}

/** Looks like a File to those who look for a name, `slice` and `arrayBuffer`. */
class VirtualFile implements api.VirtualFile {
  readonly name: string;
  readonly size: number;
  readonly #read: Read;

  constructor(name: string, size: number, read: Read) {
    this.name = name;
    this.size = size;
    this.#read = read;
  }

  slice(start = 0, end = this.size): VirtualFile {
    const from = this.#clamp(start);
    const to = Math.max(from, this.#clamp(end));
    return new VirtualFile(this.name, to - from, (a, b, signal) => this.#read(from + a, from + b, signal));
  }

  async arrayBuffer({ signal }: Abortable = {}): Promise<ArrayBuffer> {
    return (await this.#read(0, this.size, signal)).buffer;
  }

  async text(options?: Abortable): Promise<string> {
    return new TextDecoder().decode(await this.arrayBuffer(options));
  }

  toJSON(): string {
    return this.name;
  }

  /** Of a negative position, as Blobs count it: from the end. */
  #clamp(position: number): number {
    return Math.min(Math.max(Math.trunc(position < 0 ? this.size + position : position), 0), this.size);
  }
}

/** Looks like a handle of generic-filehandle2. */
class VirtualFilehandle implements api.VirtualFilehandle {
  readonly #file: VirtualFile;

  constructor(file: VirtualFile) {
    this.#file = file;
  }

  async read(length: number, position: number, options?: Abortable): Promise<Bytes> {
    return new Uint8Array(await this.#file.slice(position, position + length).arrayBuffer(options));
  }

  readFile(options?: Abortable & { encoding?: undefined }): Promise<Bytes>;
  readFile(options: 'utf8' | (Abortable & { encoding: 'utf8' })): Promise<string>;
  async readFile(options: 'utf8' | (Abortable & { encoding?: 'utf8' | undefined }) = {}): Promise<Bytes | string> {
    const { encoding, signal } = typeof options === 'string' ? { encoding: options } : { signal: undefined, ...options };
    return encoding ? this.#file.text({ signal }) : new Uint8Array(await this.#file.arrayBuffer({ signal }));
  }

  async stat(): Promise<{ size: number }> {
    return { size: this.#file.size };
  }

  async close(): Promise<void> {}
}
