// Other names of a sample's contigs, from the archive itself instead of a file of names.

import { BaseAdapter, type BaseOptions } from '@jbrowse/core/data_adapters/BaseAdapter';

import { aliasesOf, type Aliases } from './names.ts';
import { openSample } from './sample.ts';

export class AgcRefNameAliasAdapter extends BaseAdapter {
  async getRefNameAliases(options: BaseOptions = {}): Promise<Aliases[]> {
    return aliasesOf((await openSample(this, options)).contigs);
  }
}
