import Plugin from '@jbrowse/core/Plugin';
import type PluginManager from '@jbrowse/core/PluginManager';

/** Adds `AgcAdapter`, for the sequence of an assembly, and `AgcRefNameAliasAdapter`, for its other names of contigs. */
export default class AgcPlugin extends Plugin {
  name: string;
  version: string;
  install(pluginManager: PluginManager): void;
  configure(): void;
}
