// The plugin in JBrowse itself: what people see there of an archive, by the examples of docs/JBROWSE.md. RAGC names the
// binary that makes the archive; without one this is skipped aloud.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { PLUGIN_SCRIPT, plugin, ragc, root, startBrowser, startHost, visit, type Host } from './harness.ts';
import { buildSite, pageOf } from './jbrowse/build.ts';
import { assertLetters, PATIENCE_MS } from './jbrowse/letters.ts';
import { asModules } from './jbrowse/modules.ts';
import { lettersIn, makeStrains } from './jbrowse/strains.ts';

const skip = ragc ? false : 'no ragc binary';
if (skip) console.log('SKIPPED: no ragc binary (RAGC, or target/release/ragc)');

const guide = readFileSync(join(root, 'docs/JBROWSE.md'), 'utf8');
const readme = readFileSync(join(plugin, 'README.md'), 'utf8');
const example = (language: string, text = guide) => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(text)?.[1] ?? assert.fail(`no example in ${language}`);

let host: Host;
let browser: Browser;
let folder: string;
before(async () => {
  if (!ragc) return;
  host = await startHost();
  browser = await startBrowser();
  folder = join(host.made, 'jbrowse');
  await buildSite(folder);
  makeStrains(ragc, folder);
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

const letters = (sample: string, contig: string, start: number, end: number) => lettersIn(ragc!, join(folder, 'strains.agc'), sample, `${sample}#1#${contig}`, start, end);

/** The page of a configuration, which is put there before. */
async function site(name: string, config: object | string, expected?: RegExp) {
  writeFileSync(join(folder, name), typeof config === 'string' ? config : JSON.stringify(config));
  const options = { viewport: { width: 1280, height: 800 }, ...(expected && { expected }) };
  return visit(browser, `${host.origin}/made/jbrowse/site.html?config=${name}`, options);
}

async function search(page: Page, view: number, place: string): Promise<void> {
  const box = page.locator('[data-testid=autocomplete] input').nth(view);
  await box.fill(place);
  await box.press('Enter');
}

/** A configuration of one sample, as its adapter says it, whose sequence is shown from 1 to 60. */
function showing(adapter: object) {
  const sequence = { type: 'ReferenceSequenceTrack', trackId: 'sequence', adapter: { type: 'AgcAdapter', ...adapter } };
  const views = [{ type: 'LinearGenomeView', init: { assembly: 'x', loc: 'strain07#1#chr1:1-60', tracks: ['sequence'] } }];
  return { plugins: [{ name: 'Agc', url: PLUGIN_SCRIPT }], assemblies: [{ name: 'x', sequence }], defaultSession: { name: 'x', views } };
}

test('the readme of the plugin has one of the assemblies of the guide', () => {
  const [{ plugins, assemblies, defaultSession }, whole] = [readme, guide].map((text) => JSON.parse(example('json', text)));
  assert.deepEqual(plugins, whole.plugins);
  assert.deepEqual(assemblies, [whole.assemblies[1]]);
  assert.deepEqual(defaultSession.views, [whole.defaultSession.views[1]]);
});

test('two assemblies of one archive show their letters, in few requests; the search box goes to other contigs', { skip }, async () => {
  const { page, leave } = await site('config.json', example('json'));
  const before = host.served('strains.agc');
  const [reference, strain] = [letters('reference', 'chr1', 5001, 5060), letters('strain07', 'chr1', 5001, 5060)];
  assert.notEqual(reference, strain);
  await assertLetters(page, 0, 5001, reference);
  await assertLetters(page, 1, 5001, strain);
  assert.ok(page.workers().some((worker) => worker.url().endsWith('/worker.js')), 'JBrowse asks in its worker');
  // The page and JBrowse's worker open the archive each, and both samples with one opening.
  const first = host.served('strains.agc');
  const size = statSync(join(folder, 'strains.agc')).size;
  assert.ok(first.requests - before.requests <= 6, `${first.requests - before.requests} requests`);
  assert.ok(first.bytes - before.bytes <= size / 4, `${first.bytes - before.bytes} of ${size} bytes`);

  // The last part of a PanSN name, the whole name, and the whole header line mean the same contig.
  await search(page, 1, 'chr2:200,001-200,050');
  await assertLetters(page, 1, 200_001, letters('strain07', 'chr2', 200_001, 200_050));
  await search(page, 0, 'reference#1#chr2:299,951-300,000');
  await assertLetters(page, 0, 299_951, letters('reference', 'chr2', 299_951, 300_000));
  const jumps = host.served('strains.agc');
  assert.ok(jumps.requests - first.requests <= 6, `${jumps.requests - first.requests} requests for two jumps`);
  const name = await page.evaluate(() => {
    const { viewState } = globalThis as unknown as { viewState: { assemblyManager: { get(name: string): { getCanonicalRefName(name: string): string } } } };
    return viewState.assemblyManager.get('strain07').getCanonicalRefName('strain07#1#chr2 simulated, number 3');
  });
  assert.equal(name, 'strain07#1#chr2');

  await page.locator('[data-testid=track_menu_icon]').nth(1).click();
  await page.getByText('About track').click();
  await page.getByText(/archiveBytes/).waitFor({ timeout: PATIENCE_MS });
  assert.match(await page.getByRole('dialog').innerText(), new RegExp(`contigs\\s+2\\s+bases\\s+1500000\\s+archive\\s+http.*strains\\.agc\\s+archiveBytes\\s+${size}`));
  await leave();
});

test('what jbrowse-config writes is shown as it is', { skip }, async () => {
  const [command, ...args] = example('sh').trim().split(' ');
  assert.equal(command, 'ragc');
  execFileSync(ragc!, args, { cwd: folder });
  const written = readFileSync(join(folder, 'config.json'), 'utf8');
  const { page, leave } = await site('written.json', written);
  for (const [view, sample] of ['reference', 'strain07'].entries()) {
    await assertLetters(page, view, 599_960, letters(sample, 'chr1', 599_960, 600_040));
  }

  // A file that somebody chooses is read where it is; without a name the sample is the first.
  const regions = await page.evaluate(async () => {
    const blob = await (await fetch('strains.agc')).blob();
    const { viewState, JBrowseExports } = globalThis as unknown as { viewState: { pluginManager: object }; JBrowseExports: Record<string, Record<string, (what: object) => object>> };
    interface AdapterType {
      configSchema: { create(snapshot: object, environment: object): object };
      getAdapterClass(): Promise<new (config: object, getSubAdapter: undefined, pluginManager: object) => { getRegions(): Promise<object[]> }>;
    }
    const pluginManager = viewState.pluginManager as { getAdapterType(name: string): AdapterType };
    const agcLocation = JBrowseExports['@jbrowse/core/util/tracks']!.storeBlobLocation!({ blob: new File([blob], 'chosen.agc') });
    const { configSchema, getAdapterClass } = pluginManager.getAdapterType('AgcAdapter');
    const Adapter = await getAdapterClass();
    return new Adapter(configSchema.create({ type: 'AgcAdapter', agcLocation }, { pluginManager }), undefined, pluginManager).getRegions();
  });
  assert.deepEqual(regions, Object.entries({ chr1: 1_200_000, chr2: 300_000 }).map(([name, end]) => ({ refName: `reference#1#${name}`, start: 0, end })));

  // For a file that somebody adds, JBrowse proposes the same.
  const proposed = await page.evaluate(() => {
    interface PluginManager {
      evaluateExtensionPoint(name: string, otherwise: () => undefined): (what: unknown) => unknown;
    }
    const { pluginManager } = (globalThis as unknown as { viewState: { pluginManager: PluginManager } }).viewState;
    const guess = (name: string, what: unknown) => pluginManager.evaluateExtensionPoint(name, () => undefined)(what);
    const adapters = ['x/y.agc', 'x/y.agc.gz', 'x/y.agcx'].map((uri) => guess('Core-guessAdapterForLocation', { uri }));
    return { adapters, track: guess('Core-guessTrackTypeForLocation', 'AgcAdapter') };
  });
  const adapter = (uri: string) => ({ type: 'AgcAdapter', agcLocation: { uri } });
  assert.deepEqual(proposed, { adapters: [adapter('x/y.agc'), adapter('x/y.agc.gz'), undefined], track: JSON.parse(written).assemblies[0].sequence.type });
  await leave();
});

test('an address with nothing there, and a sample that is not: JBrowse shows what to do', { skip }, async () => {
  for (const [name, adapter, words] of [
    ['absent.json', { uri: 'absent.agc', sampleName: 'strain07' }, /There is no file at .*absent\.agc \(HTTP 404\)\. Check the address\./],
    ['misspelt.json', { uri: 'strains.agc', sampleName: 'strain70' }, /has no sample strain70; near it are strain07/],
  ] as const) {
    const { page, leave } = await site(name, showing(adapter), /error: .*(404|HttpError|NotFoundError)/s);
    await page.getByText(words).waitFor({ timeout: PATIENCE_MS });
    await leave();
  }
});

test('an archive and the index beside it are read behind a login, here and in the worker', { skip }, async () => {
  execFileSync(ragc!, ['index', '-q', 'plain.agc'], { cwd: folder });
  const internetAccounts = [{ type: 'HTTPBasicInternetAccount', internetAccountId: 'ours', name: 'ours', domains: [new URL(host.origin).host] }];
  const uri = `${host.origin}/locked/jbrowse/plain.agc`;
  const { page, leave } = await site('locked.json', { ...showing({ uri, indexUri: `${uri}.ragi`, sampleName: 'strain07' }), internetAccounts });
  await page.getByLabel(/user/i).fill('user', { timeout: PATIENCE_MS });
  await page.getByLabel(/password/i).fill('secret');
  await page.getByRole('button', { name: /submit/i }).click();
  await assertLetters(page, 0, 1, letters('strain07', 'chr1', 1, 60));
  assert.ok(host.served('plain.agc.ragi').requests > 0);
  await leave();
});

test('a question that JBrowse stops leaves the network', { skip }, async () => {
  const { page, leave } = await site('stopped.json', showing({ uri: '/slow/jbrowse/strains.agc', sampleName: 'strain07' }));
  await assertLetters(page, 0, 1, letters('strain07', 'chr1', 1, 60));
  const before = host.served('/slow/jbrowse/strains.agc');
  const { message, ms } = await page.evaluate(async () => {
    interface Rpc {
      call(session: string, method: string, args: object): Promise<unknown>;
    }
    const { viewState } = globalThis as unknown as { viewState: { session: { rpcManager: Rpc; assemblies: { sequence: { adapter: object } }[] } } };
    const stopToken = URL.createObjectURL(new Blob());
    const region = { assemblyName: 'x', refName: 'strain07#1#chr1', start: 0, end: 1_200_000 };
    const adapterConfig = JSON.parse(JSON.stringify(viewState.session.assemblies[0]!.sequence.adapter));
    const asked = viewState.session.rpcManager.call('x', 'CoreGetFeatures', { adapterConfig, sessionId: 'x', regions: [region], stopToken });
    await new Promise((resolve) => setTimeout(resolve, 600));
    const start = performance.now();
    URL.revokeObjectURL(stopToken);
    const message = await asked.then(() => 'answered', (error) => String(error));
    return { message, ms: performance.now() - start };
  });
  assert.match(message, /aborted/);
  assert.ok(ms < 2000, `${ms} ms`);
  // nginx logs a request when it ends, and this file would take seconds.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const sent = host.served('/slow/jbrowse/strains.agc').bytes - before.bytes;
  assert.ok(sent < statSync(join(folder, 'strains.agc')).size / 2, `${sent} bytes`);
  await leave();
});

test("in one's own page, as a module; nothing is decoded on its thread", { skip }, async () => {
  const { map, script } = asModules(example('js'), readFileSync(join(plugin, 'dist/index.js'), 'utf8'));
  const guard = "for (const name of ['instantiate', 'compile', 'instantiateStreaming']) WebAssembly[name] = () => { throw new Error('wasm on the page'); };";
  writeFileSync(join(folder, 'own.html'), pageOf(`<script type="importmap">${JSON.stringify(map)}</script><script type="module">${guard}\n${script}\nglobalThis.viewState = viewState;</script>`));
  const { page, leave } = await visit(browser, `${host.origin}/made/jbrowse/own.html`);
  await assertLetters(page, 0, 101, letters('strain07', 'chr2', 101, 140));
  assert.ok(!page.workers().some((worker) => worker.url().endsWith('/worker.js')));
  await leave();
});
