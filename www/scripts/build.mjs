// Builds www/dist: the wasm module, its bindings, the scripts and the page, all plain files with relative paths.

import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import { buildModule, run, SHIPPED } from './module.mjs';

const www = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(www, 'dist');
const pkg = join(www, 'pkg');

buildModule(SHIPPED, pkg);
run('node', [join(www, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', www]);
await buildScripts();
report();

async function buildScripts() {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  cpSync(join(pkg, 'ragc_read_bg.wasm'), join(dist, 'ragc.wasm'));
  for (const file of ['index.html', 'page.css', 'icon.svg']) cpSync(join(www, file), join(dist, file));
  await build({
    entryPoints: { page: join(www, 'src/page/page.ts'), worker: join(www, 'src/worker.ts'), ragc: join(www, 'src/index.ts') },
    outdir: dist,
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
  });
}

function report() {
  for (const name of ['ragc.wasm', 'worker.js', 'page.js', 'page.css', 'index.html']) {
    const bytes = readFileSync(join(dist, name));
    console.log(`${name.padEnd(12)} ${kb(bytes.length)}  gzipped ${kb(gzipSync(bytes, { level: 9 }).length)}`);
  }
}

function kb(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
