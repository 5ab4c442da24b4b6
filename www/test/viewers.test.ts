// A sample in the shapes that viewers take: a FASTA file that does not exist, the methods of IndexedFasta, a reference of
// igv.js.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test, type TestContext } from 'node:test';

import { IndexedFasta } from '@gmod/indexedfasta';

import { ragc as binary } from '../../tests/browser/harness.ts';
import { igvReference, NotFoundError } from '../src/index.ts';
import type { AgcArchive, Contig, FastaOptions } from '../types/index.d.ts';
import { allKnown, fastaOf, known, open } from './known.ts';

const MANY = known('data/03-many-samples.agc');
const REPEATS = known('08-repeats.agc');
const TINY = known('tiny.agc');

test('a virtual FASTA is, slice by slice, the file that agc would write', async () => {
  for (const archiveOf of [REPEATS, MANY, TINY]) {
    const archive = await open(archiveOf.bytes);
    const sample = (await archive.samples()).at(-1)!;
    const { text, contigs } = await fastaOf(archive, archiveOf, sample);
    const { file, faiFile, handle, faiHandle } = await archive.fasta(sample);
    assert.equal(file.size, text.length);
    assert.ok((await file.text()) === text);
    const edges = [...text.matchAll(/>|\n/g)].map(({ index }) => index).filter((_, i, all) => i < 20 || i > all.length - 20 || i % 40 === 0);
    for (const edge of edges) {
      for (const [from, to] of [[edge, edge + 1], [edge - 3, edge + 2], [edge + 1, edge + 200], [edge - 90, edge + 90]] as const) {
        const [a, b] = [Math.max(from, 0), Math.min(to, text.length)];
        assert.equal(Buffer.from(await file.slice(a, b).arrayBuffer()).toString('latin1'), text.slice(a, b), `${a} to ${b} of ${archiveOf.path}`);
      }
    }
    assert.equal(await file.slice(-5).text(), text.slice(-5), 'as Blobs count');
    assert.equal(Buffer.from(await handle.read(100, text.length - 10)).toString('latin1'), text.slice(-10), 'short at the end');
    assert.equal((await handle.read(100, text.length + 10)).length, 0);
    assert.deepEqual(await handle.stat(), { size: text.length });
    const fai = await faiFile.text();
    assert.equal(await faiHandle.readFile('utf8'), fai);
    const lines = fai.trimEnd().split('\n').map((line) => line.split('\t'));
    const some = [...contigs].filter(([, { length }]) => length);
    assert.equal(lines.length, some.length);
    some.forEach(([header, bases], i) => {
      const [name, length, offset, lineBases, lineBytes] = lines[i]!;
      const inLine = Math.min(bases.length, 80);
      assert.deepEqual([name, length, lineBases, lineBytes], [header.split(' ')[0], bases.length, inLine, inLine + 1].map(String));
      assert.equal(text.slice(Number(offset), Number(offset) + 20), text.slice(text.indexOf(`>${header}\n`) + header.length + 2).slice(0, 20));
    });
    assert.ok(Object.hasOwn(file, 'name') && file.name === `${sample}.fa`, 'as igv.js tells a file');
    assert.equal(JSON.stringify({ file }), JSON.stringify({ file: `${sample}.fa` }));
  }
});

test('contigs in a virtual FASTA go by the names wanted', async () => {
  const archive = await open(REPEATS.bytes);
  const nameOf = async (names: 'full' | 'pansn') => (await (await archive.fasta('ref', { names })).faiFile.text()).split('\t')[0];
  assert.equal(await nameOf('full'), 'chr1 len=30000 some text 0');
  assert.equal(await nameOf('pansn'), 'ref#chr1');
  const { file, faiFile } = await archive.fasta('ref', { names: 'pansn' });
  const text = await file.text();
  assert.ok(text.startsWith('>ref#chr1\nTGTG'));
  const [, , offset] = (await faiFile.text()).split('\n')[2]!.split('\t');
  assert.equal(text.slice(0, Number(offset)).split('\n').at(-2), '>ref#chr3');
});

test('a sample has the methods of IndexedFasta', async () => {
  const archive = await open(REPEATS.bytes);
  const { contigs } = await fastaOf(archive, REPEATS, 'ref');
  const fasta = archive.indexedFasta('ref');
  assert.deepEqual(await fasta.getSequenceNames(), ['chr1', 'chr2', 'chr3']);
  assert.deepEqual(await fasta.getSequenceSizes(), { chr1: 29988, chr2: 23000, chr3: 30000 });
  assert.equal(await fasta.getSequenceSize('chr2'), 23000);
  assert.deepEqual([await fasta.hasReferenceSequence('chr3'), await fasta.hasReferenceSequence('x')], [true, false]);
  const bases = [...contigs.values()][1]!;
  assert.equal(await fasta.getSequence('chr2', 22990, 99999), bases.slice(22990));
  assert.equal(await fasta.getSequence('chr2', 99999, 100000), '');
  assert.ok((await fasta.getSequence('chr2')) === bases);
  assert.equal(await fasta.getSequence('x', 0, 5), undefined);
  await assert.rejects(fasta.getSequence('chr1', -1, 5), TypeError);
});

const NAMES = ['first-token', 'full', 'pansn'] as const;

/** What @gmod/indexedfasta makes of a sample. */
async function indexed(archive: AgcArchive, sample: string, names: NonNullable<FastaOptions['names']>): Promise<IndexedFasta> {
  const { handle, faiHandle } = await archive.fasta(sample, { names });
  // Its types want the whole of the Filehandle interface.
  return new IndexedFasta({ fasta: handle, fai: faiHandle } as never);
}

/** Numbers that are the same every time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Ranges of a contig: one base, within a line, across lines, up to the end and past it, all of it, and any. */
function rangesOf(length: number, below: (limit: number) => number): [number, number][] {
  const at = below(length);
  const line = at - (at % 80);
  const some = Array.from({ length: 4 }, () => [below(length), below(length + 1)].sort((a, b) => a - b) as [number, number]);
  return [[at, at + 1], [0, 1], [length - 1, length], [line, line + 80], [line + 79, line + 82], [at, at + 700], [length - 1, length + 500], [0, length], [0, 9e9], ...some];
}

for (const archiveOf of allKnown) {
  test(`@gmod/indexedfasta reads samples of ${archiveOf.path} as any FASTA`, async () => {
    const archive = await open(archiveOf.bytes);
    const below = numbers(11);
    const all = archiveOf.samples.map(({ name }) => name);
    const some = [...new Set([all[0]!, all.at(-1)!, all[below(all.length)]!])];
    for (const [sample, names] of some.flatMap((sample) => NAMES.map((names) => [sample, names] as const))) {
      const fasta = await indexed(archive, sample, names);
      const ours = archive.indexedFasta(sample, { names });
      const listed = await fasta.getSequenceNames();
      assert.deepEqual(await ours.getSequenceNames(), listed);
      assert.deepEqual(await ours.getSequenceSizes(), await fasta.getSequenceSizes());
      assert.equal(await fasta.getSequence('nothing', 0, 9), undefined);
      await assert.rejects(fasta.getSequence(listed[0]!, 0, 9, { signal: AbortSignal.abort() }), { name: 'AbortError' });
      const { contigs } = await fastaOf(archive, archiveOf, sample);
      const all = await archive.contigs(sample);
      const bases = [...contigs.values()];
      for (const name of Array.from({ length: 3 }, () => listed[below(listed.length)]!)) {
        const wanted = bases[all.findIndex((contig) => contig.length && [contig.name, contig.header, `${sample}#${contig.name}`].includes(name))]!;
        for (const [start, end] of rangesOf(wanted.length, below)) {
          const place = `${sample} ${name} ${start} to ${end}`;
          assert.ok((await fasta.getSequence(name, start, end)) === wanted.slice(start, end), place);
          assert.ok((await ours.getSequence(name, start, end)) === wanted.slice(start, end), place);
        }
      }
    }
  });

  test(`the .fai of ${archiveOf.path} is that of ragc faidx --fai`, async (t: TestContext) => {
    if (!binary) {
      console.log('SKIPPED: no ragc binary (RAGC, or target/release/ragc)');
      return t.skip();
    }
    const archive = await open(archiveOf.bytes);
    for (const { name: sample } of archiveOf.samples.filter((_, i) => i % 10 === 0)) {
      const { faiFile } = await archive.fasta(sample);
      assert.equal(await faiFile.text(), execFileSync(binary, ['faidx', '--fai', archiveOf.file, '--sample', sample], { encoding: 'utf8' }), sample);
    }
  });
}

/** A reference of a sample with contigs of these names. */
const referenceOf = (sample: string, names: string[], options?: FastaOptions) => {
  const contigs = names.map((name, index): Contig => ({ index, name, header: `${name} something`, length: 100 }));
  return igvReference({ contigs: async () => contigs, sequences: async () => [] } as never, sample, options);
};

/** Lines of its file of other names. */
const aliases = async (...asked: Parameters<typeof referenceOf>) => (await (await referenceOf(...asked)).aliasURL.text()).trimEnd().split('\n').map((line) => line.split('\t'));

test('a reference of igv.js has the sample for its name, and says in JSON what it was made of', async () => {
  const archive = await open(REPEATS.bytes);
  const reference = await igvReference(archive, 's0001', { names: 'pansn' });
  assert.deepEqual([reference.id, reference.name, reference.wholeGenomeView], ['s0001', 's0001', true]);
  assert.match(await reference.indexURL.text(), /^s0001#chr1_s1\t/);
  assert.equal(await reference.fastaURL.slice(0, 15).text(), '>s0001#chr1_s1\n');
  assert.deepEqual(JSON.parse(JSON.stringify(reference)), {
    id: 's0001', name: 's0001', fastaURL: 's0001.fa', indexURL: 's0001.fa.fai', aliasURL: 's0001.aliases.txt', wholeGenomeView: true, sample: 's0001', names: 'pansn',
  });
  await assert.rejects(igvReference(archive, 's001'), (error) => error instanceof NotFoundError && error.kind === 'sample' && error.candidates.includes('s0001'));
  await assert.rejects(igvReference(archive, 's0001', { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('the whole genome is viewed where its contigs are few, and none is called as igv.js calls that', async () => {
  const wholeOf = async (names: string[]) => (await referenceOf('s', names)).wholeGenomeView;
  const contigs = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`);
  assert.deepEqual(await Promise.all([contigs(0), contigs(1), contigs(2), contigs(60), contigs(61), ['chr1', 'all'], ['All', 'x'], ['*', 'x']].map(wholeOf)), [false, false, true, true, false, false, false, false]);
});

test('contigs have other names with and without their sample and chr, as long as these are nobody else\'s', async () => {
  assert.deepEqual(await aliases('HG1#2', ['HG1#2#chr7', 'HG1#2#chrX']), [['HG1#2#chr7', 'chr7', '7'], ['HG1#2#chrX', 'chrX']]);
  assert.deepEqual(await aliases('s', ['7', 'tig1'], { names: 'pansn' }), [['s#7', '7', 'chr7'], ['s#tig1', 'tig1']]);
  assert.deepEqual(await aliases('s', ['chr7'], { names: 'full' }), [['chr7 something', 'chr7', 's#chr7', '7']]);
  assert.deepEqual(await aliases('s', ['7', 'chr7', 'chr8']), [['7', 's#7'], ['chr7', 's#chr7'], ['chr8', 's#chr8', '8']]);
  assert.deepEqual(await aliases('s', ['s#a', 'a']), [['s#a'], ['a']], 'both are a of s');
});
