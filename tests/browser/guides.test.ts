// The examples of the package's README and of the guides, run as they stand: JavaScript in Chromium, or in Node where it says
// so; pages in Chromium; the nginx configuration in nginx, which then is the host that all of them name; commands by bash.
// RAGC names the binary; without one its commands are skipped aloud.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import * as ragcPackage from '../../www/src/index.ts';
import { checking, claimsIn, examplesOf, missingLines, type Example } from './examples.ts';
import { answering, freePort, ownArchives, program, ragc, root, startBrowser, startHost, visit, type Host } from './harness.ts';
import { installPackage } from './packed.ts';

const GUIDES = ['www/README.md', 'docs/WEB.md', 'docs/IGV.md', 'docs/HOSTING.md'];
/** The host that the guides name. */
const ADDRESS = 'https://genomes.example.org';

const examples = GUIDES.flatMap(examplesOf);
const of = (language: string) => examples.filter((example) => example.language === language);
const named = (use: string) => examples.find((example) => example.use === use)!.code;
const archive = ownArchives().find(({ path }) => path.endsWith('08-repeats.agc'))!.file;

let host: Host;
let guideHost: { origin: string; stop(): Promise<void> };
let browser: Browser;
let consumer: string;
/** What both hosts serve. */
let folder: string;
before(async () => {
  consumer = installPackage('guides').folder;
  host = await startHost();
  browser = await startBrowser();
  folder = join(host.made, 'guides');
  mkdirSync(folder);
  for (const file of [join(folder, 'genomes.agc'), join(folder, 'strains.agc'), join(consumer, 'genomes.agc')]) cpSync(archive, file);
  cpSync(join(consumer, 'node_modules/ragc'), join(folder, 'ragc'), { recursive: true });
  cpSync(join(root, 'www/node_modules/igv/dist/igv.esm.min.js'), join(folder, 'igv/dist/igv.esm.min.js'));
  guideHost = await startGuideHost(of('nginx')[0]!.code);
});
after(async () => {
  await browser?.close();
  await guideHost?.stop();
  await host?.stop();
});

/** nginx as the guide sets it up, but for the port and the folder. */
async function startGuideHost(server: string): Promise<{ origin: string; stop(): Promise<void> }> {
  const port = await freePort();
  const prefix = mkdtempSync(join(tmpdir(), 'ragc-guide-'));
  const own = server.replace('listen 80;', `listen 127.0.0.1:${port};`).replace('root /srv/genomes;', `root ${folder};`);
  assert.notEqual(own, server);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`).join(' ');
  writeFileSync(join(prefix, 'nginx.conf'), `daemon off; master_process off; pid nginx.pid; error_log stderr warn; events {} http { access_log off; ${paths}\n${own}}`);
  const nginx = spawn(program('nginx', ['/usr/sbin/nginx', '/usr/bin/nginx']), ['-p', prefix, '-c', 'nginx.conf', '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  nginx.stderr.on('data', (chunk) => (said += chunk));
  await answering(port, nginx, () => said);
  return {
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      const gone = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill();
      await gone;
      rmSync(prefix, { recursive: true, force: true });
    },
  };
}

const addressed = (code: string) => code.replaceAll(ADDRESS, guideHost.origin);

/** A page of the guides, below the host that is not that of the archives. */
async function visitPage(file: string, text: string): Promise<{ page: Page; leave(): Promise<void>; thrown: Promise<string> }> {
  writeFileSync(join(folder, file), text);
  // One of them asks for what is not there.
  const { page, leave } = await visit(browser, `${host.origin}/made/guides/${file}`, { expected: /404/, origins: [guideHost.origin] });
  return { page, leave, thrown: new Promise((resolve) => page.once('pageerror', ({ message }) => resolve(message))) };
}

test('there are examples, each of a kind that is known, and those in JavaScript claim something', () => {
  const kinds = new Set(['js', 'html', 'json', 'nginx', 'apache', 'sh', 'text']);
  for (const { name, language } of examples) assert.ok(kinds.has(language), name);
  const scripts = of('js').filter(({ use }) => !use.endsWith('.js'));
  assert.ok(scripts.length > 12 && scripts.some(({ use }) => use === 'node'));
  for (const { name, code } of scripts) assert.ok(claimsIn(code) > 0, name);
});

for (const [i, { name, use, code }] of of('js').entries()) {
  if (use === 'node') {
    test(`${name}, in Node`, () => {
      const file = join(consumer, `example-${i}.mjs`);
      writeFileSync(file, `${checking(addressed(code))}\nconsole.log(checked);`);
      assert.equal(Number(execFileSync(process.execPath, ['--no-warnings', file], { cwd: consumer, encoding: 'utf8' })), claimsIn(code));
    });
  } else if (!use) {
    test(name, async () => {
      const map = JSON.stringify({ imports: { ragc: './ragc/dist/ragc.js', igv: './igv/dist/igv.esm.min.js' } });
      const script = `${checking(addressed(code))}\ndocument.title = checked;`;
      const { page, leave, thrown } = await visitPage(`${i}.html`, `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title></title><script type="importmap">${map}</script><body><script type="module">${script}</script>`);
      assert.equal(await Promise.race([page.waitForFunction(() => document.title).then(() => page.title()), thrown]), String(claimsIn(code)));
      await leave();
    });
  }
}

const ref = { chr1: 'TGTGGCGAATTTATCTTTGT' };

/** What people see on the pages, by their titles. */
const pages: Record<string, (page: Page) => Promise<void>> = {
  async Samples(page) {
    await page.waitForFunction(() => document.querySelector('#samples')?.textContent?.startsWith('ref\ns0000\n'));
  },
  async 'A strict policy'(page) {
    await page.waitForFunction((start) => document.querySelector('#bases')?.textContent?.startsWith(start), ref.chr1);
    assert.equal(page.workers().length, 1);
  },
  async 'A small viewer'(page) {
    const shown = (text: string) => page.waitForFunction((text) => document.querySelector('#bases')?.textContent?.startsWith(text), text);
    const said = (pattern: RegExp) => page.locator('#said', { hasText: pattern }).waitFor();
    await shown(ref.chr1);
    await page.fill('[name=to]', '5');
    await page.press('[name=to]', 'Enter');
    await page.waitForFunction((bases) => document.querySelector('#bases')?.textContent === bases, ref.chr1.slice(0, 5));
    await page.selectOption('[name=sample]', 's0001');
    await page.waitForFunction(() => document.querySelector<HTMLSelectElement>('[name=contig]')?.selectedOptions[0]?.text.startsWith('chr1_s1 '));
    await page.fill('[name=from]', '99999999');
    await page.press('[name=from]', 'Enter');
    await said(/^The region ends at 5, before/);
    await page.fill('[name=from]', '1');
    await page.setInputFiles('[name=file]', { name: 'mine.agc', mimeType: '', buffer: readFileSync(archive) });
    await said(/^mine\.agc: 13 samples$/);
  },
  async 'Genomes in igv.js'(page) {
    const contig = (name: string) => page.locator(`.igv-chromosome-select-widget-container option[value=${name}]`).waitFor({ state: 'attached' });
    await contig('chr3');
    await page.selectOption('#sample', 's0001');
    await contig('chr3_s1');
  },
};

for (const example of of('html')) {
  const title = /<title>(.*)<\/title>/.exec(example.code)?.[1] ?? '';
  test(`${example.name}: ${title}`, async () => {
    // Scripts that stand behind it are its own.
    for (const { use, code } of scriptsBehind(example)) writeFileSync(join(folder, use), addressed(code));
    const icon = example.code.includes('Content-Security-Policy') ? '' : '<link rel="icon" href="data:,">';
    const { page, leave, thrown } = await visitPage(`${title.replaceAll(' ', '-')}.html`, `${addressed(example.code)}${icon}`);
    assert.ok(pages[title], `nothing is known of the page "${title}"`);
    assert.equal(await Promise.race([pages[title](page), thrown]), undefined);
    await leave();
  });
}

function scriptsBehind(example: Example): Example[] {
  const behind = examples.slice(examples.indexOf(example) + 1);
  const end = behind.findIndex(({ language, use }) => language !== 'js' || !use.endsWith('.js'));
  return behind.slice(0, end < 0 ? undefined : end);
}

for (const example of of('sh').filter(({ use }) => use !== 'elsewhere')) {
  test(example.name, (t) => {
    if (!ragc && /\bragc\b/.test(example.code)) {
      console.log('SKIPPED: no ragc binary (RAGC, or target/release/ragc)');
      return t.skip();
    }
    const PATH = `${ragc ? dirname(ragc) : ''}:${process.env.PATH}`;
    const output = execFileSync('bash', ['-euo', 'pipefail', '-c', addressed(example.code)], { cwd: folder, encoding: 'utf8', env: { ...process.env, PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
    const next = examples[examples.indexOf(example) + 1];
    if (next?.language === 'text') assert.deepEqual(missingLines(output, next.code), [], output);
    else assert.ok(output || /optimize|index/.test(example.code), 'it says nothing');
  });
}

test('the settings for buckets let everybody read, and show pages what nginx shows them', () => {
  const policy = JSON.parse(named('policy.json'));
  assert.deepEqual(policy.Statement.map(({ Effect, Principal, Action }: Record<string, string>) => [Effect, Principal, Action]), [['Allow', '*', 's3:GetObject']]);
  const rules = JSON.parse(named('cors.json')).CORSRules;
  assert.deepEqual(JSON.parse(named('r2.json')), rules);
  const [exposed] = /(?<=Expose-Headers ").*(?=")/.exec(of('nginx')[0]!.code)!;
  assert.deepEqual([rules.length, rules[0].AllowedOrigins, rules[0].AllowedMethods, rules[0].ExposeHeaders.join(', ')], [1, ['*'], ['GET', 'HEAD'], exposed]);
  assert.ok(of('apache')[0]!.code.includes(`"${exposed}"`));
  const commands = of('sh').map(({ code }) => code).join('');
  for (const [, file = ''] of commands.matchAll(/file:\/\/(\S+)/g)) assert.ok(named(file), file);
  assert.ok(commands.includes(policy.Statement[0].Resource.replace('arn:aws:s3:::', 's3://').replace('*', '')));
});

test('the tables of errors have each class of the package, and no other', () => {
  const classes = Object.entries(ragcPackage).filter(([name, it]) => name.endsWith('Error') && (it as typeof ragcPackage.AgcError).prototype instanceof ragcPackage.AgcError).map(([name]) => name);
  const listed = (document: string) => new Set([...readFileSync(join(root, document), 'utf8').matchAll(/^\| `(\w+Error)`/gm)].map(([, name]) => name!));
  assert.deepEqual([...listed('docs/WEB.md')].sort(), classes.sort());
  for (const name of listed('docs/HOSTING.md')) assert.ok(classes.includes(name), name);
  const messages = readFileSync(join(root, 'www/src/errors.ts'), 'utf8');
  const quoted = [...readFileSync(join(root, 'docs/HOSTING.md'), 'utf8').matchAll(/^\| `\w+`, "([^"]+)"/gm)].map(([, words]) => words!);
  assert.ok(quoted.length > 1 && quoted.every((words) => messages.includes(words)), quoted.join());
});

test('links between the guides lead somewhere', () => {
  const anchors = (text: string) => [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-'));
  for (const document of GUIDES) {
    const text = readFileSync(join(root, document), 'utf8').replace(/^```.*?^```$/gms, '');
    for (const [, path = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const target = path ? join(root, dirname(document), path) : join(root, document);
      const there = readFileSync(target, 'utf8');
      if (anchor) assert.ok(anchors(there).includes(anchor), `${document}: ${path}#${anchor}`);
    }
  }
});
