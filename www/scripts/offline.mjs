// Writes service-worker.js of a built page, which keeps the page's files by their digests. The build does it; whoever
// changes one of the files afterwards does it again, as files that are not as they were are not kept:
//
//   node scripts/offline.mjs FOLDER

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundleServiceWorker } from './bundle.mjs';

/** What the page needs to open an archive and to save from it. Icons are the system's once the page is installed. */
const FILES = ['index.html', 'page.css', 'page.js', 'worker.js', 'ragc.wasm', 'gzip.js', 'icon.svg', 'manifest.webmanifest'];

export async function writeServiceWorker(folder) {
  const files = Object.fromEntries(FILES.map((name) => [name, digestOf(readFileSync(join(folder, name)))]));
  await bundleServiceWorker(folder, { FILES: JSON.stringify(files), VERSION: JSON.stringify(digestOf(JSON.stringify(files))) });
}

function digestOf(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (!folder) {
    console.error('usage: node scripts/offline.mjs FOLDER');
    process.exit(2);
  }
  await writeServiceWorker(folder);
}
