// A sample with the methods that users of @gmod/indexedfasta call.

import type * as api from '../types/index.d.ts';
import { listed, nameOf, type Naming } from './layout.ts';
import type { Abortable } from './source.ts';

export class IndexedFasta implements api.IndexedFastaLike {
  readonly #archive: Pick<api.AgcArchive, 'contigs' | 'sequence'>;
  readonly #sample: string;
  readonly #naming: Naming | undefined;
  #contigs: Map<string, api.Contig> | undefined;

  constructor(archive: Pick<api.AgcArchive, 'contigs' | 'sequence'>, sample: string, naming: Naming | undefined) {
    this.#archive = archive;
    this.#sample = sample;
    this.#naming = naming;
  }

  async getSequenceNames(options?: Abortable): Promise<string[]> {
    return [...(await this.#load(options)).keys()];
  }

  async getSequenceSizes(options?: Abortable): Promise<Record<string, number>> {
    const contigs = await this.#load(options);
    return Object.fromEntries(Array.from(contigs, ([name, { length }]) => [name, length]));
  }

  async getSequenceSize(name: string, options?: Abortable): Promise<number | undefined> {
    return (await this.#load(options)).get(name)?.length;
  }

  async hasReferenceSequence(name: string, options?: Abortable): Promise<boolean> {
    return (await this.#load(options)).has(name);
  }

  async getSequence(name: string, min = 0, max = Infinity, options: Abortable = {}): Promise<string | undefined> {
    if (min < 0) throw new TypeError('A region starts at 0 or later.');
    const contig = (await this.#load(options)).get(name);
    if (!contig) return undefined;
    const start = Math.min(min, contig.length);
    return this.#archive.sequence(this.#sample, contig.index, start, Math.max(start, Math.min(max, contig.length)), { signal: options.signal });
  }

  /** A failure is forgotten, so that the next call tries again. */
  async #load({ signal }: Abortable = {}): Promise<Map<string, api.Contig>> {
    if (!this.#contigs) {
      const contigs = await this.#archive.contigs(this.#sample, { signal });
      const named = contigs.map((contig) => ({ name: nameOf(this.#sample, contig, this.#naming), contig }));
      // Those of the .fai.
      this.#contigs = new Map(listed(named).map(({ name, contig }) => [name, contig]));
    }
    return this.#contigs;
  }
}
