// Every archive, opened in Chromium through nginx with the built module, its samples compared with the manifest.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser } from 'playwright-core';

import { goldenArchives, ownArchives, startBrowser, startHost, visit, type Host, type Known } from './harness.ts';
import { subjectOn, withLargeFooter } from './subject.ts';

let host: Host;
let browser: Browser;
before(async () => {
  host = await startHost();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

interface Found {
  samples: string[];
  digests: string[];
  bytes: number[];
  contigs: number[];
  rounds: number;
  fetched: number;
}

for (const known of [...ownArchives(), ...goldenArchives()]) {
  test(`${known.path}: ${known.samples.length} samples`, async () => {
    const { page, leave } = await visit(browser, `${host.origin}/`);
    const found = await page.evaluate(extractAll, `${host.origin}/${known.path}`);
    compare(known, found);
    assert.ok(found.rounds <= 4, `${found.rounds} rounds to the list of samples`);
    await leave();
  });
}

test('a large archive is listed in four rounds and a small part of it', async () => {
  const subject = await subjectOn(host);
  const { page, leave } = await visit(browser, `${host.origin}/`);
  const found = await page.evaluate(extractAll, `${host.origin}/made/padded.agc`);
  compare(subject, found);
  assert.ok(found.rounds <= 4, `${found.rounds} rounds`);
  assert.ok(found.fetched < 200_000, `${found.fetched} bytes to the list of samples`);
  const { bytes } = host.served('padded.agc');
  assert.ok(bytes < subject.paddedBytes / 2, `${bytes} of ${subject.paddedBytes} bytes sent for all samples`);
  await leave();
});

test('a footer larger than the tail costs one round more, four in all', async () => {
  const subject = await subjectOn(host);
  writeFileSync(join(host.made, 'footer.agc'), withLargeFooter(readFileSync(join(host.made, 'padded.agc'))));
  const { page, leave } = await visit(browser, `${host.origin}/`);
  const found = await page.evaluate(extractAll, `${host.origin}/made/footer.agc`);
  compare(subject, found);
  assert.equal(found.rounds, 4);
  assert.ok(found.fetched < 600_000, `${found.fetched} bytes to the list of samples`);
  await leave();
});

test('regions are the same letters as in the whole', async () => {
  const subject = await subjectOn(host);
  const { page, leave } = await visit(browser, `${host.origin}/`);
  const regions = subject.contigs.flatMap(({ bases }, contig) =>
    [0, 1, 7, 59, 997, bases.length - 1, bases.length >> 1].filter((start) => start >= 0 && start < bases.length)
      .map((start, i) => ({ contig, start, end: start + [1, 100, 2000, bases.length][i % 4]! })));
  assert.ok(regions.length > 5);
  const found = await page.evaluate(async ({ url, sample, regions }) => {
    const { AgcArchive } = await import(new URL('ragc.js', document.baseURI).href);
    const archive = await AgcArchive.open(url);
    const alone: string[] = [];
    for (const { contig, start, end } of regions) alone.push(await archive.sequence(sample, contig, start, end));
    const together: string[] = await archive.sequences(regions.map((region) => ({ sample, ...region })));
    archive.close();
    return { alone, together };
  }, { url: `${host.origin}/${subject.path}`, sample: subject.sample, regions });
  regions.forEach(({ contig, start, end }, i) => {
    const bases = subject.contigs[contig]!.bases.slice(start, end);
    assert.ok(found.alone[i] === bases && found.together[i] === bases, `contig ${contig}, ${start} to ${end}`);
  });
  await leave();
});

test('questions asked at the same time do not disturb each other', async () => {
  const subject = await subjectOn(host);
  const { page, leave } = await visit(browser, `${host.origin}/`);
  const same = await page.evaluate(async ({ url, sample }) => {
    const { AgcArchive } = await import(new URL('ragc.js', document.baseURI).href);
    const archive = await AgcArchive.open(url);
    const contigs = await archive.contigs(sample);
    const ask = ({ index }: { index: number }) => archive.sequence(sample, index);
    const together = await Promise.all(contigs.map(ask));
    for (const [i, contig] of contigs.entries()) {
      const alone: string = await ask(contig);
      if (alone.length !== contig.length || alone !== together[i]) return false;
    }
    return contigs.length > 0;
  }, { url: `${host.origin}/made/padded.agc`, sample: subject.sample });
  assert.ok(same);
  await leave();
});

/** Runs in the page: every sample of an archive as FASTA, as digests. */
async function extractAll(url: string): Promise<Found> {
  const { AgcArchive } = await import(new URL('ragc.js', document.baseURI).href);
  const archive = await AgcArchive.open(url);
  const { rounds, bytesFetched: fetched } = archive.stats;
  const found: Found = { samples: await archive.samples(), digests: [], bytes: [], contigs: [], rounds, fetched };
  for (const sample of found.samples) {
    const fasta = await new Response(archive.stream(sample)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', fasta));
    found.digests.push(Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''));
    found.bytes.push(fasta.byteLength);
    found.contigs.push((await archive.contigs(sample)).length);
  }
  archive.close();
  return found;
}

function compare(known: Known, found: Found): void {
  assert.deepEqual([...found.samples].sort(), known.samples.map(({ name }) => name).sort());
  const expected = new Map(known.samples.map((sample) => [sample.name, sample]));
  found.samples.forEach((name, i) => {
    const sample = expected.get(name);
    assert.deepEqual([found.contigs[i], found.bytes[i], found.digests[i]], [sample?.contigs, sample?.bytes, sample?.sha256], name);
  });
}
