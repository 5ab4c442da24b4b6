// A reader that is asked one question after the other: through the library, or in Chromium, by the module or by
// @gmod/indexedfasta.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import type { Browser } from 'playwright-core';

export interface Contig {
  name: string;
  length: number;
}

/** Bases `start` to `end` of a contig, 0-based and half-open. */
export interface Region {
  sample: string;
  /** Its place in the sample, from 0. */
  contig: number;
  name: string;
  start: number;
  end: number;
}

/** An answer, and the milliseconds it took. */
export interface Timed<T> {
  ms: number;
  answer: T;
}

export interface Session {
  samples(): Promise<Timed<string[]>>;
  contigs(sample: string): Promise<Timed<Contig[]>>;
  /** SHA-256 of the letters, in hexadecimal digits. */
  bases(region: Region): Promise<Timed<string>>;
  close(): Promise<void>;
}

/** The program `session`, which asks the library; `needed` tells the bytes of the parts that a region crosses. */
export interface NativeSession extends Session {
  needed(region: Region): Promise<number>;
}

export function nativeSession(program: string, archive: string): NativeSession {
  const child = spawn(program, [archive], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async <T>(...words: unknown[]): Promise<Timed<T>> => {
    child.stdin.write(`${words.join('\t')}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${archive}: no answer to ${words.join(' ')}`);
    return JSON.parse(value as string) as Timed<T>;
  };
  const place = ({ sample, contig, start, end }: Region) => [sample, contig, start, end];
  return {
    samples: () => ask('samples'),
    async contigs(sample) {
      const { ms, answer } = await ask<[string, number][]>('contigs', sample);
      return { ms, answer: answer.map(([name, length]) => ({ name, length })) };
    },
    bases: ({ sample, name, start, end }) => ask('bases', sample, name, start, end),
    needed: async (region) => (await ask<number>('needed', ...place(region))).answer,
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** What the pages put into `globalThis.session`: see page.ts. */
interface PageSession {
  samples(): Promise<Timed<string[]>>;
  contigs(sample: string): Promise<Timed<Contig[]>>;
  bases(region: Region): Promise<Timed<string>>;
}

declare global {
  // eslint-disable-next-line no-var
  var session: PageSession;
}

/**
 * A page that knows nothing yet. Its scripts are loaded; worker and wasm module come with the first question. The module
 * is told of an index beside the archive.
 */
export async function pageSession(browser: Browser, pages: string, reader: 'module' | 'fasta', address: string, index?: string): Promise<Session> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${pages}/empty`);
  await page.evaluate(async ({ reader, address, index }) => {
    const { open } = await import(new URL('bench/page.js', document.baseURI).href);
    globalThis.session = await open[reader](address, index);
  }, { reader, address, index });
  return {
    samples: () => page.evaluate(() => session.samples()),
    contigs: (sample) => page.evaluate((sample) => session.contigs(sample), sample),
    bases: (region) => page.evaluate((region) => session.bases(region), region),
    async close() {
      await context.close();
      if (complaints.length > 0) throw new Error(complaints.join('; '));
    },
  };
}
