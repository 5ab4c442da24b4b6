// Runs in Chromium: the two readers that are compared, behind the same three questions.

import { BgzipIndexedFasta } from '@gmod/indexedfasta';
import { RemoteFile } from 'generic-filehandle2';

import type { AgcArchive } from '../../www/types/index.d.ts';
import type { Contig, Region, Session, Timed } from './session.ts';

type Asked = Omit<Session, 'close'>;

async function timed<T>(question: () => Promise<T>): Promise<Timed<T>> {
  const start = performance.now();
  const answer = await question();
  return { ms: performance.now() - start, answer };
}

/** Of letters, as hexadecimal digits. Not part of what is timed. */
async function digest(letters: BufferSource): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', letters));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The module as it is published, not bundled anew. */
async function openArchive(address: string, index?: string): Promise<Asked> {
  const { AgcArchive: reader }: { AgcArchive: typeof AgcArchive } = await import(new URL('ragc.js', document.baseURI).href);
  let opened: Promise<AgcArchive> | undefined;
  const archive = () => (opened ??= reader.open(address, index === undefined ? {} : { index }));
  return {
    samples: () => timed(async () => (await archive()).samples()),
    contigs: (sample) => timed(async () => (await (await archive()).contigs(sample)).map(({ name, length }): Contig => ({ name, length }))),
    async bases({ sample, name, start, end }: Region) {
      const { ms, answer } = await timed(async () => (await archive()).sequence(sample, name, start, end, { as: 'bytes' }));
      return { ms, answer: await digest(answer) };
    },
  };
}

/** One file a sample, `SAMPLE.fa.gz` in the folder `address`: nobody lists the samples. */
async function openFasta(address: string): Promise<Asked> {
  const opened = new Map<string, BgzipIndexedFasta>();
  const fasta = (sample: string) => {
    const file = (ending: string) => new RemoteFile(`${address}/${encodeURIComponent(sample)}.fa.gz${ending}`);
    const known = opened.get(sample) ?? new BgzipIndexedFasta({ fasta: file(''), fai: file('.fai'), gzi: file('.gzi') });
    opened.set(sample, known);
    return known;
  };
  return {
    samples: () => timed(async () => []),
    contigs: (sample) => timed(async () => Object.entries(await fasta(sample).getSequenceSizes()).map(([name, length]): Contig => ({ name, length }))),
    async bases({ sample, name, start, end }: Region) {
      const { ms, answer } = await timed(() => fasta(sample).getSequence(name, start, end));
      return { ms, answer: await digest(new TextEncoder().encode(answer)) };
    },
  };
}

export const open = { module: openArchive, fasta: openFasta };
