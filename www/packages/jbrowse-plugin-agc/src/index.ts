// The plugin: what JBrowse is told about, and when.

import AdapterType from '@jbrowse/core/pluggableElementTypes/AdapterType';
import Plugin from '@jbrowse/core/Plugin';

import { AgcAdapter } from './adapter.ts';
import { AgcRefNameAliasAdapter } from './aliases.ts';
import { adapterConfig } from './config.ts';
import { guessAdapter, guessTrackType } from './guess.ts';

/** Of the package, put here by the build. */
declare const VERSION: string;

export default class AgcPlugin extends Plugin {
  override name = 'AgcPlugin';
  override version = VERSION;

  override install(pluginManager: PluginManager): void {
    pluginManager.addAdapterType(
      () =>
        new AdapterType({
          name: 'AgcAdapter',
          displayName: 'AGC adapter',
          configSchema: adapterConfig('AgcAdapter'),
          getAdapterClass: async () => AgcAdapter,
        }),
    );
    pluginManager.addAdapterType(
      () =>
        new AdapterType({
          name: 'AgcRefNameAliasAdapter',
          displayName: 'AGC names of contigs adapter',
          configSchema: adapterConfig('AgcRefNameAliasAdapter'),
          adapterMetadata: { hiddenFromGUI: true },
          getAdapterClass: async () => AgcRefNameAliasAdapter,
        }),
    );
    pluginManager.addToExtensionPoint('Core-guessAdapterForLocation', guessAdapter);
    pluginManager.addToExtensionPoint('Core-guessTrackTypeForLocation', guessTrackType);
  }

  override configure(): void {}
}
