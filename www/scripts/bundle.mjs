// How the sources are bundled: for pages, for Node, and with everything in one script.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

export const www = dirname(dirname(fileURLToPath(import.meta.url)));
const src = join(www, 'src');

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

/** The page and the package, given the wasm module in `dist`. */
export async function bundleAll(dist) {
  const index = join(src, 'index.ts');
  const worker = join(src, 'worker.ts');
  await build({ ...common, outdir: dist, entryPoints: { worker, ragc: index } });
  await build({ ...common, outdir: dist, entryPoints: { page: join(src, 'page/page.ts') }, plugins: [instead(/\/in-place\.ts$/, 'in-place-never')] });
  await build({ ...common, sourcemap: false, outfile: join(dist, 'page.css'), entryPoints: [join(www, 'css/page.css')] });
  await build({ ...common, outfile: join(dist, 'ragc.node.js'), entryPoints: [index], platform: 'node', target: 'node20', plugins: [platform('platform-node')] });
  const { outputFiles } = await build({ ...common, sourcemap: false, write: false, format: 'iife', entryPoints: [worker], plugins: [platform('platform-bare')] });
  const inside = { wasm: readFileSync(join(dist, 'ragc.wasm')).toString('base64'), worker: outputFiles[0].text };
  await build({ ...common, sourcemap: false, outfile: join(dist, 'inline.js'), entryPoints: [index], plugins: [platform('platform-inline'), texts(inside)] });
}
