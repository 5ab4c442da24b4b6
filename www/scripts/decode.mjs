// Decodes whole samples in a worker in Chromium, for `bench --only browser-decode`, which asks on stdin and is told on
// stdout, a line each:
//
//   node scripts/decode.mjs ARCHIVE
//   < zrip 3                      the module, and the sample's number
//   > 12157105 61.2 9f86d0...     bases, milliseconds, SHA-256 of all bases
//
// Each time a new reader opens the archive, whose bytes are in the worker, and is asked for the sample in windows as the
// page asks. The module that is shipped is measured, and beside it the one that decompresses by ruzstd.

import { createReadStream, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { buildModule, SHIPPED } from './module.mjs';

const MODULES = { zrip: SHIPPED, ruzstd: 'wasm' };

const [archive] = process.argv.slice(2);
if (!archive) {
  console.error('usage: node scripts/decode.mjs ARCHIVE');
  process.exit(2);
}
const built = join(dirname(dirname(fileURLToPath(import.meta.url))), '.build/decode');
for (const [name, features] of Object.entries(MODULES)) buildModule(features, join(built, name));

/** Runs in the worker, one for each module. */
function worker() {
  const WINDOW_BASES = 2 * 1024 * 1024;
  let Reader, file;
  onmessage = async ({ data: { module, sample } }) => {
    if (module) {
      const bindings = await import(`/${module}/ragc_read.js`);
      await bindings.default({ module_or_path: await (await fetch(`/${module}/ragc_read_bg.wasm`)).arrayBuffer() });
      Reader = bindings.Reader;
      file = new Uint8Array(await (await fetch('/archive')).arrayBuffer());
      return postMessage('ready');
    }
    const windows = [];
    const start = performance.now();
    const reader = new Reader(file.length, {});
    const { names, ends } = ask(reader, () => reader.samples());
    const name = names.subarray(ends[sample - 1] ?? 0, ends[sample]);
    const { lengths } = ask(reader, () => reader.contigs(name));
    for (const [contig, length] of lengths.entries()) {
      for (let at = 0; at < length; at += WINDOW_BASES) {
        windows.push(ask(reader, () => reader.bases(name, contig, at, Math.min(at + WINDOW_BASES, length))));
      }
    }
    const ms = performance.now() - start;
    reader.free();
    const bases = await new Blob(windows).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bases));
    postMessage(`${bases.byteLength} ${ms} ${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`);
  };

  function ask(reader, question) {
    for (;;) {
      const step = question();
      if ('done' in step) return step.done;
      for (let i = 0; i < step.need.length; i += 2) reader.supply(step.need[i], file.subarray(step.need[i], step.need[i + 1]));
    }
  }
}

const server = createServer((request, response) => {
  const send = (type, body) => response.writeHead(200, { 'content-type': type }).end(body);
  if (request.url === '/') send('text/html', '<!doctype html><title>decode</title>');
  else if (request.url === '/worker.js') send('text/javascript', `(${worker})()`);
  else if (request.url === '/archive') createReadStream(archive).pipe(response);
  else if (/^\/(zrip|ruzstd)\/ragc_read(_bg\.wasm|\.js)$/.test(request.url)) {
    send(request.url.endsWith('.js') ? 'text/javascript' : 'application/wasm', readFileSync(join(built, request.url)));
  } else response.writeHead(404).end();
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-background-networking'] });
const page = await browser.newPage();
// `localhost` is a place where digests can be made.
await page.goto(`http://localhost:${server.address().port}/`);
await page.evaluate(async (modules) => {
  globalThis.workers = {};
  for (const module of modules) {
    const worker = new Worker('/worker.js', { type: 'module' });
    globalThis.workers[module] = (question) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(question);
      });
    await globalThis.workers[module]({ module });
  }
}, Object.keys(MODULES));

for await (const line of createInterface({ input: process.stdin })) {
  const [module, sample] = line.split(' ');
  console.log(await page.evaluate(([module, sample]) => globalThis.workers[module]({ sample: Number(sample) }), [module, sample]));
}
await browser.close();
server.close();
