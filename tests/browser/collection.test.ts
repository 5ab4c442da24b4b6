// The picture of the collection: its pixels are what the segment tables say, a click goes to the bases, no sequence is
// read for it, and thousands of rows scroll.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { AgcArchive, SegmentKind } from '../../www/src/index.ts';
import { make } from './genomes.ts';
import { dist, goldenArchives, ragc, startBrowser, startHost, visit, type Host } from './harness.ts';
import { fasta, letters, random } from './simulated.ts';

const KIND_NAMES = ['reference', 'delta', 'raw', 'founder'] as const;
/** What opening an archive without an index reads beside its footer: its start, and its end. */
const OPENING_BYTES = (32 + 64) * 1024;

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

/** Three genomes: one, the same once more, and one with changes and with sequence of its own. */
function related(): Map<string, string> {
  const next = random(31);
  const [chr1, chr2] = [letters(2_600_000, next), letters(700_000, next)];
  // A letter every 10 kb from 1.4 Mb on makes deltas of all segments there.
  const drifted = chr1.slice(1_400_000, 2_000_000).replace(/(.{9999})(.)/g, (_, same: string, letter: string) => same + (letter === 'T' ? 'A' : 'T'));
  const changed = `${chr1.slice(0, 500_000)}${letters(150_000, next)}${chr1.slice(500_000, 1_400_000)}${drifted}${chr1.slice(2_000_000)}`;
  const text = (sample: string, first: string) => fasta(`${sample}#1#chr1 first`, first) + fasta(`${sample}#1#chr2`, chr2);
  return new Map([['one', text('one', chr1)], ['same', text('same', chr1)], ['other', text('other', changed)]]);
}

const sequenceOf = (genome: string, contig: number) => genome.split('>')[contig + 1]!.split('\n').slice(1).join('');

function opened(file: string): Promise<AgcArchive> {
  return AgcArchive.open(new Blob([readFileSync(file)]), { wasm: new WebAssembly.Module(readFileSync(join(dist, 'ragc.wasm'))) });
}

async function ready(page: Page): Promise<void> {
  await page.waitForSelector('#picture-rows[aria-busy="false"]');
  await page.waitForSelector('#collection-all', { state: 'hidden' });
  // Rows are read anew once it is known who founded what.
  await page.waitForTimeout(400);
}

/** The pixels at places in the rows, and the colours that kinds have. */
function pixelsAt(page: Page, places: { x: number; y: number }[]): Promise<{ pixels: string[]; colours: string[] }> {
  return page.evaluate((places) => {
    const canvas = document.querySelector<HTMLCanvasElement>('#picture-rows canvas')!;
    const ratio = canvas.width / canvas.clientWidth;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const pixels = places.map(({ x, y }) => {
      const at = 4 * (Math.round(y * ratio) * canvas.width + Math.round(x * ratio));
      return [...data.subarray(at, at + 3)].join(',');
    });
    const colours = [...document.querySelectorAll('#picture-legend .kind')].map((swatch) => getComputedStyle(swatch).backgroundColor.replace(/[^\d,]/g, ''));
    return { pixels, colours };
  }, places);
}

async function told(page: Page): Promise<{ where: string; what: string }> {
  return { where: (await page.textContent('#picture-where')) ?? '', what: (await page.textContent('#picture-what')) ?? '' };
}

test('pixels, and what is said of them, are what the tables say; a click goes to the bases; no sequence is read', async (t) => {
  const genomes = related();
  if (!make(t, host, 'related.agc', genomes, ['-s', '20000'])) return;
  const archive = await opened(join(host.made, 'related.agc'));
  const samples = await archive.samples();
  assert.deepEqual(samples, ['one', 'same', 'other']);

  const { page, leave } = await visit(browser, `${host.origin}/?url=made/related.agc`, { viewport: { width: 1400, height: 800 }, reducedMotion: 'reduce' });
  await ready(page);
  const box = (await page.locator('#picture-rows').boundingBox())!;
  const rowHeight = (await page.locator('#picture-rows .space').evaluate((space: HTMLElement) => space.offsetHeight)) / samples.length;
  const seen = new Set<number>();
  const compared: { x: number; y: number; kind: number; about: string }[] = [];
  let clicked: { x: number; y: number; sample: string; contig: number; start: number; end: number } | undefined;
  for (const [row, sample] of samples.entries()) {
    const contigs = await archive.contigs(sample);
    const { starts, lengths, kinds, groups, ends } = await archive.segments(sample, { founders: true });
    const y = (row + 0.5) * rowHeight;
    for (let x = 60; x < box.width - 140; x += 9) {
      await page.mouse.move(box.x + x, box.y + y);
      const { where, what } = await told(page);
      const [, name, position, from, to, group] = /· (\S+) · ([\d,]+) of [\d,]+\nSegment ([\d,]+)–([\d,]+), .*of group ([\d,]+)/.exec(`${where}\n${what}`) ?? [];
      if (!name) continue;
      const number = (text = '') => Number(text.replaceAll(',', ''));
      assert.ok(where.startsWith(`${sample} · `));
      const contig = contigs.findIndex((contig) => contig.name === name);
      const base = number(position) - 1;
      const first = contig > 0 ? ends[contig - 1]! : 0;
      const segment = starts.findLastIndex((start, i) => i >= first && i < ends[contig]! && start <= base);
      assert.deepEqual([number(from) - 1, number(to)], [starts[segment], starts[segment]! + lengths[segment]!], where);
      assert.equal(number(group), groups[segment]);
      seen.add(kinds[segment]!);
      // Where the pixel is all of one kind, it has its colour: the next segments are of that kind too.
      const near = [segment - 1, segment, segment + 1].map((i) => (i >= first && i < ends[contig]! ? kinds[i] : -1));
      if (new Set(near).size > 1) continue;
      compared.push({ x, y, kind: kinds[segment]!, about: `${where}: ${what}` });
      if (sample === 'other' && kinds[segment] === SegmentKind.founder && lengths[segment]! <= 10_000) clicked = { x, y, sample, contig, start: starts[segment]!, end: starts[segment]! + lengths[segment]! };
      clicked ??= { x, y, sample, contig, start: starts[segment]!, end: starts[segment]! + lengths[segment]! };
    }
  }
  // The pointer frames what it is at.
  await page.mouse.move(0, 0);
  await page.waitForTimeout(100);
  const { pixels, colours } = await pixelsAt(page, compared);
  compared.forEach(({ kind, about }, i) => assert.equal(pixels[i], colours[kind], `${about}, ${KIND_NAMES[kind]}`));
  assert.ok(compared.length > 100, `${compared.length} places`);
  for (const kind of [SegmentKind.reference, SegmentKind.delta, SegmentKind.founder]) assert.ok(seen.has(kind), `${KIND_NAMES[kind]} is seen`);

  const { references, deltas, raw } = await archive.sizes();
  const sequence = references + deltas + raw;
  const { bytes } = host.served('related.agc');
  assert.ok(sequence > 4 * OPENING_BYTES);
  assert.ok(bytes <= archive.info.size - sequence + OPENING_BYTES, `${bytes} bytes read of ${archive.info.size}, ${sequence} are sequence`);

  await page.mouse.click(box.x + clicked!.x, box.y + clicked!.y);
  await page.waitForSelector('#sequence[data-shown]:not([aria-busy="true"])');
  const place = /#(\w+)\/[^:]*:(\d+)-(\d+)$/.exec(page.url())!;
  assert.equal(place[1], clicked!.sample);
  const [from, to] = [Number(place[2]), Number(place[3])];
  assert.ok(from - 1 >= clicked!.start && to <= clicked!.end, page.url());
  const shown = await page.$$eval('#sequence .ten', (tens) => tens.map((ten) => ten.textContent).join(''));
  assert.ok(shown.length > 300 && sequenceOf(genomes.get(clicked!.sample)!, clicked!.contig).startsWith(shown, from - 1), 'the bases that were pointed at');
  await leave();
});

test('keys move over samples, contigs and segments, and say where they are; Enter goes', async (t) => {
  if (!make(t, host, 'keys.agc', related(), ['-s', '20000'])) return;
  const { page, leave } = await visit(browser, `${host.origin}/?url=made/keys.agc`);
  await ready(page);
  const press = async (key: string) => {
    await page.keyboard.press(key);
    await page.waitForTimeout(50);
    return (await page.textContent('#said')) ?? '';
  };
  await page.focus('#collection-numbers');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'picture-rows');
  assert.match((await page.textContent('#said')) ?? '', /^one · one#1#chr1 · 1 of 2,600,000\. Segment 1–/);
  assert.match(await press('ArrowRight'), /^one · one#1#chr2 · 1 of 700,000\. .*new, the reference of group/);
  assert.match(await press('ArrowDown'), /^same · same#1#chr2 · 1 of 700,000\. .*same as the reference of group/);
  assert.match(await press('ArrowLeft'), /^same · same#1#chr1/);
  const second = await press('Shift+ArrowRight');
  const [, start = ''] = /Segment ([\d,]+)–/.exec(second) ?? [];
  assert.ok(Number(start.replaceAll(',', '')) > 1000, second);
  assert.match(await press('End'), /^other · /);
  assert.match(await press('Home'), /^one · /);
  await press('+');
  assert.match((await page.textContent('#zoom-value')) ?? '', /^1\.6×$/);
  await press('0');
  assert.equal(await page.textContent('#zoom-value'), '');
  const last = await press('ArrowDown');
  const [, from = ''] = /Segment ([\d,]+)–/.exec(last) ?? [];
  await press('Enter');
  await page.waitForSelector('#sequence[data-shown]:not([aria-busy="true"])');
  const window = Number(/:(\d+)-\d+$/.exec(page.url())?.[1]);
  assert.ok(window >= Number(from.replaceAll(',', '')), page.url());
  // The same in numbers.
  await page.click('[data-tab="collection"]');
  await page.click('#collection-numbers');
  const cells = await page.$$eval('#picture-numbers tbody tr', (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.deepEqual(cells.map(([sample, contigs, bases]) => [sample, contigs, bases]), [['one', '2', '3,300,000'], ['same', '2', '3,300,000'], ['other', '2', '3,450,000']]);
  assert.equal(cells[0]!.at(-1), '100%', 'the first sample is new');
  assert.equal(cells[1]![3], '100%', 'the second is the same');
  await leave();
});

test('on a phone a tap tells, and a second one goes', async (t) => {
  if (!make(t, host, 'phone.agc', related(), ['-s', '20000'])) return;
  const { page, leave } = await visit(browser, `${host.origin}/?url=made/phone.agc`, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await page.tap('[data-tab="collection"]');
  await ready(page);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the screen');
  const box = (await page.locator('#picture-rows').boundingBox())!;
  await page.touchscreen.tap(box.x + 60, box.y + 60);
  assert.match((await told(page)).where, /^one · one#1#chr1 · /);
  assert.doesNotMatch(page.url(), /#one/);
  await page.touchscreen.tap(box.x + 64, box.y + 58);
  await page.waitForSelector('#sequence[data-shown]:not([aria-busy="true"])');
  assert.match(page.url(), /#one\/one%231%23chr1:\d+-\d+$/);
  await leave();
});

test('what the archive holds is shown by kind, and what each sample takes beside it', async (t) => {
  if (!make(t, host, 'sizes.agc', related(), ['-s', '20000'])) return;
  const { page, leave } = await visit(browser, `${host.origin}/?url=made/sizes.agc`);
  await ready(page);
  const items = await page.$$eval('#sizes li', (items) => items.map((item) => item.textContent ?? ''));
  assert.deepEqual(items.map((item) => /^[A-Z][a-z]+/.exec(item)?.[0]).slice(0, 2), ['References', 'Deltas']);
  const widths = await page.$$eval('.sizes-bar .kind', (pieces) => pieces.map((piece) => piece.getBoundingClientRect().width));
  assert.equal(widths.length, items.length);
  const share = Number(/(\d+)%$/.exec(items[0]!)?.[1]) / 100;
  const all = widths.reduce((sum, width) => sum + width, 0);
  assert.ok(Math.abs(widths[0]! / all - share) < 0.02, `${widths[0]} of ${all}, said to be ${share}`);
  assert.match((await page.getAttribute('#sizes li', 'title')) ?? '', /^References: .* of the archive; sequence that was new/);
  await leave();

  // What each sample takes is what the command line says.
  const many = goldenArchives('v3.2').filter(({ path }) => /01-basic|03-many|10-thousand/.test(path));
  for (const file of [join(host.made, 'sizes.agc'), ...many.map(({ file }) => file)]) {
    const archive = await opened(file);
    const listed = execFileSync(ragc!, ['listset', '--long', '-q', file], { encoding: 'utf8' }).trimEnd().split('\n').map((line) => line.split('\t'));
    const column = listed[0]!.indexOf('compressed_bytes');
    const bytes = await archive.sampleBytes();
    assert.deepEqual([...bytes].map((own) => own.toFixed(2)), listed.slice(1).map((cells) => cells[column]), file);
    archive.close();
  }
});

test('nothing is read for the picture before it is looked at', async (t) => {
  if (!make(t, host, 'later.agc', related(), ['-s', '20000'])) return;
  const { page, leave } = await visit(browser, `${host.origin}/?url=made/later.agc#other/other%231%23chr1:1000-2000`);
  await page.waitForSelector('#sequence[data-shown="1000-2000"]:not([aria-busy="true"])');
  await page.waitForTimeout(500);
  assert.equal(await page.locator('#collection-picture').isVisible(), false);
  assert.equal(await page.textContent('#picture-legend + canvas'), '');
  assert.ok(await page.$eval('#collection-picture', (element: HTMLElement) => element.hidden), 'nothing was made ready');
  await page.click('[data-tab="collection"]');
  await ready(page);
  await leave();
});

test('two thousand samples scroll, row by row as they are read, in few elements and bounded memory', async (t) => {
  const next = random(8);
  const genome = letters(4000, next);
  const genomes = new Map(Array.from({ length: 2000 }, (_, i) => {
    const at = Math.floor(next() * 3000);
    return [`sample_${String(i).padStart(4, '0')}`, fasta('chr1', `${genome.slice(0, at)}${letters(40, next)}${genome.slice(at + 40)}`) + fasta('chr2', genome.slice(1000, 2500))];
  }));
  if (!make(t, host, 'two-thousand.agc', genomes)) return;
  const { page, leave } = await visit(browser, `${host.origin}/?url=made/two-thousand.agc`);
  await ready(page);
  const end = await page.evaluate(() => new Promise<number>((done) => {
    const rows = document.querySelector('#picture-rows')!;
    let frames = 0;
    const step = () => {
      rows.scrollTop += 60;
      if (frames++ < 180) requestAnimationFrame(step);
      else done(rows.scrollTop);
    };
    requestAnimationFrame(step);
  }));
  assert.ok(end >= 60 * 180);
  for (const part of [0.3, 0.9, 0.6, 1]) {
    await page.$eval('#picture-rows', (rows, part) => (rows.scrollTop = (rows.scrollHeight - rows.clientHeight) * part), part);
    await page.waitForSelector('#picture-rows[aria-busy="true"]', { timeout: 500 }).catch(() => {});
    await page.waitForSelector('#picture-rows[aria-busy="false"]');
  }
  // Back from a sequence the rows are where they were.
  await page.click('[data-tab="sequence"]');
  await page.click('[data-tab="collection"]');
  await page.waitForTimeout(500);
  const rows = await page.locator('#picture-numbers tbody tr').count();
  assert.ok(rows < 60, `${rows} rows in the document`);
  assert.equal(await page.textContent('#picture-numbers tbody tr:last-child th'), 'sample_1999');
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const heap = await page.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize);
  assert.ok(heap < 30e6, `${heap} bytes of heap`);
  await leave();
});

test('rows that cannot be read say why, and are read when that is over', async (t) => {
  if (!make(t, host, 'whole.agc', related(), ['-s', '2000'])) return;
  // With room between tables and footer, so that they do not come with it.
  const whole = readFileSync(join(host.made, 'whole.agc'));
  const footer = whole.length - 8 - Number(whole.readBigUInt64LE(whole.length - 8));
  writeFileSync(join(host.made, 'parted.agc'), Buffer.concat([whole.subarray(0, footer), Buffer.alloc(1 << 20), whole.subarray(footer)]));
  const { page, leave } = await visit(browser, `${host.origin}/`, { expected: /net::ERR_FAILED/ });
  // Those that open it: its start, its end, and who is in it.
  let left = 3;
  await page.route(({ pathname }) => pathname.endsWith('/parted.agc'), (route) => (left-- > 0 ? route.continue() : route.abort()));
  await page.goto(`${host.origin}/?url=made/parted.agc`);
  await page.waitForSelector('#collection-error:not([hidden])', { timeout: 30_000 });
  assert.match((await page.textContent('#collection-error-text')) ?? '', /could not be reached/);
  left = Infinity;
  await page.click('#collection-retry');
  await ready(page);
  assert.equal(await page.locator('#collection-error').isVisible(), false);
  await leave();
});
