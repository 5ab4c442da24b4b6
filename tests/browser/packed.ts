// The package as its users get it: packed, and installed into a project of its own.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './harness.ts';

const www = join(root, 'www');

/** A project with the package in its node_modules, below www so that it finds the tools there. Made anew. */
export function installPackage(name: string): { folder: string; packed: string[] } {
  const folder = join(www, '.build', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }));
  const options = { cwd: www, encoding: 'utf8' as const, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
  const [{ files }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], options));
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  assert.ok(tarball, 'npm pack made a tarball');
  // Without a network: there is nothing it depends on.
  execFileSync('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', `./${tarball}`], { ...options, cwd: folder });
  return { folder, packed: files.map(({ path }: { path: string }) => path) };
}
