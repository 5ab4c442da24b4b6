// A folder with JBrowse in it, as a site has it: JBrowse's script from npm, the plugin's, and what starts both.

import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { PLUGIN_SCRIPT, plugin, root } from '../harness.ts';

const source = join(root, 'tests/browser/jbrowse');

/** Fills `folder`; `site.html?config=config.json` shows what that says. */
export async function buildSite(folder: string): Promise<void> {
  const jbrowse = join(root, '.cache/jbrowse/react-app.umd.production.min.js');
  assert.ok(existsSync(jbrowse), 'JBrowse is missing: run scripts/bootstrap.sh test');
  assert.ok(existsSync(join(plugin, 'dist', PLUGIN_SCRIPT)), 'the plugin is missing: run `npm run build` in www first');
  mkdirSync(folder, { recursive: true });
  cpSync(jbrowse, join(folder, 'jbrowse.js'));
  for (const script of [PLUGIN_SCRIPT, 'index.js']) cpSync(join(plugin, 'dist', script), join(folder, script));
  const common = { outdir: folder, bundle: true, nodePaths: [join(root, 'www/node_modules')], logLevel: 'warning' as const };
  await build({ ...common, entryPoints: [join(source, 'site.ts')], format: 'esm' });
  // Workers that load scripts by importScripts are no modules.
  await build({ ...common, entryPoints: [join(source, 'worker.ts')], format: 'iife' });
  writeFileSync(join(folder, 'site.html'), pageOf('<script type="module" src="site.js"></script>'));
}

/** A page with JBrowse's script, and `scripts` after it. */
export function pageOf(scripts: string): string {
  return `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><body style="margin: 0"><div id="root"></div><script src="jbrowse.js"></script>${scripts}`;
}
