// The package in the places it is used: Node, TypeScript, Vite, plain scripts, other origins, classic workers.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';

import { build } from 'esbuild';
import type { Browser } from 'playwright-core';

import { root, startBrowser, startHost, visit, type Host } from './harness.ts';
import { installPackage } from './packed.ts';
import { subjectOn, type Subject } from './subject.ts';

let host: Host;
let browser: Browser;
let subject: Subject;
let consumer: string;
let packed: string[];
before(async () => {
  ({ folder: consumer, packed } = installPackage('consumer'));
  host = await startHost();
  subject = await subjectOn(host);
  browser = await startBrowser();
  cpSync(join(consumer, 'node_modules/ragc'), join(host.made, 'ragc'), { recursive: true });
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

/** The bases that scripts below ask for. */
const wanted = () => subject.contigs[0]!.bases.slice(10, 60);

/** What a page does with the package, its answer as JSON in the document's title; decoding on the page itself fails. */
const script = (from: string, url = 'padded.agc') => `
import { AgcArchive, NotFoundError } from ${JSON.stringify(from)};
for (const name of ['instantiate', 'compile', 'instantiateStreaming']) WebAssembly[name] = () => { throw new Error('wasm on the page'); };
try {
  const archive = await AgcArchive.open(new URL(${JSON.stringify(url)}, document.baseURI));
  const bases = await archive.sequence(${JSON.stringify(subject.sample)}, 0, 10, 60);
  const error = await archive.contigs('nobody').catch((error) => error);
  document.title = JSON.stringify({ bases, samples: (await archive.samples()).length, known: error instanceof NotFoundError });
} catch (error) {
  document.title = String(error);
}
`;

function put(name: string, text: string): string {
  const file = join(host.made, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return `${host.origin}/made/${name}`;
}

async function answers(url: string, origins: string[] = []): Promise<void> {
  const { page, leave } = await visit(browser, url, { origins });
  await page.waitForFunction(() => document.title);
  assert.deepEqual(JSON.parse(await page.title()), { bases: wanted(), samples: subject.samples.length, known: true });
  assert.equal(page.workers().length, 1, 'a worker decodes');
  await leave();
}

test('the package is what it says, with licence and readme, and needs nothing', () => {
  const dist = ['inline.js', 'ragc.js', 'ragc.js.map', 'ragc.node.js', 'ragc.node.js.map', 'ragc.wasm', 'worker.js', 'worker.js.map'];
  const wanted = ['LICENSE', 'README.md', ...dist.map((file) => `dist/${file}`), 'package.json', 'types/index.d.ts'];
  assert.deepEqual([...packed].sort(), wanted.sort());
  const { dependencies, exports } = JSON.parse(readFileSync(join(consumer, 'node_modules/ragc/package.json'), 'utf8'));
  assert.equal(dependencies, undefined);
  for (const entry of Object.values<string | Record<string, string>>(exports)) {
    const files = typeof entry === 'string' ? [entry] : Object.values(entry);
    for (const file of files) assert.ok(existsSync(join(consumer, 'node_modules/ragc', file)), file);
    if (typeof entry !== 'string') assert.equal(Object.keys(entry)[0], 'types', 'types come first');
  }
});

for (const entry of ['ragc', 'ragc/inline']) {
  test(`${entry} is imported in Node`, () => {
    const file = join(consumer, `${entry.replace('/', '-')}.mjs`);
    writeFileSync(file, `
      import { openAsBlob, existsSync } from 'node:fs';
      import { fileURLToPath } from 'node:url';
      import { AgcArchive } from ${JSON.stringify(entry)};
      const archive = await AgcArchive.open(await openAsBlob(${JSON.stringify(subject.file)}));
      if (!existsSync(fileURLToPath(import.meta.resolve('ragc/ragc.wasm')))) throw new Error('no wasm');
      console.log(await archive.sequence(${JSON.stringify(subject.sample)}, 0, 10, 60));
    `);
    assert.equal(execFileSync(process.execPath, ['--no-warnings', file], { encoding: 'utf8' }).trim(), wanted());
  });
}

for (const moduleResolution of ['bundler', 'node16']) {
  test(`the types hold in a strict project, found by ${moduleResolution}`, () => {
    const folder = join(consumer, `types-${moduleResolution}`);
    mkdirSync(folder);
    const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false, noEmit: true, types: [], isolatedModules: true };
    const module = moduleResolution === 'node16' ? 'node16' : 'esnext';
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...strict, target: 'es2022', lib: ['es2022', 'dom'], module, moduleResolution } }));
    writeFileSync(join(folder, 'use.ts'), `
      import igv from 'igv';
      import { AgcArchive, AmbiguousContigError, httpSource, igvReference, isAbort, NotFoundError, type AgcInfo, type ByteSource, type VirtualFasta } from 'ragc';
      import { AgcArchive as Inline } from 'ragc/inline';
      export async function use(signal: AbortSignal, mine: ByteSource): Promise<string[]> {
        const archive: AgcArchive = await AgcArchive.open(httpSource('x', { headers: { a: 'b' }, size: 5 }), { signal, index: false, worker: false });
        const inline: AgcArchive = await Inline.open(mine);
        const info: AgcInfo = archive.info;
        const text: string = await archive.sequence('s', 'c', 1, 2, { reverseComplement: true });
        const bytes: Uint8Array<ArrayBuffer> = await inline.sequence(null, 'c', 0, undefined, { as: 'bytes' });
        const all: string[] = await archive.sequences([{ sample: 's', contig: 0 }], { signal });
        const stream: ReadableStream<Uint8Array<ArrayBuffer>> = archive.stream('s', { contigs: ['c', { contig: 1, start: 5, name: 'x' }] });
        const files: VirtualFasta = await archive.fasta('s', { names: 'pansn' });
        const browser = await igv.createBrowser(document.body, { reference: await igvReference(archive, 's', { names: 'pansn', signal }), locus: 'c:1-40' });
        await browser.loadGenome({ ...(await igvReference(inline, 's')), wholeGenomeView: false });
        try {
          await archive.indexedFasta('s').getSequence('c', 0, 5, { signal });
        } catch (error) {
          if (error instanceof NotFoundError) return [...error.candidates, error.kind];
          if (error instanceof AmbiguousContigError) return [...error.samples];
          if (!isAbort(error)) throw error;
        }
        // @ts-expect-error positions are numbers
        await archive.sequence('s', 'c', '1');
        // @ts-expect-error archives are opened, not made
        new AgcArchive();
        return [text, String(bytes), ...all, await new Response(stream).text(), files.file.name, info.producer ?? ''];
      }
    `);
    execFileSync(process.execPath, [join(root, 'www/node_modules/typescript/bin/tsc'), '-p', folder], { stdio: ['ignore', 'inherit', 'inherit'] });
  });
}

test('a plain script of a page imports it, and a worker decodes', async () => {
  await answers(put('plain.html', `<!doctype html><link rel="icon" href="data:,"><title></title><script type="module">${script('./ragc/dist/ragc.js')}</script>`));
});

test('it is imported from another host, such as a CDN', async () => {
  await answers(put('cdn.html', `<!doctype html><link rel="icon" href="data:,"><title></title><script type="module">${script(`${host.other}/open/ragc/dist/ragc.js`)}</script>`), [host.other]);
});

test('everything in one script: as a module', async () => {
  await answers(put('inline.html', `<!doctype html><link rel="icon" href="data:,"><title></title><script type="module">${script('./ragc/dist/inline.js')}</script>`));
});

test('everything in one script: bundled for classic scripts and importScripts', async () => {
  const bundle = { entryPoints: ['ragc/inline'], absWorkingDir: consumer, bundle: true, format: 'iife' as const, globalName: 'ragc', outfile: join(host.made, 'bundle/ragc.iife.js') };
  const { warnings } = await build({ ...bundle, logLevel: 'silent' });
  assert.deepEqual(warnings, []);
  const ask = `ragc.AgcArchive.open(new URL('../padded.agc', base).href).then((archive) => archive.sequence(${JSON.stringify(subject.sample)}, 0, 10, 60))`;
  put('bundle/worker.js', `importScripts('ragc.iife.js'); const base = location.href; ${ask}.then(postMessage, (error) => postMessage(String(error)));`);
  const url = put('bundle/index.html', `<!doctype html><link rel="icon" href="data:,"><title></title><script src="ragc.iife.js"></script><script>
    const base = document.baseURI;
    const inWorker = new Promise((resolve) => (new Worker('worker.js').onmessage = ({ data }) => resolve(data)));
    Promise.all([${ask}, inWorker]).then((both) => (document.title = JSON.stringify(both)), (error) => (document.title = String(error)));
  </script>`);
  const { page, leave } = await visit(browser, url);
  await page.waitForFunction(() => document.title);
  assert.deepEqual(JSON.parse(await page.title()), [wanted(), wanted()]);
  assert.equal(page.workers().length, 2, 'that of the page, and the one that decodes in place');
  await leave();
});

test('Vite builds it, worker and wasm included', async () => {
  const project = join(consumer, 'vite');
  mkdirSync(project);
  writeFileSync(join(project, 'index.html'), '<!doctype html><link rel="icon" href="data:,"><title></title><script type="module" src="./main.js"></script>');
  writeFileSync(join(project, 'main.js'), script('ragc'));
  const vite = await import(pathToFileURL(join(root, 'www/node_modules/vite/dist/node/index.js')).href);
  await vite.build({ root: project, base: './', logLevel: 'error', configFile: false, build: { outDir: join(host.made, 'vite'), emptyOutDir: true } });
  cpSync(join(host.made, 'padded.agc'), join(host.made, 'vite/padded.agc'));
  await answers(`${host.origin}/made/vite/index.html`);
});

test('Vite serves it while one develops', async () => {
  const project = join(consumer, 'vite-dev');
  mkdirSync(join(project, 'public'), { recursive: true });
  writeFileSync(join(project, 'index.html'), '<!doctype html><link rel="icon" href="data:,"><title></title><script type="module" src="./main.js"></script>');
  writeFileSync(join(project, 'main.js'), script('ragc'));
  cpSync(join(host.made, 'padded.agc'), join(project, 'public/padded.agc'));
  const vite = await import(pathToFileURL(join(root, 'www/node_modules/vite/dist/node/index.js')).href);
  const server = await vite.createServer({ root: project, logLevel: 'error', configFile: false, server: { host: '127.0.0.1', port: 0 } });
  await server.listen();
  try {
    await answers(`http://127.0.0.1:${server.httpServer.address().port}/`);
  } finally {
    await server.close();
  }
});
