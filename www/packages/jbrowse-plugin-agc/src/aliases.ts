// Other names of a sample's contigs, from the archive itself instead of a file of names.

import { BaseAdapter, type BaseOptions } from '@jbrowse/core/data_adapters/BaseAdapter';

import { refNameAliases, type Aliases } from './names.ts';
import { openSample } from './sample.ts';
import { working } from './stop.ts';

export class AgcRefNameAliasAdapter extends BaseAdapter {
  async getRefNameAliases(options: BaseOptions = {}): Promise<Aliases[]> {
    const { contigs } = await working('Opening archive', options, (signal) => openSample(this, signal));
    return refNameAliases(contigs);
  }
}
