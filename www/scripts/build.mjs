// Builds www/dist: the wasm module, its bindings, the scripts and the page, all plain files with relative paths; the
// package is some of them.

import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { bundleAll, www } from './bundle.mjs';
import { buildModule, run, SHIPPED } from './module.mjs';

/** What the module may be at most, gzipped: nobody waits for it. */
const WASM_GZIPPED_MAX = 150_000;

/** What may come before the page is painted, gzipped: the document, its sheet and its script. */
const FIRST_PAINT = ['index.html', 'page.css', 'page.js'];
const FIRST_PAINT_GZIPPED_MAX = 50_000;

const dist = join(www, 'dist');
const pkg = join(www, 'pkg');

buildModule(SHIPPED, pkg);
run('node', [join(www, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', www]);
copyFiles();
await bundleAll(dist);
report();

function copyFiles() {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  cpSync(join(pkg, 'ragc_read_bg.wasm'), join(dist, 'ragc.wasm'));
  for (const file of ['index.html', 'icon.svg', 'config.json', 'demo.agc']) cpSync(join(www, file), join(dist, file));
  // npm packs the licence that lies in the package's own folder.
  cpSync(join(dirname(www), 'LICENSE'), join(www, 'LICENSE'));
}

function report() {
  const sizes = new Map();
  for (const name of ['ragc.wasm', 'ragc.js', 'worker.js', 'ragc.node.js', 'inline.js', 'page.js', 'page.css', 'index.html']) {
    const bytes = readFileSync(join(dist, name));
    sizes.set(name, gzipSync(bytes, { level: 9 }).length);
    console.log(`${name.padEnd(12)} ${kb(bytes.length)}  gzipped ${kb(sizes.get(name))}`);
  }
  const firstPaint = FIRST_PAINT.reduce((sum, name) => sum + sizes.get(name), 0);
  console.log(`${FIRST_PAINT.join(' + ')} gzipped ${kb(firstPaint)}`);
  refuse('ragc.wasm', sizes.get('ragc.wasm'), WASM_GZIPPED_MAX);
  refuse('what comes before the first paint', firstPaint, FIRST_PAINT_GZIPPED_MAX);
}

function refuse(what, bytes, most) {
  if (bytes <= most) return;
  console.error(`${what} takes ${kb(bytes).trim()} gzipped, more than ${kb(most).trim()}`);
  process.exit(1);
}

function kb(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
