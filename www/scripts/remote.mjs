// Bundles and runs the benchmark of remote reading, tests/remote. Needs www/dist, the release build of the programs,
// Chromium and nginx.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const www = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(dirname(www), 'tests/remote');
// Inside www, so that the bundles find www/node_modules.
const outdir = join(www, '.build/remote');
rmSync(outdir, { recursive: true, force: true });
const common = { outdir, bundle: true, format: 'esm', nodePaths: [join(www, 'node_modules')], logLevel: 'warning' };
await build({ ...common, entryPoints: [join(source, 'page.ts')], platform: 'browser', target: 'es2022', minify: true });
await build({
  ...common,
  entryPoints: [join(source, 'main.ts')],
  packages: 'external',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  outExtension: { '.js': '.mjs' },
  define: { REPOSITORY: JSON.stringify(dirname(www)) },
});
const { status } = spawnSync(process.execPath, ['--enable-source-maps', join(outdir, 'main.mjs'), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
