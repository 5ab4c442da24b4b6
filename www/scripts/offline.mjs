// Writes service-worker.js of a built page, which keeps the page's files by their digests, and the version into its
// index.html. The build does it; whoever changes one of the files afterwards does it again, as files that are not as they
// were are not kept:
//
//   node scripts/offline.mjs FOLDER

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundleServiceWorker } from './bundle.mjs';

/** What the page needs to open an archive and to save from it. Icons are the system's once the page is installed. */
const FILES = ['index.html', 'page.css', 'page.js', 'page-chunk.js', 'page-collection.js', 'worker.js', 'ragc.wasm', 'gzip.js', 'icon.svg', 'manifest.webmanifest'];

export async function writeServiceWorker(folder) {
  const page = join(folder, 'index.html');
  writeFileSync(page, stamped(readFileSync(page, 'utf8'), ''));
  const digests = () => Object.fromEntries(FILES.map((name) => [name, digestOf(readFileSync(join(folder, name)))]));
  const version = digestOf(JSON.stringify(digests()));
  writeFileSync(page, stamped(readFileSync(page, 'utf8'), version));
  await bundleServiceWorker(folder, { FILES: JSON.stringify(digests()), VERSION: JSON.stringify(version) });
}

/** The document knows its version, to tell whether the service worker that answers is of the same. */
function stamped(html, version) {
  return html.replace(/(<meta name="version" content=")[^"]*/, `$1${version}`);
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
