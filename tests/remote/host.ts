// nginx with the files that are measured with, and the pages that ask for them.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { answering, dist, freePort, program, root } from '../browser/harness.ts';

export interface Host {
  filesPort: number;
  /** Where pages come from, without any delay: what is measured are questions to archives. */
  pages: string;
  stop(): Promise<void>;
}

/** Serves the folder `files`, and the bundles of `bench`. */
export async function startHost(files: string, bench: string): Promise<Host> {
  const prefix = mkdtempSync(join(tmpdir(), 'ragc-remote-'));
  const [filesPort, pagesPort] = [await freePort(), await freePort()];
  const words: Record<string, string> = { FILES_PORT: String(filesPort), PAGES_PORT: String(pagesPort), FILES: files, DIST: dist, BENCH: bench };
  const conf = readFileSync(join(root, 'tests/remote/nginx.conf'), 'utf8').replace(/@([A-Z_]+)@/g, (_, word: string) => words[word] ?? '');
  writeFileSync(join(prefix, 'nginx.conf'), conf);
  const nginx = spawn(program('nginx', ['/usr/sbin/nginx', '/usr/bin/nginx']), ['-p', prefix, '-c', 'nginx.conf', '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  nginx.stderr?.on('data', (chunk) => (said += chunk));
  await answering(pagesPort, nginx, () => said);
  return {
    filesPort,
    pages: `http://127.0.0.1:${pagesPort}`,
    async stop() {
      const gone = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill();
      await gone;
      rmSync(prefix, { recursive: true, force: true });
    },
  };
}
