// How the sources are bundled: for pages, for Node, with everything in one script, and as a plugin of JBrowse.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

export const www = dirname(dirname(fileURLToPath(import.meta.url)));
const src = join(www, 'src');
export const plugin = join(www, 'packages/jbrowse-plugin-agc');
export const PLUGIN_SCRIPT = 'jbrowse-plugin-agc.umd.production.min.js';

const common = { bundle: true, minify: true, format: 'esm', target: 'es2022', charset: 'utf8', legalComments: 'none', sourcemap: 'linked', logLevel: 'warning' };

/** Puts another module in the place of src/platform.ts. */
export function platform(name) {
  return instead(/\/platform\.ts$/, name);
}

function instead(filter, name) {
  return {
    name,
    setup({ onResolve }) {
      onResolve({ filter }, () => ({ path: join(src, `${name}.ts`) }));
    },
  };
}

/** Texts that sources import as `ragc:name`. */
function texts(byName) {
  return {
    name: 'texts',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^ragc:/ }, ({ path }) => ({ path, namespace: 'ragc' }));
      onLoad({ filter: /.*/, namespace: 'ragc' }, ({ path }) => ({ contents: byName[path.slice('ragc:'.length)], loader: 'text' }));
    },
  };
}

/** What JBrowse hands to its plugins: a second copy of a class would not be what it looks for. */
const fromJBrowse = {
  name: 'jbrowse',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@jbrowse\// }, ({ path }) => ({ path, namespace: 'jbrowse' }));
    onLoad({ filter: /.*/, namespace: 'jbrowse' }, ({ path }) => ({ contents: `module.exports = JBrowseExports[${JSON.stringify(path)}];` }));
  },
};

/** The page, the package and the plugin, given the wasm module in `dist`. */
export async function bundleAll(dist) {
  const index = join(src, 'index.ts');
  const worker = join(src, 'worker.ts');
  await build({ ...common, outdir: dist, entryPoints: { worker, ragc: index } });
  // What comes later is page-collection.js, what both parts use page-chunk.js.
  await build({ ...common, outdir: dist, splitting: true, chunkNames: 'page-[name]', entryPoints: { page: join(src, 'page/page.ts') }, plugins: [instead(/\/in-place\.ts$/, 'in-place-never')] });
  await build({ ...common, sourcemap: false, outfile: join(dist, 'gzip.js'), entryPoints: [join(src, 'page/downloads/gzip-worker.ts')] });
  await build({ ...common, sourcemap: false, outfile: join(dist, 'page.css'), entryPoints: [join(www, 'css/page.css')] });
  await build({ ...common, outfile: join(dist, 'ragc.node.js'), entryPoints: [index], platform: 'node', target: 'node20', plugins: [platform('platform-node')] });
  const { outputFiles } = await build({ ...common, sourcemap: false, write: false, format: 'iife', entryPoints: [worker], plugins: [platform('platform-bare')] });
  const inside = { wasm: readFileSync(join(dist, 'ragc.wasm')).toString('base64'), worker: outputFiles[0].text };
  const whole = { ...common, sourcemap: false, plugins: [platform('platform-inline'), texts(inside)] };
  await build({ ...whole, outfile: join(dist, 'inline.js'), entryPoints: [index] });
  await bundlePlugin(whole);
}

/** As a script for `<script>` and `importScripts`, and as a module for those who bundle JBrowse themselves. */
async function bundlePlugin(whole) {
  const { version } = JSON.parse(readFileSync(join(plugin, 'package.json'), 'utf8'));
  const from = { ...whole, entryPoints: [join(plugin, 'src/index.ts')], define: { VERSION: JSON.stringify(version) } };
  await build({ ...from, outfile: join(plugin, 'dist/index.js'), external: ['@jbrowse/*'] });
  const script = { format: 'iife', globalName: 'JBrowsePluginAgc', plugins: [...whole.plugins, fromJBrowse] };
  await build({ ...from, ...script, outfile: join(plugin, 'dist', PLUGIN_SCRIPT) });
}

/** The service worker of the page in `dist`, told which files there are. */
export async function bundleServiceWorker(dist, define) {
  const entryPoints = [join(src, 'page/offline/service-worker.ts')];
  await build({ ...common, sourcemap: false, format: 'iife', outfile: join(dist, 'service-worker.js'), entryPoints, define });
}
