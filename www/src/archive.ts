// The archive as callers see it. Questions go to a worker, or to a service in place; answers are put into the shape asked
// for.

import type * as api from '../types/index.d.ts';
import { WorkerClient } from './client.ts';
import { AgcError } from './errors.ts';
import { httpSource } from './http.ts';
import { inPlace } from './in-place.ts';
import { IndexedFasta } from './indexed-fasta.ts';
import { ownWorker, wasmForWorker } from './platform.ts';
import type { Bytes } from './ranges.ts';
import type { Answerer } from './service.ts';
import { blobSource, filehandleSource, type Abortable, type ByteSource, type FilehandleLike } from './source.ts';
import { virtualFasta } from './virtual.ts';

const letters = new TextDecoder('latin1');

export class AgcArchive implements api.AgcArchive {
  static async open(from: api.ArchiveSource, options: api.OpenOptions = {}): Promise<AgcArchive> {
    const { signal, index, cacheBytes, wasm, onStats = () => {} } = options;
    signal?.throwIfAborted();
    // Where there is a page to keep smooth.
    const inWorker = options.worker ?? (typeof document !== 'undefined' && typeof Worker !== 'undefined');
    const request = {
      archive: sourceOf(from),
      index: index === undefined || index === false ? index : sourceOf(index),
      cacheBytes,
      // Addresses are relative to the page, not to the worker's script.
      wasm: typeof wasm === 'string' || wasm instanceof URL ? absolute(wasm).href : (wasm ?? (inWorker ? await wasmForWorker() : undefined)),
    };
    const answerer = inWorker ? new WorkerClient(inWorker === true ? ownWorker() : inWorker, onStats) : inPlace(onStats);
    try {
      await answerer.open(request, signal);
      return new AgcArchive(answerer);
    } catch (error) {
      answerer.close();
      throw error;
    }
  }

  readonly #answerer: Answerer;

  private constructor(answerer: Answerer) {
    this.#answerer = answerer;
  }

  get info(): api.AgcInfo {
    return this.#answerer.info!;
  }

  get stats(): api.AgcStats {
    return this.#answerer.stats;
  }

  samples({ from = 0, count = Infinity, signal }: Abortable & { from?: number; count?: number } = {}): Promise<string[]> {
    return this.#answerer.call('samples', { from, count }, signal);
  }

  sampleRows({ from = 0, count = Infinity, signal }: Abortable & { from?: number; count?: number } = {}): Promise<api.SampleRow[]> {
    return this.#answerer.call('sampleRows', { from, count }, signal);
  }

  async contigs(sample: string, { signal }: Abortable = {}): Promise<api.Contig[]> {
    return [...(await this.#answerer.call('contigs', { sample }, signal))];
  }

  segments(sample: string, { contigs, founders = false, ranks = false, signal }: api.SegmentsOptions = {}): Promise<api.SampleSegments> {
    return this.#answerer.call('segments', { sample, contigs, founders, ranks }, signal);
  }

  sizes({ signal }: Abortable = {}): Promise<api.ArchiveSizes> {
    return this.#answerer.call('sizes', {}, signal);
  }

  sampleBytes({ signal }: Abortable = {}): Promise<Float64Array> {
    return this.#answerer.call('sampleBytes', {}, signal);
  }

  locate(contig: string, { signal }: Abortable = {}): Promise<api.ContigPlace[]> {
    return this.#answerer.call('locate', { contig }, signal);
  }

  sequence(sample: string | null, contig: api.ContigKey, start: number | undefined, end: number | undefined, options: api.SequenceOptions & { as: 'bytes' }): Promise<Bytes>;
  sequence(sample: string | null, contig: api.ContigKey, start?: number, end?: number, options?: api.SequenceOptions & { as?: 'string' }): Promise<string>;
  async sequence(sample: string | null, contig: api.ContigKey, start?: number, end?: number, options: api.SequenceOptions = {}): Promise<string | Bytes> {
    const { reverseComplement, ...rest } = options;
    const [sequence] = await this.#sequences([{ sample, contig, start, end, reverseComplement }], rest);
    return sequence!;
  }

  sequences(regions: readonly api.Region[], options: api.SequencesOptions & { as: 'bytes' }): Promise<Bytes[]>;
  sequences(regions: readonly api.Region[], options?: api.SequencesOptions & { as?: 'string' }): Promise<string[]>;
  sequences(regions: readonly api.Region[], options?: api.SequencesOptions): Promise<(string | Bytes)[]> {
    return this.#sequences(regions, options);
  }

  alignment(sample: string, contig: api.ContigKey, start?: number, end?: number, { signal }: Abortable = {}): Promise<api.AlignedPiece[]> {
    return this.#answerer.call('alignment', { region: { sample, contig, start, end } }, signal);
  }

  compare({ sample, contig, start, end }: Pick<api.Region, 'contig' | 'start' | 'end'> & { sample: string }, other: string, { signal }: Abortable = {}): Promise<api.Comparison> {
    return this.#answerer.call('compare', { region: { sample, contig, start, end }, other }, signal);
  }

  stream(sample: string, { contigs, lineWidth, signal }: api.StreamOptions = {}): ReadableStream<Bytes> {
    const answerer = this.#answerer;
    let stream: number | undefined;
    let coming: Promise<Bytes | undefined> | undefined;
    // Made one ahead of being asked for.
    const next = () => {
      const chunk = answerer.call('next', { stream: stream! }, signal);
      chunk.catch(() => {}); // reported when it is waited for
      return chunk;
    };
    const stop = () => {
      if (stream !== undefined) answerer.endStream(stream);
    };
    return new ReadableStream<Bytes>(
      {
        async pull(controller) {
          try {
            stream ??= await answerer.call('stream', { sample, ...(contigs && { contigs }), ...(lineWidth !== undefined && { lineWidth }) }, signal);
            const chunk = await (coming ?? next());
            if (!chunk) return controller.close();
            coming = next();
            controller.enqueue(chunk);
          } catch (error) {
            stop();
            throw error;
          }
        },
        cancel: stop,
      },
      { highWaterMark: 0 },
    );
  }

  async fasta(sample: string, { names, signal }: api.FastaOptions = {}): Promise<api.VirtualFasta> {
    return virtualFasta(this, sample, await this.contigs(sample, { signal }), names);
  }

  indexedFasta(sample: string, { names }: Pick<api.FastaOptions, 'names'> = {}): api.IndexedFastaLike {
    return new IndexedFasta(this, sample, names);
  }

  close(): void {
    this.#answerer.close();
  }

  async #sequences(regions: readonly api.Region[], { as = 'string', signal }: api.SequencesOptions = {}): Promise<(string | Bytes)[]> {
    const all = await this.#answerer.call('sequences', { regions }, signal);
    return as === 'bytes' ? all : all.map((bases) => letters.decode(bases));
  }
}

function sourceOf(from: api.ArchiveSource): ByteSource {
  if (typeof from === 'string' || from instanceof URL) return httpSource(absolute(from));
  if (from instanceof Blob) return blobSource(from);
  if ('key' in from) return from;
  if ('stat' in from) return filehandleSource(from as FilehandleLike);
  throw new TypeError('An archive is opened from an address, a Blob, a ByteSource (key, read, size) or a GenericFilehandle (read, stat).');
}

function absolute(address: string | URL): URL {
  const base = typeof document !== 'undefined' ? document.baseURI : globalThis.location?.href;
  // The script of an inline worker has an address that nothing is relative to.
  const url = URL.canParse(String(address), base) ? new URL(address, base) : undefined;
  if (url && /^(https?|blob|data):$/.test(url.protocol)) return url;
  throw new AgcError(`${String(address)} is no http or https address. Open a file as a Blob (in Node: await fs.openAsBlob(path)).`);
}
