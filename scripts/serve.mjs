// Serves a folder on this machine for `make demo`: plain files, with the byte ranges that the page lives on.
//
//   node scripts/serve.mjs FOLDER [ARCHIVE]     PORT names a port, else a free one is taken
//
// Any static host does the same; the tests use nginx.

import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

const [folder, archive] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node serve.mjs FOLDER [ARCHIVE]');
  process.exit(2);
}
const root = resolve(folder);

const server = createServer((request, response) => {
  const file = find(request.url);
  if (!file) return end(response, 404);
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, { allow: 'GET, HEAD' });
  const headers = {
    'accept-ranges': 'bytes',
    'cache-control': 'no-cache',
    'content-type': TYPES[extname(file.path)] ?? 'application/octet-stream',
    etag: `"${file.mtimeMs.toString(16)}-${file.size.toString(16)}"`,
  };
  const range = rangeOf(request.headers, headers.etag, file.size);
  if (range === null) return end(response, 416, { 'content-range': `bytes */${file.size}` });
  const { start, end: last } = range ?? { start: 0, end: file.size - 1 };
  if (range) headers['content-range'] = `bytes ${start}-${last}/${file.size}`;
  headers['content-length'] = last - start + 1;
  response.writeHead(range ? 206 : 200, headers);
  if (request.method === 'HEAD' || file.size === 0) return response.end();
  // A visitor who leaves half-way is no error.
  pipeline(createReadStream(file.path, { start, end: last }), response, () => {});
});

server.on('error', (error) => {
  console.error(`cannot serve: ${error.message}`);
  process.exit(1);
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const address = `http://localhost:${server.address().port}/`;
  console.log(`\n  ${address}${archive ? `?url=${encodeURIComponent(archive)}` : ''}\n\nCtrl-C to stop`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.close();
    server.closeAllConnections();
    process.exit(0);
  });
}

/** The file a request names, if it lies in the folder. */
function find(url) {
  try {
    const name = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    const path = resolve(root, `.${name.endsWith('/') ? `${name}index.html` : name}`);
    if (!path.startsWith(root + sep)) return undefined;
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat?.isFile() ? { path, size: stat.size, mtimeMs: stat.mtimeMs } : undefined;
  } catch {
    return undefined;
  }
}

/** First and last byte asked for; undefined for the whole file, null when there are no such bytes. */
function rangeOf(headers, etag, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '');
  // An outdated If-Range, or several ranges at once: the whole file is a right answer.
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  if (headers['if-range'] && headers['if-range'] !== etag) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]));
  return start <= end ? { start, end } : null;
}

function end(response, status, headers = {}) {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers });
  response.end(`${status}\n`);
}
