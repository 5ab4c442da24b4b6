// Builds www/dist: the wasm module, its bindings, the scripts and the page, all plain files with relative paths; the
// package is some of them.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { bundleAll, www } from './bundle.mjs';

/** What the module may be at most, gzipped: nobody waits for it. */
const WASM_GZIPPED_MAX = 150_000;

const root = dirname(www);
const dist = join(www, 'dist');
const pkg = join(www, 'pkg');

buildWasm();
run('node', [join(www, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', www]);
copyFiles();
await bundleAll(dist);
report();

function buildWasm() {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
  run('cargo', ['build', '--locked', '-p', 'ragc-read', '--lib', '--profile', 'wasm', '--target', 'wasm32-unknown-unknown', '--features', 'wasm']);
  const module = join(target, 'wasm32-unknown-unknown/wasm/ragc_read.wasm');
  const installed = join(root, '.cache/bin/wasm-bindgen');
  const bindgen = existsSync(installed) ? installed : 'wasm-bindgen';
  run(bindgen, [module, '--target', 'web', '--out-dir', pkg, '--omit-default-module-path', '--remove-name-section', '--remove-producers-section']);
}

function copyFiles() {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  cpSync(join(pkg, 'ragc_read_bg.wasm'), join(dist, 'ragc.wasm'));
  for (const file of ['index.html', 'page.css', 'icon.svg']) cpSync(join(www, file), join(dist, file));
  // npm packs the licence that lies in the package's own folder.
  cpSync(join(root, 'LICENSE'), join(www, 'LICENSE'));
}

function report() {
  const sizes = new Map();
  for (const name of ['ragc.wasm', 'ragc.js', 'worker.js', 'ragc.node.js', 'inline.js', 'page.js', 'page.css', 'index.html']) {
    const bytes = readFileSync(join(dist, name));
    sizes.set(name, gzipSync(bytes, { level: 9 }).length);
    console.log(`${name.padEnd(12)} ${kb(bytes.length)}  gzipped ${kb(sizes.get(name))}`);
  }
  if (sizes.get('ragc.wasm') > WASM_GZIPPED_MAX) {
    console.error(`ragc.wasm is larger than ${kb(WASM_GZIPPED_MAX).trim()} gzipped`);
    process.exit(1);
  }
}

function kb(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) {
    console.error(`${command} could not be started: ${error.message}`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status ?? 1);
}
