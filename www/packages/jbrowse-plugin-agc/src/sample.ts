// The sample that an adapter is configured for: its contigs by the names they go by in JBrowse.

import type { BaseAdapter } from '@jbrowse/core/data_adapters/BaseAdapter';

import type { AgcArchive, Contig } from '../../../types/index.d.ts';
import { openArchive } from './archives.ts';

export interface Sample {
  archive: AgcArchive;
  name: string;
  /** By first word. Of contigs of one name the first, as in the .fai. */
  contigs: ReadonlyMap<string, Contig>;
}

export async function openSample(adapter: BaseAdapter, signal: AbortSignal): Promise<Sample> {
  const [location, index] = [adapter.getConf('agcLocation'), adapter.getConf('indexLocation')] as [FileLocation, FileLocation];
  const archive = await openArchive(location, index, adapter.pluginManager, signal);
  const name = String(adapter.getConf('sampleName')) || archive.info.reference || '';
  const contigs = new Map<string, Contig>();
  for (const contig of await archive.contigs(name, { signal })) {
    if (!contigs.has(contig.name)) contigs.set(contig.name, contig);
  }
  return { archive, name, contigs };
}
