// The part of JBrowse's published script that the site is made of, as far as it is called here.

export interface PluginDefinition {
  name: string;
  umdLoc: { uri: string };
}

export interface PluginManager {
  configure(): PluginManager;
  getRpcElements(): { name: string; execute: (args: object, driver: string) => Promise<unknown> }[];
}

export interface JBrowse {
  JBrowseApp: unknown;
  React: { createElement(component: unknown, properties: object): unknown };
  createRoot(element: Element): { render(what: unknown): void };
  loadPlugins(definitions: PluginDefinition[]): Promise<{ plugin: new () => object; definition: PluginDefinition }[]>;
  createModel(options: { runtimePlugins: unknown[] }): { pluginManager: PluginManager };
  createViewState(options: { config: object; plugins: unknown[]; makeWorkerInstance: () => Worker }): object;
}
