// A worker of JBrowse as its products start it: the plugins are loaded by `importScripts`, then it answers. That JBrowse's
// script from npm has no start of its own for this is why it is written here.

import { RpcServer } from 'librpc-web-mod';

import type { JBrowse, PluginDefinition } from './types.ts';

interface Scope {
  importScripts(address: string): void;
  postMessage(message: object): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<{ message?: string; config?: { plugins: PluginDefinition[] } }>) => void): void;
  JBrowseReactApp: JBrowse;
}
const scope = globalThis as unknown as Scope;

// JBrowse's workers have these, for what looks at them when it is loaded; so `document` is no sign of a page there.
const element = { style: {}, setAttribute() {}, removeAttribute() {}, appendChild() {} };
const page = { createTextNode() {}, addEventListener() {}, querySelector: () => element, querySelectorAll: () => [], documentElement: element, createElement: () => element, head: element };
Object.assign(globalThis, { window: globalThis, document: page });
scope.importScripts('jbrowse.js');

const config = new Promise<{ plugins: PluginDefinition[] }>((resolve) => scope.addEventListener('message', ({ data }) => data.config && resolve(data.config)));
scope.postMessage({ message: 'readyForConfig' });
void config.then(async ({ plugins }) => {
  const loaded = await scope.JBrowseReactApp.loadPlugins(plugins);
  const { pluginManager } = scope.JBrowseReactApp.createModel({ runtimePlugins: loaded.map(({ plugin }) => plugin) });
  const methods = pluginManager.configure().getRpcElements().map(({ name, execute }, _, elements) => {
    const self = elements.find((element) => element.name === name);
    const answer = (asked: unknown) => {
      const args = asked as { channel: string; rpcDriverClassName: string };
      return execute.call(self, { ...args, statusCallback: (message: unknown) => server.emit(args.channel, message) }, args.rpcDriverClassName);
    };
    return [name, answer] as const;
  });
  const server = new RpcServer(Object.fromEntries(methods));
  scope.postMessage({ message: 'ready' });
});
