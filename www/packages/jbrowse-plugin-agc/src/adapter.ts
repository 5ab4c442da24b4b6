// The sequence of a sample, as JBrowse asks for it: regions when an assembly is loaded, letters when it is looked at.

import { BaseSequenceAdapter, type BaseOptions, type NoAssemblyRegion } from '@jbrowse/core/data_adapters/BaseAdapter';
import { SimpleFeature, type Feature } from '@jbrowse/core/util';
import { ObservableCreate, type Observable } from '@jbrowse/core/util/rxjs';

import { Shared } from '../../../src/shared.ts';
import { openSample, type Sample } from './sample.ts';
import { working } from './stop.ts';

export class AgcAdapter extends BaseSequenceAdapter {
  #sample: Sample | undefined;
  #opening: Shared<Sample> | undefined;

  async getRefNames(options: BaseOptions = {}): Promise<string[]> {
    return [...(await this.#open(options)).contigs.keys()];
  }

  async getRegions(options: BaseOptions = {}): Promise<NoAssemblyRegion[]> {
    const { contigs } = await this.#open(options);
    return Array.from(contigs, ([refName, { length }]) => ({ refName, start: 0, end: length }));
  }

  /** One feature, of the part of the region that is within the contig; none if there is no such part. */
  getFeatures({ refName, start, end }: NoAssemblyRegion, options: BaseOptions = {}): Observable<Feature> {
    return ObservableCreate<Feature>(async (observer) => {
      const { archive, name, contigs } = await this.#open(options);
      const contig = contigs.get(refName);
      const range = { start: Math.max(0, start), end: Math.min(end, contig?.length ?? 0) };
      if (contig && range.start < range.end) {
        const seq = await working('Downloading sequence', options, (signal) => archive.sequence(name, contig.index, range.start, range.end, { signal }));
        observer.next(new SimpleFeature({ id: `${refName}-${range.start}-${range.end}`, data: { refName, ...range, seq } }));
      }
      observer.complete();
    });
  }

  /** What "About track" shows. */
  async getHeader(options: BaseOptions = {}): Promise<unknown> {
    const { archive, name, contigs } = await this.#open(options);
    const { info } = archive;
    return {
      sample: name,
      contigs: contigs.size,
      bases: [...contigs.values()].reduce((sum, { length }) => sum + length, 0),
      archive: info.key,
      archiveBytes: info.size,
      samples: info.sampleCount,
      reference: info.reference,
      version: info.version,
      producer: info.producer,
      index: info.index,
    };
  }

  /** Once for all who ask. Nothing is kept of a failure, so the next call tries again. */
  async #open(options: BaseOptions): Promise<Sample> {
    if (this.#sample) return this.#sample;
    const opening = (this.#opening ??= new Shared(
      (signal) => openSample(this, signal),
      () => (this.#opening = undefined),
    ));
    return (this.#sample = await working('Opening archive', options, (signal) => opening.join(signal)));
  }
}
