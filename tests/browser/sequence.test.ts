// The sequence pane as people use it: windows, strands, composition, copying, and another sample beside the one shown.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { AgcArchive } from '../../www/src/index.ts';
import type { Comparison } from '../../www/types/index.d.ts';
import { data, startBrowser, startHost, visit, type Host } from './harness.ts';
import { spread, wasm } from './subject.ts';

/** Three chromosomes of 30,000 bases in 13 samples: some with few differences, one turned round, with much that is not shared. */
const FILE = join(data, 'cli/basic.agc');
const LINK = '?url=data/cli/basic.agc#ref/chr1';
/** In the copy each part is far from the others, so that it has to be fetched by itself. */
const SPREAD = '?url=made/basic-spread.agc#ref/chr1';

let host: Host;
let browser: Browser;
let archive: AgcArchive;
let chr1: string;
before(async () => {
  host = await startHost();
  writeFileSync(join(host.made, 'basic-spread.agc'), spread(readFileSync(FILE)));
  archive = await AgcArchive.open(new Blob([readFileSync(FILE)]), { wasm: wasm() });
  chr1 = await archive.sequence('ref', 'chr1');
  browser = await startBrowser();
});
after(async () => {
  archive?.close();
  await browser?.close();
  await host?.stop();
});

const grouped = (number: number) => number.toLocaleString('en');
const complement: Record<string, string> = { A: 'T', C: 'G', G: 'C', T: 'A', N: 'N' };
const turned = (bases: string) => [...bases].reverse().map((base) => complement[base] ?? base).join('');

async function ready(page: Page, window: string, beside = ''): Promise<void> {
  await page.waitForSelector(`#sequence[data-shown="${window}"][data-with="${beside}"]:not([aria-busy="true"])`);
}

/** Letters of the lines on the screen, in order. */
async function letters(page: Page): Promise<string> {
  const lines = await page.$$eval('#sequence .line', (all) => all.map((line) => line.querySelector('.letters')?.textContent ?? ''));
  return lines.join('');
}

async function go(page: Page, locus: string): Promise<void> {
  await page.fill('#locus', locus);
  await page.press('#locus', 'Enter');
}

test('windows: a locus typed, next, previous, zoom, keys, and what cannot be', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/${LINK}:101-300`);
  await ready(page, '101-300');
  assert.equal(await letters(page), chr1.slice(100, 300));
  assert.equal(await page.textContent('#sequence .position'), '101');
  assert.equal(await page.inputValue('#locus'), 'chr1:101-300');
  await page.click('#next');
  await ready(page, '301-500');
  assert.equal(await letters(page), chr1.slice(300, 500));
  assert.match(page.url(), /#ref\/chr1:301-500$/);
  await page.click('#narrower');
  await ready(page, '351-450');
  await page.click('#wider');
  await ready(page, '301-500');
  await page.focus('#sequence');
  await page.keyboard.press('ArrowLeft');
  await ready(page, '101-300');
  await page.keyboard.press('ArrowLeft');
  await ready(page, '1-200');
  assert.ok(await page.isDisabled('#previous'));
  await page.keyboard.press('-');
  await ready(page, '1-400');

  const places: Record<string, string> = { '1,000-1,500': '1000-1500', 'chr1:29.9k-1M': '29900-30000', 'chr1:2k..2.1k': '2000-2100' };
  for (const [typed, window] of Object.entries(places)) {
    await go(page, typed);
    await ready(page, window);
  }
  await go(page, '5000');
  await ready(page, '4950-5050');
  await go(page, 'chr2:500-599');
  await ready(page, '500-599');
  assert.equal(await letters(page), await archive.sequence('ref', 'chr2', 499, 599));
  assert.match(page.url(), /#ref\/chr2:500-599$/);
  await page.goBack();
  await ready(page, '4950-5050');
  assert.match(page.url(), /#ref\/chr1/);

  const wrong: Record<string, RegExp> = { '0-5': /count from 1/, '9-5': /ends before it starts/, 'x-5': /no contig “x-5”/, '1-x': /whole numbers/, '40000': /ends at 30,000/, 'chr9:1-2': /near it are chr1/ };
  for (const [typed, words] of Object.entries(wrong)) {
    await go(page, typed);
    await page.waitForFunction((text) => new RegExp(text).test(document.querySelector('#region-note.wrong')?.textContent ?? ''), words.source);
  }
  await leave();
});

test('bases are coloured by letter unless that is switched off, and every line says where it starts', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/${LINK}:1-600`);
  await ready(page, '1-600');
  const lines = await page.$$eval('#sequence .line', (all) =>
    all.map((line) => ({
      position: Number(line.querySelector('.position')?.textContent?.replaceAll(',', '')),
      runs: [...line.querySelectorAll('.ten span')].map((span) => ({ kind: span.className, text: span.textContent ?? '' })),
    })));
  let at = 1;
  for (const { position, runs } of lines) {
    assert.equal(position, at);
    for (const { kind, text } of runs) {
      assert.ok(text === text[0]!.repeat(text.length) && kind === ('ACGTN'.includes(text[0]!) ? text[0] : 'X'), `${text} as ${kind}`);
      assert.equal(text, chr1.slice(at - 1, at - 1 + text.length));
      at += text.length;
    }
  }
  assert.equal(at, 601);
  const colours = () => page.$$eval('#sequence .ten span', (all) => new Set(all.map((span) => getComputedStyle(span).color)).size);
  assert.equal(await colours(), 4);
  await page.click('#colours');
  assert.equal(await colours(), 1);
  assert.equal(await page.getAttribute('#colours', 'aria-pressed'), 'false');
  await leave();
});

test('the other strand runs downwards, and its link opens it again', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/${LINK}:101-300`);
  await ready(page, '101-300');
  await page.click('#strand');
  await page.waitForSelector('#sequence[data-strand=reverse]');
  assert.equal(await letters(page), turned(chr1.slice(100, 300)));
  const positions = await page.$$eval('#sequence .position', (all) => all.map(({ textContent }) => Number(textContent)));
  const line = positions[0]! - positions[1]!;
  assert.ok(line > 0);
  assert.deepEqual(positions, positions.map((_, i) => 300 - i * line));
  assert.match(page.url(), /:101-300\(-\)$/);
  await page.reload();
  await page.waitForSelector('#sequence[data-strand=reverse]');
  assert.equal(await letters(page), turned(chr1.slice(100, 300)));
  // Along the strand, the next bases are those before.
  await page.click('#previous');
  await ready(page, '301-500');
  await go(page, '401-500(+)');
  await ready(page, '401-500');
  assert.equal(await letters(page), chr1.slice(400, 500));
  await leave();
});

test('composition is counted, and letters are copied: all, as FASTA, or those selected', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/${LINK}:101-1100`, { permissions: ['clipboard-read', 'clipboard-write'] });
  await ready(page, '101-1100');
  const bases = chr1.slice(100, 1100);
  const number = (letter: string) => bases.split(letter).length - 1;
  const told = await page.$$eval('#composition li', (all) => all.map(({ textContent }) => textContent));
  const share = (count: number) => `${((100 * count) / bases.length).toFixed(1)}%`;
  assert.deepEqual(told, [...[...'ACGT'].map((letter) => `${letter} ${number(letter)} ${share(number(letter))}`), `GC ${share(number('G') + number('C'))}`]);

  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.click('#copy-letters');
  await page.waitForFunction(() => document.querySelector('#copy-letters')?.textContent === 'Copied');
  assert.equal(await copied(), bases);
  await page.click('#copy-fasta');
  await page.waitForFunction(() => document.querySelector('#copy-fasta')?.textContent === 'Copied');
  assert.equal(await copied(), `>chr1:101-1100\n${bases.match(/.{1,80}/g)!.join('\n')}\n`);

  // From the sixth letter of the first line to the third of the line far below, which is drawn when one scrolls there.
  const perLine = await page.$eval('#sequence .line .letters', (line) => line.textContent!.length);
  await page.evaluate(() => {
    const first = document.querySelector('#sequence .line .letters')!;
    const walker = document.createTreeWalker(first, NodeFilter.SHOW_TEXT);
    let left = 5;
    let node = walker.nextNode()!;
    for (; left > node.textContent!.length; node = walker.nextNode()!) left -= node.textContent!.length;
    getSelection()!.setBaseAndExtent(node, left, node, left);
    document.querySelector('#sequence')!.scrollTop = 1e9;
  });
  const lastRow = Math.ceil(bases.length / perLine) - 1;
  await page.waitForSelector(`#sequence .line[data-row="${lastRow}"]`);
  await page.evaluate((row) => {
    const letters = document.querySelector(`#sequence .line[data-row="${row}"] .letters`)!;
    getSelection()!.extend(letters.querySelector('span span')!.firstChild!, 1);
  }, lastRow);
  await page.keyboard.press('Control+C');
  assert.equal(await copied(), bases.slice(5, lastRow * perLine + 1));
  await leave();
});

test('the window is dragged in the overview, or moved by keys', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/${LINK}:1-3000`);
  await ready(page, '1-3000');
  const box = (await page.locator('#overview').boundingBox())!;
  const [y, x] = [box.y + box.height / 2, (share: number) => box.x + box.width * share];
  await page.mouse.move(x(0.05), y);
  await page.mouse.down();
  await page.mouse.move(x(0.3), y, { steps: 4 });
  const before = host.served('basic.agc').requests;
  assert.match(await page.inputValue('#locus'), /^chr1:7,[45]\d\d-10,[45]\d\d$/, 'where it would be is told');
  assert.equal(await page.getAttribute('#sequence', 'data-shown'), '1-3000', 'but not gone to before it is let go');
  assert.equal(host.served('basic.agc').requests, before);
  await page.mouse.up();
  await page.waitForFunction(() => /^7[45]\d\d-10[45]\d\d$/.test(document.querySelector<HTMLElement>('#sequence')?.dataset.shown ?? ''));
  await page.focus('#overview');
  await page.keyboard.press('Home');
  await ready(page, '1-3000');
  await page.keyboard.press('ArrowRight');
  await ready(page, '1501-4500');
  await page.keyboard.press('End');
  await ready(page, '27001-30000');
  assert.equal(await page.getAttribute('#overview', 'aria-valuetext'), '27,001 to 30,000 of 30,000');
  await page.mouse.click(x(0.5), y);
  await page.waitForFunction(() => /^1349\d-1649\d$|^1350\d-1650\d$/.test(document.querySelector<HTMLElement>('#sequence')?.dataset.shown ?? ''));
  await leave();
});

test('a long window is never more than a screenful of elements', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/${LINK}:1-30000`);
  await ready(page, '1-30000');
  for (const share of [0, 0.5, 1]) {
    await page.$eval('#sequence', (view, at) => (view.scrollTop = (view.scrollHeight - view.clientHeight) * at), share);
    await page.waitForFunction((at) => {
      const rows = [...document.querySelectorAll<HTMLElement>('#sequence .line')].map(({ dataset }) => Number(dataset.row));
      return at === 0 ? rows.includes(0) : rows.every((row) => row > 50);
    }, share);
    assert.ok((await page.locator('#sequence .line').count()) < 60);
  }
  assert.ok((await letters(page)).endsWith(chr1.slice(-500)));
  await leave();
});

/** Columns of the pairs on the screen: letters of both, and marks, with their positions. */
async function pairs(page: Page) {
  return page.$$eval('#sequence .line.pair', (all) =>
    all.map((pair) => {
      const lines = [...pair.children].map((line) => ({
        position: Number(line.querySelector('.position')?.textContent?.replaceAll(',', '')),
        letters: line.querySelector('.letters')?.textContent ?? '',
      }));
      return { row: Number((pair as HTMLElement).dataset.row), ours: lines[0]!, marks: lines[1]!.letters, theirs: lines[2]! };
    }));
}

/** Holds the pairs on the screen against the letters of both samples; how many columns there are. */
async function checkPairs(page: Page, { other, pieces }: Comparison, reverse = false): Promise<number> {
  let checked = 0;
  for (const pair of await pairs(page)) {
    const place = pieces.find(({ start, end, cigar }) => cigar && pair.ours.position > start && pair.ours.position <= end)?.other;
    assert.ok(place, `a counterpart of base ${pair.ours.position}`);
    const theirs = await archive.sequence(other, place.contig);
    const down = place.reverseComplement !== reverse;
    let [a, b] = [pair.ours.position, pair.theirs.position];
    [...pair.ours.letters].forEach((x, i) => {
      const [y, mark] = [pair.theirs.letters[i]!, pair.marks[i]];
      assert.equal(mark, x === y ? '|' : x === '-' || y === '-' ? ' ' : '×');
      if (x !== '-') {
        assert.equal(x, reverse ? complement[chr1[a - 1]!] : chr1[a - 1], `base ${a}`);
        a += reverse ? -1 : 1;
      }
      if (y !== '-') {
        assert.equal(y, down ? complement[theirs[b - 1]!] : theirs[b - 1], `base ${b} of the other`);
        b += down ? -1 : 1;
      }
      checked++;
    });
  }
  return checked;
}

test('another sample is chosen by typing, and put below with differences marked', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/${LINK}:1-30000`);
  await ready(page, '1-30000');
  await page.click('#with');
  assert.equal(await page.locator('#with-list [role=option]').count(), 12, 'all others');
  await page.fill('#with', '03');
  assert.deepEqual(await page.locator('#with-list [role=option]').allTextContents(), ['s0003']);
  assert.equal(await page.getAttribute('#with', 'aria-activedescendant'), 'with-list-0');
  await page.keyboard.press('Enter');
  await ready(page, '1-30000', 's0003');
  assert.match(page.url(), /:1-30000&with=s0003$/);
  assert.ok(await page.isHidden('#with-list'));

  const comparison = await archive.compare({ sample: 'ref', contig: 'chr1' }, 's0003');
  const [first] = comparison.pieces;
  assert.ok(first?.other?.reverseComplement, 'its counterpart is turned round');
  assert.ok((await checkPairs(page, comparison)) > 200);
  const told = await page.textContent('#composition') ?? '';
  for (const number of ['matches', 'substitutions', 'inserted', 'deleted'] as const) assert.ok(told.includes(`${grouped(comparison[number])} `), `${number} in ${told}`);
  assert.ok(told.includes(`${grouped(comparison.unaligned + comparison.otherUnaligned)} not shared`), told);
  assert.match(told, /^\d\d\.\d% identical/);

  // From difference to difference: by the button, by a key, and backwards round the end.
  const all = Number((await page.textContent('#difference-count'))!.replace(/\D/g, ''));
  assert.ok(all > 100);
  await page.click('#difference-next');
  assert.equal(await page.textContent('#difference-count'), `1 of ${all}`);
  const firstX = comparison.pieces[0]!.cigar!.match(/^(\d+)=/)![1];
  const note = await page.textContent('#region-note') ?? '';
  assert.ok(note.startsWith(`Difference 1 of ${all}: `) && note.includes(grouped(Number(firstX) + 1)), note);
  assert.ok((await page.locator('#sequence .current').count()) >= 1);
  await page.focus('#sequence');
  await page.keyboard.press('n');
  assert.equal(await page.textContent('#difference-count'), `2 of ${all}`);
  await page.keyboard.press('p');
  await page.keyboard.press('p');
  assert.equal(await page.textContent('#difference-count'), `${all} of ${all}`);
  const shown = await pairs(page);
  assert.ok(shown.every(({ row }) => row > 100), 'the last difference is scrolled to');
  await checkPairs(page, comparison);

  await page.click('#strand');
  await page.waitForSelector('#sequence[data-strand=reverse]');
  assert.ok((await checkPairs(page, comparison, true)) > 200);
  assert.match(page.url(), /:1-30000\(-\)&with=s0003$/);
  await page.reload();
  await page.waitForSelector('#sequence[data-strand=reverse][data-with=s0003]');
  await checkPairs(page, comparison, true);

  await page.click('#with-none');
  await ready(page, '1-30000');
  assert.match(page.url(), /:1-30000\(-\)$/);
  await leave();
});

test('the counterpart is a link, and leads back', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/${LINK}:5001-6000&with=s0001`);
  await ready(page, '5001-6000', 's0001');
  const { pieces } = await archive.compare({ sample: 'ref', contig: 'chr1', start: 5000, end: 6000 }, 's0001');
  const other = pieces[0]!.other!;
  await page.click('#sequence .part-head .link');
  await ready(page, `${other.start + 1}-${other.end}`, 'ref');
  assert.match(page.url(), new RegExp(`#s0001/${other.name}:${other.start + 1}-${other.end}&with=ref$`));
  await page.goBack();
  await ready(page, '5001-6000', 's0001');
  await leave();
});

test('what is not shared is said and shown, but not aligned', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/?url=data/03-many-samples.agc#s0002/extra003:1-500&with=ref`);
  await ready(page, '1-500', 'ref');
  assert.match(await page.textContent('#composition') ?? '', /^nothing aligned500 not shared$/);
  assert.match(await page.textContent('#sequence .part-head') ?? '', /^not shared with ref: 500 bases$/);
  assert.equal(await page.locator('#sequence .pair').count(), 0);
  const shown = await page.$$eval('#sequence .apart .letters', (all) => all.map(({ textContent }) => textContent).join(''));
  const many = await AgcArchive.open(new Blob([readFileSync(join(data, '03-many-samples.agc'))]), { wasm: wasm() });
  assert.equal(shown, await many.sequence('s0002', 'extra003', 0, 500));
  many.close();
  // 131 samples: the list never has them all.
  await page.click('#with');
  assert.equal(await page.locator('#with-list [role=option]').count(), 50);
  assert.match(await page.textContent('#with-list .note') ?? '', /80 more/);
  await leave();
});

test('a link to a sample that is not there says so, and another can be chosen', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/${LINK}:101-200&with=s001`);
  await page.waitForSelector('#sequence-error:not([hidden])');
  assert.match(await page.textContent('#sequence-error') ?? '', /no sample s001; near it are s0010, s0011, s0001/);
  await page.fill('#with', 's0001');
  await page.keyboard.press('Enter');
  await ready(page, '101-200', 's0001');
  assert.ok(await page.isHidden('#sequence-error'));
  await leave();
});

test('a comparison fetches the parts of both regions, each once, and nothing else', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/${SPREAD}:1-1000`);
  await ready(page, '1-1000');
  const before = host.served('basic-spread.agc').requests;
  const other = 's0004';
  await page.fill('#with', other);
  await page.keyboard.press('Enter');
  await ready(page, '1-1000', other);
  const asked = host.served('basic-spread.agc').requests - before;
  // The tables of all 13 samples came with the first of them, and the parts of our region are there already.
  const { pieces } = await archive.compare({ sample: 'ref', contig: 'chr1', start: 0, end: 1000 }, other);
  const parts = async (sample: string, contig: number, start: number, end: number) => {
    const found = await archive.alignment(sample, contig, start, end);
    return found.flatMap(({ group, entry }) => [`${group} reference`, ...(entry > 0 ? [`${group} pack ${Math.floor((entry - 1) / archive.info.batchSize)}`] : [])]);
  };
  const ours = await parts('ref', 0, 0, 1000);
  const theirs = (await Promise.all(pieces.map(({ other: place }) => (place ? parts(other, place.contig, place.start, place.end) : [])))).flat();
  const lacking = new Set(theirs.filter((part) => !ours.includes(part)));
  assert.ok(lacking.size > 0);
  assert.equal(asked, lacking.size);
  const stats = await page.$eval('#stats', ({ dataset }: HTMLElement) => Number(dataset.requests));
  assert.equal(stats, host.served('basic-spread.agc').requests);
  // The same again, on the other strand and in parts of it, takes no request.
  const after = host.served('basic-spread.agc').requests;
  await page.click('#strand');
  await page.waitForSelector('#sequence[data-strand=reverse]');
  await page.click('#narrower');
  await ready(page, '251-750', other);
  assert.equal(host.served('basic-spread.agc').requests, after);
  await leave();
});

test('at phone width all of it can be reached, and nothing is wider than the screen', async () => {
  const { page, leave } = await visit(browser, `${host.origin}/${LINK}:1-3000&with=s0003`, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await ready(page, '1-3000', 's0003');
  for (const id of ['locus', 'show', 'previous', 'next', 'narrower', 'wider', 'strand', 'colours', 'with', 'with-none', 'difference-next', 'copy-letters', 'copy-fasta', 'copy-link']) {
    const box = (await page.locator(`#${id}`).boundingBox())!;
    assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y + box.height <= 844, `#${id} at ${JSON.stringify(box)}`);
  }
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  assert.ok((await page.locator('#sequence').boundingBox())!.height > 200);
  assert.equal(await page.$eval('#sequence', ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth), 0);
  await page.tap('#difference-next');
  assert.match(await page.textContent('#region-note') ?? '', /^Difference 1 of/);
  await leave();
});
