// JBrowse as its web product starts: config.json is fetched, its addresses are relative to it, its plugins are scripts,
// which workers load too. All else is JBrowse's own script from npm.

import type { JBrowse, PluginDefinition } from './types.ts';

declare const JBrowseReactApp: JBrowse;

const { JBrowseApp, React, createRoot, createViewState, loadPlugins } = JBrowseReactApp;
const address = new URL(new URLSearchParams(location.search).get('config') ?? 'config.json', location.href);
const config = JSON.parse(await (await fetch(address)).text(), withBase) as { plugins?: { name: string; url: string }[]; configuration?: object };

// Said in another of JBrowse's ways, as the component cannot read this one.
const definitions = (config.plugins ?? []).map(({ name, url }) => ({ name, umdLoc: { uri: new URL(url, address).href } }));
const loaded = await loadPlugins(definitions);
const viewState = createViewState({
  // The component would decode on this thread; the web product does not.
  config: { ...config, configuration: { ...config.configuration, rpc: { defaultDriver: 'WebWorkerRpcDriver' } } },
  plugins: loaded.map(recorded),
  makeWorkerInstance: () => new Worker('worker.js'),
});
Object.assign(globalThis, { viewState });
createRoot(document.getElementById('root')!).render(React.createElement(JBrowseApp, { viewState }));

/** Where an address is relative, what to. */
function withBase(_: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'uri' in value ? { baseUri: address.href, ...value } : value;
}

/** What `new` makes of it is a plugin with its definition, which is how JBrowse's workers get to know of it. */
function recorded({ plugin: Plugin, definition }: { plugin: new () => object; definition: PluginDefinition }): () => object {
  return function () {
    return { plugin: new Plugin(), definition, metadata: {} };
  };
}
