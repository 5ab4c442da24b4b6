// What an adapter is told in a configuration: which sample of which archive.

import { ConfigurationSchema } from '@jbrowse/core/configuration';

/** The same for both adapters, so that one can be copied from the other. */
export function adapterConfig(name: string): unknown {
  return ConfigurationSchema(
    name,
    {
      agcLocation: {
        type: 'fileLocation',
        description: 'the archive',
        defaultValue: { uri: '/path/to/genomes.agc', locationType: 'UriLocation' },
      },
      indexLocation: {
        type: 'fileLocation',
        description: 'the index beside the archive (genomes.agc.ragi), if there is one and none in it',
        defaultValue: { uri: '', locationType: 'UriLocation' },
      },
      sampleName: {
        type: 'string',
        description: 'the sample, as `ragc listset` prints it; if empty, the first of the archive, which is its reference',
        defaultValue: '',
      },
    },
    {
      explicitlyTyped: true,
      // `uri` and `indexUri` are short for the locations.
      preProcessSnapshot: ({ uri, indexUri, baseUri, ...slots }) => ({
        ...slots,
        ...(uri !== undefined && { agcLocation: { uri, baseUri, locationType: 'UriLocation' } }),
        ...(indexUri !== undefined && { indexLocation: { uri: indexUri, baseUri, locationType: 'UriLocation' } }),
      }),
    },
  );
}
