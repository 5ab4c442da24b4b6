// Builds the wasm module and its bindings.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The features that are shipped: the bindings, and the zstd decoder that is fastest in wasm (docs/PERFORMANCE.md). */
export const SHIPPED = 'wasm,zstd-zrip';

/** Instructions on sixteen bytes at a time: every browser since 2023 has them, and wasm.ts says so where they are missing. */
const SIMD = 'target.wasm32-unknown-unknown.rustflags=["-Ctarget-feature=+simd128"]';

/** Builds the crate with `features` into `out`: `ragc_read.js` and `ragc_read_bg.wasm`. */
export function buildModule(features, out) {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
  run('cargo', ['build', '--config', SIMD, '--locked', '-p', 'ragc-read', '--lib', '--profile', 'wasm', '--target', 'wasm32-unknown-unknown', '--features', features]);
  const module = join(target, 'wasm32-unknown-unknown/wasm/ragc_read.wasm');
  const installed = join(root, '.cache/bin/wasm-bindgen');
  const bindgen = existsSync(installed) ? installed : 'wasm-bindgen';
  run(bindgen, [module, '--target', 'web', '--out-dir', out, '--omit-default-module-path', '--remove-name-section', '--remove-producers-section']);
}

/** Runs a program, and ends with it if it fails. What it prints goes to stderr. */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['inherit', 2, 'inherit'] });
  if (error) {
    console.error(`${command} could not be started: ${error.message}`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status ?? 1);
}
