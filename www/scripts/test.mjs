// Bundles the tests of one kind and runs them with `node --test`. `unit` needs no browser; `browser` needs www/dist,
// Chromium and nginx; `screenshots` writes pictures of the page for people to look at, `smooth` measures it. Any file of tests/browser can be
// run alone, by its name: `page` runs page.test.ts.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { build } from 'esbuild';

import { platform, www } from './bundle.mjs';

const browserTests = join(dirname(www), 'tests/browser');
const kinds = {
  unit: { folder: join(www, 'test'), ending: '.test.ts' },
  browser: { folder: browserTests, ending: '.test.ts' },
  smooth: { folder: browserTests, ending: 'smooth.ts' },
  screenshots: { folder: browserTests, ending: 'screenshots.ts' },
};

const [kind, ...args] = process.argv.slice(2);
const alone = `${kind}.test.ts`;
const chosen = kinds[kind] ?? (existsSync(join(browserTests, alone)) && { folder: browserTests, ending: alone });
if (!chosen) {
  console.error(`usage: node scripts/test.mjs ${Object.keys(kinds).join('|')}|NAME [arguments of node --test]`);
  process.exit(2);
}

// Inside www, so that the bundles find www/node_modules.
const outdir = join(www, '.build', kind);
rmSync(outdir, { recursive: true, force: true });
const entryPoints = readdirSync(chosen.folder).filter((name) => name.endsWith(chosen.ending)).map((name) => join(chosen.folder, name));
await build({
  entryPoints,
  outdir,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  outExtension: { '.js': '.mjs' },
  // Tests find the repository wherever their bundles lie.
  define: { REPOSITORY: JSON.stringify(dirname(www)) },
  logLevel: 'warning',
  plugins: [platform('platform-node')],
});

const files = readdirSync(outdir).filter((name) => name.endsWith('.mjs')).map((name) => join(outdir, name));
// One file after the other: browsers and servers of all at once would starve each other on small machines.
const { status } = spawnSync(process.execPath, ['--enable-source-maps', '--test', '--test-concurrency=1', '--test-timeout=300000', ...args, ...files], { stdio: 'inherit' });
process.exit(status ?? 1);
