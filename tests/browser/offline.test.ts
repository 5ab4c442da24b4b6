// The page without a network: kept as a whole, replaced as a whole, let go as a whole; and installed, as Chromium sees it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { chromium, type Browser, type Page } from 'playwright-core';

import { dist, launchOptions, root, startBrowser, startHost, visit, type Host } from './harness.ts';
import { choose } from './lists.ts';
import { downloaded } from './saving.ts';
import { subjectOn, type Subject } from './subject.ts';

let host: Host;
let browser: Browser;
let subject: Subject;
before(async () => {
  host = await startHost();
  subject = await subjectOn(host);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

/** A copy of the page on a path of its own, to be changed. */
function copyOfPage(name: string): { folder: string; url: string; release: (version: string) => void } {
  const folder = join(host.made, name);
  cpSync(dist, folder, { recursive: true });
  return {
    folder,
    url: `${host.origin}/made/${name}/`,
    release(version) {
      const title = `<title>ragc ${version}</title>`;
      writeFileSync(join(folder, 'index.html'), readFileSync(join(dist, 'index.html'), 'utf8').replace(/<title>.*<\/title>/, title));
      writeFileSync(join(folder, 'page.css'), `${readFileSync(join(dist, 'page.css'), 'utf8')} :root { --release: ${version}; }`);
      execFileSync(process.execPath, [join(root, 'www/scripts/offline.mjs'), folder]);
      // Hosts tell versions apart by second and size, and tests make two within a second.
      const time = Date.now() / 1000 + 60 * Number(version);
      for (const name of ['index.html', 'page.css', 'service-worker.js']) utimesSync(join(folder, name), time, time);
    },
  };
}

const ready = (page: Page) => page.evaluate(async () => void (await navigator.serviceWorker.ready));
const style = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--release').trim());
const waiting = (page: Page) => page.waitForFunction(async () => (await navigator.serviceWorker.getRegistration())?.waiting);
/** Loads the page again: it takes a moment until the one before is known to be gone, and until then nothing changes. */
async function updated(page: Page): Promise<void> {
  for (let visits = 0; visits < 10; visits++) {
    await page.reload().catch(({ message }: Error) => assert.match(message, /ERR_ABORTED/, 'the page loads itself again'));
    await page.waitForFunction(() => document.title === 'ragc 2', undefined, { timeout: 3000 }).catch(() => {});
    const [title, release] = await page.evaluate(() => [document.title, getComputedStyle(document.documentElement).getPropertyValue('--release').trim()]);
    assert.equal(title, `ragc ${release}`, 'no mixture');
    if (release === '2') return;
  }
  assert.fail('the new version does not come');
}

const caches = (page: Page) => page.evaluate(async () => (await globalThis.caches.keys()).length);

for (const path of ['/', '/some/sub/path/']) {
  test(`without a network and with its server gone, the page at ${path} opens a local file and saves from it`, async () => {
    const own = await startHost();
    const { page, leave } = await visit(browser, `${own.origin}${path}`);
    await ready(page);
    await own.stop();
    await page.context().setOffline(true);
    await page.goto(`${own.origin}${path}?url=${encodeURIComponent('https://example.org/x.agc')}`);
    await page.waitForSelector('#notice:not([hidden])');
    await page.goto(`${own.origin}${path}index.html`);
    await page.setInputFiles('#file', subject.file);
    await choose(page, 'samples', subject.sample);
    await page.waitForSelector('#download-sample:not([disabled])');
    const { bytes } = await downloaded(page, '#download-sample', 'FASTA, gzipped');
    assert.equal(execFileSync('gzip', ['-dc'], { input: bytes, encoding: 'latin1' }), subject.fasta);
    await leave().catch(({ message }: Error) => assert.match(message, /asked another host: https:\/\/example\.org/));
  });
}

test('opened without a network before it was loaded twice, it finds its worker and module', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`);
  await ready(page);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await page.context().setOffline(true);
  await page.setInputFiles('#file', subject.file);
  await page.waitForSelector('#samples-list .item');
  await leave();
});

test('no archive is kept, and ranges of it do not pass the service worker', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`);
  await ready(page);
  await page.goto(`${host.origin}/?url=made/plain.agc`);
  await page.waitForSelector('#samples-list .item');
  const kept = await page.evaluate(async () => {
    const names = await globalThis.caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await globalThis.caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname.slice(1)).sort();
  });
  assert.deepEqual(kept, ['gzip.js', 'icon.svg', 'index.html', 'manifest.webmanifest', 'page-chunk.js', 'page-collection.js', 'page.css', 'page.js', 'ragc.wasm', 'worker.js']);
  const through = await page.evaluate(() => performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('.agc') && (entry as PerformanceResourceTiming).workerStart > 0).length);
  assert.equal(through, 0);
  await leave();
});

test('a new version comes as a whole, at the next visit', async () => {
  const copy = copyOfPage('updated');
  copy.release('1');
  const { page, leave } = await visit(browser, copy.url);
  await ready(page);
  copy.release('2');
  await page.reload();
  assert.deepEqual([await page.title(), await style(page)], ['ragc 1', '1'], 'all of it is as it was');
  await waiting(page);
  await updated(page);
  await page.waitForFunction(async () => (await globalThis.caches.keys()).length === 1);
  await page.context().setOffline(true);
  await page.reload();
  assert.deepEqual([await page.title(), await style(page)], ['ragc 2', '2']);
  await leave();
});

test('as long as another page lives by the old version, both have it', async () => {
  const copy = copyOfPage('shared');
  copy.release('1');
  const { page, leave } = await visit(browser, copy.url);
  await ready(page);
  const other = await page.context().newPage();
  await other.goto(copy.url);
  copy.release('2');
  await page.reload();
  await waiting(page);
  await page.reload();
  await page.waitForTimeout(300);
  for (const each of [page, other]) assert.deepEqual([await each.title(), await style(each)], ['ragc 1', '1']);
  await other.close();
  await updated(page);
  await leave();
});

test('files that are not of one version are not kept', async () => {
  const copy = copyOfPage('mixed');
  copy.release('1');
  writeFileSync(join(copy.folder, 'page.css'), '/* of another version */');
  const { page, leave } = await visit(browser, copy.url);
  // Only the service worker asks for this one.
  while (host.served('mixed/gzip.js').requests === 0) await page.waitForTimeout(50);
  await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistrations()).length === 0);
  assert.equal(await caches(page), 0);
  await leave();
});

test('a host that takes service-worker.js away is rid of it', async () => {
  const copy = copyOfPage('gone');
  const { page, leave } = await visit(browser, copy.url, { expected: /404/ });
  await ready(page);
  assert.equal(await caches(page), 1);
  rmSync(join(copy.folder, 'service-worker.js'));
  await page.reload();
  await page.waitForFunction(async () => (await globalThis.caches.keys()).length === 0);
  await page.reload();
  // A page that comes before the browser is through with it registers it once more, and finds it gone again.
  await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistrations()).length === 0);
  await leave();
});

test('Chromium would install it, with its icons and .agc files', async () => {
  const profile = mkdtempSync(join(tmpdir(), 'ragc-profile-'));
  const context = await chromium.launchPersistentContext(profile, launchOptions());
  try {
    const page = context.pages()[0]!;
    await page.goto(`${host.origin}/some/sub/path/`);
    await ready(page);
    const devtools = await context.newCDPSession(page);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors, []);
    const { errors, data = '{}', url } = await devtools.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    const manifest = JSON.parse(data);
    for (const { src, sizes, type } of manifest.icons) {
      const image = await page.evaluate(async (address) => {
        const response = await fetch(address);
        const bitmap = response.ok && !address.endsWith('.svg') ? await createImageBitmap(await response.blob()) : undefined;
        return { ok: response.ok, sizes: bitmap ? `${bitmap.width}x${bitmap.height}` : 'any' };
      }, new URL(src, url).href);
      assert.deepEqual(image, { ok: true, sizes }, `${src}, ${type}`);
    }
    assert.ok(manifest.icons.some(({ purpose }: { purpose?: string }) => purpose === 'maskable'));
    assert.deepEqual(Object.values(manifest.file_handlers[0].accept), [['.agc']]);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true });
  }
});

test('a file opened with the installed page is the archive shown', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/`, {
    before: () => {
      const { launchQueue } = globalThis as unknown as { launchQueue: object };
      Object.assign(launchQueue, { setConsumer: (consumer: unknown) => Object.assign(globalThis, { launched: consumer }) });
    },
  });
  await page.evaluate(async (bytes) => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle('mine.agc', { create: true });
    const writable = await handle.createWritable();
    await writable.write(Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0)));
    await writable.close();
    (globalThis as unknown as { launched: (launch: { files: unknown[] }) => void }).launched({ files: [handle] });
  }, readFileSync(subject.file).toString('base64'));
  await page.waitForSelector('#samples-list .item');
  assert.equal(await page.textContent('#archive-name'), 'mine.agc');
  await leave();
});
