// Builds www/dist: the wasm module, its bindings, the scripts and the page, all plain files with relative paths.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

const www = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(www);
const dist = join(www, 'dist');
const pkg = join(www, 'pkg');

buildWasm();
run('node', [join(www, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', www]);
await buildScripts();
report();

function buildWasm() {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
  run('cargo', ['build', '--locked', '-p', 'ragc-read', '--lib', '--profile', 'wasm', '--target', 'wasm32-unknown-unknown', '--features', 'wasm,zstd-zrip']);
  const module = join(target, 'wasm32-unknown-unknown/wasm/ragc_read.wasm');
  const installed = join(root, '.cache/bin/wasm-bindgen');
  const bindgen = existsSync(installed) ? installed : 'wasm-bindgen';
  run(bindgen, [module, '--target', 'web', '--out-dir', pkg, '--omit-default-module-path', '--remove-name-section', '--remove-producers-section']);
}

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

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) {
    console.error(`${command} could not be started: ${error.message}`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status ?? 1);
}
