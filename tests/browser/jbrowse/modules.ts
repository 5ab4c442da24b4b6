// JBrowse's script as the modules that a bundler would find in node_modules: made of what the script exports.

/** Of packages that JBrowse brings along. */
const FROM_JBROWSE = {
  '@jbrowse/react-app2': 'JBrowseReactApp',
  react: 'JBrowseReactApp.React',
  'react-dom/client': 'JBrowseReactApp',
};

/** An import map for `example`, of which `plugin` is one of the modules, and the example itself. */
export function asModules(example: string, plugin: string): { map: { imports: Record<string, string> }; script: string } {
  const imports: Record<string, string> = { 'jbrowse-plugin-agc': './index.js' };
  const used = namesImported(example + plugin);
  for (const [module, names] of used) {
    if (module === 'jbrowse-plugin-agc') continue;
    const known = FROM_JBROWSE[module as keyof typeof FROM_JBROWSE];
    const from = known ?? `JBrowseExports[${JSON.stringify(module)}]`;
    const named = names.filter((name) => name !== 'default');
    const lines = [`const all = ${from};`, 'export default all;', named.length ? `export const { ${named.join(', ')} } = all;` : ''];
    // What plugins import is there once JBrowse has been asked for plugins, even for none.
    if (!known) lines.unshift('await JBrowseReactApp.loadPlugins([]);');
    imports[module] = `data:text/javascript,${encodeURIComponent(lines.join('\n'))}`;
  }
  return { map: { imports }, script: example };
}

/** By module, what is imported of it: `default`, and names. */
function namesImported(code: string): Map<string, string[]> {
  const used = new Map<string, string[]>();
  for (const [, first, braces, module = ''] of code.matchAll(/\bimport\s*([\w$]+)?\s*,?\s*(?:\{([^}]*)\})?\s*from\s*["']([^"']+)["']/g)) {
    const names = (braces ?? '').split(',').map((name) => name.trim().split(/\s+as\s+/)[0]!).filter(Boolean);
    used.set(module, [...new Set([...(used.get(module) ?? []), ...(first ? ['default'] : []), ...names])]);
  }
  return used;
}
