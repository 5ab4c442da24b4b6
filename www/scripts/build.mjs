// Builds www/dist: the wasm module, its bindings, the scripts and the page, all plain files with relative paths; the
// package is some of them. And the plugin of JBrowse, a package of its own.

import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { bundleAll, plugin, PLUGIN_SCRIPT, www } from './bundle.mjs';
import { buildModule, run, SHIPPED } from './module.mjs';
import { writeServiceWorker } from './offline.mjs';

/** What the module may be at most, gzipped: nobody waits for it. */
const WASM_GZIPPED_MAX = 150_000;

/** What may come before the page is painted, gzipped: the document, its sheet and its scripts. */
const FIRST_PAINT = ['index.html', 'page.css', 'page.js', 'page-chunk.js'];
const FIRST_PAINT_GZIPPED_MAX = 50_000;

const dist = join(www, 'dist');
const pkg = join(www, 'pkg');

buildModule(SHIPPED, pkg);
run('node', [join(www, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', www]);
copyFiles();
await bundleAll(dist);
await writeServiceWorker(dist);
report();

function copyFiles() {
  for (const made of [dist, join(plugin, 'dist')]) rmSync(made, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  cpSync(join(pkg, 'ragc_read_bg.wasm'), join(dist, 'ragc.wasm'));
  for (const file of ['index.html', 'icon.svg', 'icons', 'manifest.webmanifest', 'config.json', 'demo.agc']) cpSync(join(www, file), join(dist, file), { recursive: true });
  // npm packs the licence that lies in a package's own folder.
  for (const folder of [www, plugin]) cpSync(join(dirname(www), 'LICENSE'), join(folder, 'LICENSE'));
}

function report() {
  const sizes = new Map();
  const ours = ['ragc.wasm', 'ragc.js', 'worker.js', 'ragc.node.js', 'inline.js', 'page.js', 'page-chunk.js', 'page-collection.js', 'page.css', 'index.html', 'gzip.js', 'service-worker.js'];
  const all = [...ours.map((name) => [dist, name]), [join(plugin, 'dist'), PLUGIN_SCRIPT]];
  for (const [folder, name] of all) {
    const bytes = readFileSync(join(folder, name));
    sizes.set(name, gzipSync(bytes, { level: 9 }).length);
    console.log(`${name.padEnd(PLUGIN_SCRIPT.length)} ${kb(bytes.length)}  gzipped ${kb(sizes.get(name))}`);
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
