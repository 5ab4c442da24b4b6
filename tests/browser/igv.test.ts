// igv.js as npm has it, showing samples of an archive: the letters people see, searches, tracks, other samples, sessions,
// and what is asked of the host. RAGC names the binary that makes the archive and says what is right; without one this is
// skipped aloud.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import type * as api from '../../www/types/index.d.ts';
import { dist, ragc, root, startBrowser, startHost, visit, type Host } from './harness.ts';
import { fasta, letters, mutated, random } from './simulated.ts';

const skip = ragc ? false : 'no ragc binary';
if (skip) console.log('SKIPPED: no ragc binary (RAGC, or target/release/ragc)');

const LENGTHS = { chr1: 300_000, chr2: 120_000, chr3: 20_050 };

let host: Host;
let browser: Browser;
before(async () => {
  host = await startHost();
  browser = await startBrowser();
  if (!ragc) return;
  const next = random(31);
  const run = (...args: string[]) => execFileSync(ragc!, args, { cwd: host.made, stdio: ['ignore', 'ignore', 'pipe'] });
  const ancestor = Object.entries(LENGTHS).map(([name, length]) => [name, letters(length, next)] as const);
  const samples = ['HG1#1', 'HG1#2', 'HG2#1'].map((sample) => {
    const contigs = ancestor.map(([name, bases]) => fasta(`${sample}#${name} of ${sample}`, mutated(bases, bases.length / 200, next)));
    writeFileSync(join(host.made, `${sample}.fa`), contigs.join(''));
    return `${sample}.fa`;
  });
  run('create', '--pansn', '--index', '-o', 'people.agc', ...samples);
  writeFileSync(join(host.made, 'scaffolds.fa'), Array.from({ length: 200 }, (_, i) => fasta(i === 7 ? 'HLA:A07' : `tig${i}`, letters(500, next))).join(''));
  run('create', '-o', 'scaffolds.agc', 'scaffolds.fa');
  mkdirSync(join(host.made, 'ragc'));
  for (const file of ['ragc.js', 'worker.js', 'ragc.wasm']) copyFileSync(join(dist, file), join(host.made, 'ragc', file));
  copyFileSync(join(root, 'www/node_modules/igv/dist/igv.esm.min.js'), join(host.made, 'igv.js'));
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

/** What scripts below find on the page. */
interface Globals {
  ragc: typeof api;
  archive: api.AgcArchive;
  igv: { search(locus: string): Promise<boolean>; loadGenome(reference: object): Promise<void>; currentLoci(): string; toSVG(): string; toJSON(): object; loadSessionObject(session: object): Promise<void>; genome: { wholeGenomeView: boolean } };
}
declare const globalThis: Globals;

interface Shown {
  sample: string;
  archive?: string;
  names?: string;
  locus?: string;
  tracks?: object[];
}

let pages = 0;

/** A page on which igv.js shows a sample. That it asks no other host, leaving the page checks. */
async function show({ sample, archive = 'people.agc', names, ...options }: Shown, expected?: RegExp): Promise<{ page: Page; leave(): Promise<void> }> {
  const config = JSON.stringify({ ...options, loadDefaultGenomes: false, search: false });
  const file = `igv-${pages++}.html`;
  writeFileSync(join(host.made, file), `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title></title><div id="igv"></div><script type="module">
    import igv from './igv.js';
    import * as ragc from './ragc/ragc.js';
    const archive = await ragc.AgcArchive.open(${JSON.stringify(archive)});
    const reference = await ragc.igvReference(archive, ${JSON.stringify(sample)}, ${JSON.stringify({ names })});
    Object.assign(globalThis, { ragc, archive, igv: await igv.createBrowser(document.getElementById('igv'), { reference, ...${config} }) });
    document.title = 'shown';
  </script>`);
  const visited = await visit(browser, `${host.origin}/made/${file}`, expected && { expected });
  const thrown = new Promise<never>((_, reject) => visited.page.once('pageerror', reject));
  await Promise.race([visited.page.waitForFunction(() => document.title === 'shown'), thrown]);
  return visited;
}

/** The letters and the other texts that are drawn in the tracks, from left to right. */
function drawn(page: Page): Promise<{ letters: string; texts: string[] }> {
  return page.evaluate(() => {
    const svg = new DOMParser().parseFromString(globalThis.igv.toSVG(), 'image/svg+xml');
    const texts = [...svg.querySelectorAll('text')].sort((a, b) => Number(a.getAttribute('x')) - Number(b.getAttribute('x'))).map(({ textContent }) => textContent ?? '');
    return { letters: texts.filter((text) => /^[A-Z]$/.test(text)).join(''), texts: texts.filter((text) => text.length > 1) };
  });
}

/** Where it is, `contig:from-to`; igv.js may be off by a rounding error. */
const loci = (page: Page) => page.evaluate(() => globalThis.igv.currentLoci().replaceAll(',', '').replace(/\d+\.\d+/g, (number) => String(Math.round(Number(number)))));
const search = (page: Page, locus: string) => page.evaluate((locus) => globalThis.igv.search(locus), locus);

/** What the native tool has there; counted from 1, both ends included. */
function native(sample: string, contig: string, from: number, to: number): string {
  const text = execFileSync(ragc!, ['getctg', join(host.made, 'people.agc'), `${contig}@${sample}:${from - 1}-${to - 1}`], { encoding: 'utf8' });
  return text.slice(text.indexOf('\n')).replaceAll('\n', '');
}

/** That the letters shown are those of the native tool. At the right edge there may be a letter more. */
async function shows(page: Page, sample: string, contig: string, from: number, to: number): Promise<void> {
  assert.equal(await loci(page), `${contig}:${from}-${to}`);
  assert.equal((await drawn(page)).letters.slice(0, to - from + 1), native(sample, contig, from, to), `${contig}:${from}-${to}`);
}

test('the letters at a locus are those of the native tool, and few requests bring them', { skip }, async () => {
  const before = host.served('people.agc');
  const { page, leave } = await show({ sample: 'HG1#2', locus: 'HG1#2#chr1:150001-150040' });
  await shows(page, 'HG1#2', 'HG1#2#chr1', 150_001, 150_040);
  const first = host.served('people.agc');
  const stats = await page.evaluate(() => globalThis.archive.stats);
  assert.ok(stats.requests <= 4, `${stats.requests} requests`);
  assert.deepEqual([first.requests - before.requests, first.bytes - before.bytes], [stats.requests, stats.bytesFetched], 'igv.js asks for no part of the archive by itself');
  // igv.js takes 100 kb at a time and keeps them.
  await search(page, 'HG1#2#chr1:160001-160040');
  await shows(page, 'HG1#2', 'HG1#2#chr1', 160_001, 160_040);
  assert.deepEqual(host.served('people.agc'), first);
  await leave();
});

test('loci are found by PanSN names, by names without their sample, and by numbers', { skip }, async () => {
  const { page, leave } = await show({ sample: 'HG2#1' });
  assert.equal(await loci(page), 'all:1-440050', 'the whole genome first');
  for (const name of ['HG2#1#chr2', 'chr2', '2']) {
    assert.equal(await search(page, `${name}:70,001-70,040`), true, name);
    await shows(page, 'HG2#1', 'HG2#1#chr2', 70_001, 70_040);
  }
  assert.equal(await search(page, 'chr3'), true);
  assert.equal(await loci(page), 'HG2#1#chr3:1-20050');
  assert.equal(await search(page, 'chr3:20021-20050'), true, 'its last bases');
  assert.ok((await drawn(page)).letters.endsWith(native('HG2#1', 'HG2#1#chr3', 20_021, 20_050)));
  for (const nowhere of ['chr4', 'HG2#2#chr1', 'chr4:1-40']) assert.equal(await search(page, nowhere), false, nowhere);
  await leave();
});

test('another sample is shown by loadGenome, with the tracks given for it', { skip }, async () => {
  const { page, leave } = await show({ sample: 'HG1#1', locus: 'chr1:501-540' });
  await shows(page, 'HG1#1', 'HG1#1#chr1', 501, 540);
  await page.evaluate(async () => {
    const { ragc, archive, igv } = globalThis;
    const tracks = [{ name: 'genes', type: 'annotation', features: [{ chr: 'chr1', start: 1005, end: 1030, name: 'later' }] }];
    await igv.loadGenome({ ...(await ragc.igvReference(archive, 'HG2#1')), locus: 'chr1:1001-1040', tracks });
  });
  await shows(page, 'HG2#1', 'HG2#1#chr1', 1001, 1040);
  assert.ok((await drawn(page)).texts.includes('later'));
  const missing = await page.evaluate(() => globalThis.ragc.igvReference(globalThis.archive, 'HG1#3').then(String, (error) => `${error.name}: ${error.message}`));
  assert.match(missing, /^NotFoundError: .*people\.agc has no sample HG1#3; near it are HG1#1, HG1#2/);
  await shows(page, 'HG2#1', 'HG2#1#chr1', 1001, 1040);
  await leave();
});

test('tracks lie on it, whichever names they use', { skip }, async () => {
  const tracks = ['HG1#2#chr2', 'chr2', '2'].map((chr) => {
    const file = `genes-of-${chr.replaceAll('#', '-')}.bed`;
    writeFileSync(join(host.made, file), `${chr}\t5003\t5030\tgene_of_${chr}\n`);
    return { name: 'genes', url: file };
  });
  const { page, leave } = await show({ sample: 'HG1#2', locus: 'chr2:5001-5040', tracks });
  await shows(page, 'HG1#2', 'HG1#2#chr2', 5001, 5040);
  mkdirSync(join(root, 'www/.build/screenshots'), { recursive: true });
  await page.screenshot({ path: join(root, 'www/.build/screenshots/igv.png') });
  assert.deepEqual((await drawn(page)).texts.filter((text) => text.startsWith('gene_of')).sort(), ['gene_of_2', 'gene_of_HG1#2#chr2', 'gene_of_chr2']);
  await leave();
});

test('a session is kept as JSON, and shown again with the reference made anew', { skip }, async () => {
  const { page, leave } = await show({ sample: 'HG2#1', names: 'pansn', locus: 'chr2:9001-9040' });
  await page.evaluate(async () => {
    const { ragc, archive, igv } = globalThis;
    const saved = JSON.stringify(igv.toJSON());
    await igv.loadGenome(await ragc.igvReference(archive, 'HG1#1'));
    const session = JSON.parse(saved);
    session.reference = await ragc.igvReference(archive, session.reference.sample, session.reference);
    await igv.loadSessionObject(session);
  });
  await shows(page, 'HG2#1', 'HG2#1#chr2', 9001, 9040);
  await leave();
});

test('a sample of many contigs starts with the first; one with a colon in its name is found as a whole', { skip }, async () => {
  const { page, leave } = await show({ sample: 'scaffolds', archive: 'scaffolds.agc' });
  assert.equal(await loci(page), 'tig0:1-500');
  assert.equal(await page.evaluate(() => globalThis.igv.genome.wholeGenomeView), false);
  assert.equal(await search(page, 'HLA:A07'), true);
  assert.equal(await loci(page), 'HLA:A07:1-500');
  assert.equal(await search(page, 'HLA:A07:1-40'), false, 'which igv.js might learn');
  await leave();
});

test('what goes wrong while it reads, igv.js is told in our words', { skip }, async () => {
  copyFileSync(join(host.made, 'people.agc'), join(host.made, 'gone.agc'));
  const { page, leave } = await show({ sample: 'HG1#2', archive: 'gone.agc' }, /404/);
  rmSync(join(host.made, 'gone.agc'));
  const said = await page.evaluate(() => globalThis.igv.search('chr1:150001-150040').then(String, (error) => error.message));
  assert.match(said, /^There is no file at .*gone\.agc \(HTTP 404\)\. Check the address\.$/);
  await leave();
});
