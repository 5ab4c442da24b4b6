// What every browser test needs: the static host, the browser, pages that report what goes wrong, archives and what is
// in them.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** The root of the repository, put here when the tests are bundled. */
declare const REPOSITORY: string;
export const root = REPOSITORY;
export const dist = join(root, 'www/dist');
export const golden = join(root, '../shared/golden');
export const data = join(root, 'tests/data');
/** The plugin of JBrowse, and the script of it that is built. */
export const plugin = join(root, 'www/packages/jbrowse-plugin-agc');
export const PLUGIN_SCRIPT = 'jbrowse-plugin-agc.umd.production.min.js';

/** The binary of this project, if there is one. */
export const ragc = [process.env.RAGC, join(root, 'target/release/ragc')].find((path) => path && existsSync(path));

export interface Host {
  /** `http://127.0.0.1:port` of the page. */
  origin: string;
  /** The same files from another origin. */
  other: string;
  /** A folder served as `/made/`, for files of the test's own. */
  made: string;
  /** Bytes of bodies sent for paths that end so, and how many requests, since the host was started. */
  served(ending: string): { requests: number; bytes: number };
  stop(): Promise<void>;
}

/** nginx on free ports, with everything it writes in a directory that goes when it stops. */
export async function startHost(): Promise<Host> {
  assert.ok(existsSync(join(dist, 'index.html')), 'www/dist is missing: run `npm run build` in www first');
  const prefix = mkdtempSync(join(tmpdir(), 'ragc-nginx-'));
  const made = join(prefix, 'made');
  mkdirSync(made);
  const [port, otherPort] = [await freePort(), await freePort()];
  const words: Record<string, string> = { PORT: String(port), OTHER_PORT: String(otherPort), DIST: dist, GOLDEN: golden, DATA: data, MADE: made, POLICY: policy() };
  const conf = readFileSync(join(root, 'tests/browser/nginx.conf'), 'utf8').replace(/@([A-Z_]+)@/g, (_, word: string) => words[word] ?? '');
  writeFileSync(join(prefix, 'nginx.conf'), conf);
  const nginx = spawn(program('nginx', ['/usr/sbin/nginx', '/usr/bin/nginx']), ['-p', prefix, '-c', 'nginx.conf', '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  nginx.stderr?.on('data', (chunk) => (said += chunk));
  await answering(port, nginx, () => said);
  const log = join(prefix, 'access.log');
  return {
    origin: `http://127.0.0.1:${port}`,
    other: `http://127.0.0.1:${otherPort}`,
    made,
    served: (ending) => servedIn(readFileSync(log, 'utf8'), ending),
    async stop() {
      const gone = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill();
      await gone;
      rmSync(prefix, { recursive: true, force: true });
    },
  };
}

export async function startBrowser(...more: string[]): Promise<Browser> {
  return chromium.launch(launchOptions(...more));
}

/** For tests that start browsers of their own. */
export function launchOptions(...more: string[]) {
  const executablePath = program('chromium', ['/usr/bin/chromium', '/usr/bin/chromium-browser']);
  return { executablePath, args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', ...more] };
}

/** A page that fails its test when something is reported that should not be. */
export interface Visit {
  page: Page;
  /** Checks that nothing was logged as an error, thrown, blocked, or asked of another host; then closes the page. */
  leave(): Promise<void>;
}

export interface VisitOptions extends BrowserContextOptions {
  /** Messages of the console that belong to the test. */
  expected?: RegExp;
  /** Origins the page may ask, beside its own. */
  origins?: string[];
  /** Saves by a download of the browser, not by a file the user picks. */
  withoutPicker?: boolean;
  /** Runs in the page before its scripts. */
  before?: () => void;
}

export async function visit(browser: Browser, url: string, { expected, origins = [], withoutPicker = true, before, ...options }: VisitOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ acceptDownloads: true, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const allowed = [new URL(url).origin, ...origins];
  page.on('console', (message) => {
    const text = `${message.type()}: ${message.text()}`;
    if (['error', 'warning'].includes(message.type()) && !expected?.test(text)) complaints.push(text);
  });
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && !allowed.includes(origin)) complaints.push(`asked another host: ${request.url()}`);
  });
  // The picker opens a window of the system, which nobody is there to answer.
  if (withoutPicker) await page.addInitScript('delete globalThis.showSaveFilePicker; delete globalThis.showDirectoryPicker');
  if (before) await page.addInitScript(before);
  await page.goto(url);
  return {
    page,
    async leave() {
      await context.close();
      assert.deepEqual(complaints, []);
    },
  };
}

/** An archive of the tests and the digests of its samples as FASTA. */
export interface Known {
  /** Path below the host's origin. */
  path: string;
  file: string;
  samples: { name: string; contigs: number; bytes: number; sha256: string }[];
}

/** Golden archives whose name starts so, or none, said aloud, where there are no golden archives. */
export function goldenArchives(version = 'v'): Known[] {
  const manifest = join(golden, 'manifest.tsv');
  if (!existsSync(manifest)) {
    console.log('SKIPPED: no golden archives in ../shared/golden');
    return [];
  }
  return knownIn(manifest, golden, 'golden').filter(({ path }) => path.startsWith(`golden/${version}`));
}

/** The project's own small archives. */
export function ownArchives(): Known[] {
  return knownIn(join(data, 'manifest.tsv'), data, 'data').filter(({ file }) => existsSync(file));
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** All of an async iterable of bytes as one text. */
export async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString('latin1');
}

function knownIn(manifest: string, folder: string, path: string): Known[] {
  const [head = '', ...lines] = readFileSync(manifest, 'utf8').trimEnd().split('\n');
  const columns = head.split('\t');
  const column = (start: string) => columns.findIndex((name) => name.startsWith(start));
  const [archive, sample, contigs, bytes, digest] = ['archive', 'sample', 'contigs', 'fasta bytes', 'sha256'].map(column);
  const known = new Map<string, Known>();
  for (const line of lines) {
    const cells = line.split('\t');
    const name = cells[archive!]!;
    const entry = known.get(name) ?? { path: `${path}/${name}`, file: join(folder, name), samples: [] };
    known.set(name, entry);
    entry.samples.push({ name: cells[sample!]!, contigs: Number(cells[contigs!]), bytes: Number(cells[bytes!]), sha256: cells[digest!]! });
  }
  return [...known.values()];
}

export function program(name: string, places: string[]): string {
  const found = [process.env[name.toUpperCase()], ...places].find((path) => path && existsSync(path));
  assert.ok(found, `${name} is not installed (looked for ${places.join(', ')}); on Debian: apt install ${name}`);
  return found;
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export async function answering(port: number, process: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    assert.equal(process.exitCode, null, `nginx ended: ${said()}`);
    const up = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.unref();
    });
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`nginx does not answer: ${said()}`);
}

/** The Content-Security-Policy that the page itself has. */
export function policy(): string {
  return /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(readFileSync(join(dist, 'index.html'), 'utf8'))![1]!;
}

/** Lines of nginx's log look like `127.0.0.1 - - [..] "GET /x HTTP/1.1" 206 1234 "..." "..."`. */
function servedIn(log: string, ending: string): { requests: number; bytes: number } {
  let [requests, bytes] = [0, 0];
  for (const [, path = '', , sent] of log.matchAll(/"(?:GET|POST) (\S+) [^"]*" (\d+) (\d+)/g)) {
    if (!path.split('?')[0]!.endsWith(ending)) continue;
    requests++;
    bytes += Number(sent);
  }
  return { requests, bytes };
}

