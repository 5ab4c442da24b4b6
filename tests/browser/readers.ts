// Questions to archives that are put in Node and in a page of Chromium, by the package as it is built.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Browser, Page } from 'playwright-core';

import { dist } from './harness.ts';

type Package = typeof import('../../www/src/index.ts');

export interface Ask {
  /** Where the package is. */
  module: string;
  url: string;
  sample: string;
  options: { allowFullDownload?: boolean; size?: number };
}

export interface Told {
  /** Name and message. */
  error?: string;
  requests: number;
  ms: number;
}

/** Reads a sample. Runs in Node and, as its own text, in a page; so it stands alone. */
export async function read({ module, url, sample, options }: Ask): Promise<Told & { fasta?: string }> {
  const { AgcArchive, httpSource } = (await import(module)) as Package;
  const began = performance.now();
  try {
    const archive = await AgcArchive.open(httpSource(url, options));
    const fasta = await new Response(archive.stream(sample)).text();
    const { requests } = archive.stats;
    archive.close();
    return { fasta, requests, ms: performance.now() - began };
  } catch (error) {
    return { error: String(error), requests: 0, ms: performance.now() - began };
  }
}

/** Opens an archive, lets the test do what it will, and reads a contig. Stands alone as well. */
export async function readAcross({ module, url, sample, contig, options }: Ask & { contig: string }): Promise<Told & { bases?: string; before?: number }> {
  const { AgcArchive, httpSource } = (await import(module)) as Package;
  const began = performance.now();
  try {
    const archive = await AgcArchive.open(httpSource(url, options));
    const before = archive.stats.requests;
    await (globalThis as unknown as { meanwhile(): Promise<void> }).meanwhile();
    const bases = await archive.sequence(sample, contig);
    const { requests } = archive.stats;
    archive.close();
    return { bases, before, requests, ms: performance.now() - began };
  } catch (error) {
    return { error: String(error), requests: 0, ms: performance.now() - began };
  }
}

/** Who puts the questions. */
export interface Reader {
  name: 'Node' | 'Chromium';
  /** Puts a question, to a page of `origin` if there is one; `meanwhile` is what the test does when the question lets it. */
  run<A extends Ask, T>(origin: string, question: (ask: A) => Promise<T>, ask: Omit<A, 'module'>, meanwhile?: () => void): Promise<T>;
}

const node: Reader = {
  name: 'Node',
  run<A extends Ask, T>(_: string, question: (ask: A) => Promise<T>, ask: Omit<A, 'module'>, meanwhile = () => {}) {
    Object.assign(globalThis, { meanwhile });
    return question({ ...ask, module: pathToFileURL(join(dist, 'ragc.node.js')).href } as A);
  },
};

/** Node, and the browser once it is there, with one page for each origin. */
export function readers(browser: () => Browser): Reader[] {
  const pages = new Map<string, Promise<Page>>();
  let now = () => {};
  const open = async (origin: string) => {
    const page = await browser().newPage();
    await page.exposeFunction('meanwhile', () => now());
    await page.goto(`${origin}/index.html`);
    return page;
  };
  const chromium: Reader = {
    name: 'Chromium',
    async run(origin, question, ask, meanwhile = () => {}) {
      now = meanwhile;
      const page = await (pages.get(origin) ?? pages.set(origin, open(origin)).get(origin)!);
      return page.evaluate(question as (ask: unknown) => ReturnType<typeof question>, { ...ask, module: `${origin}/ragc.js` });
    },
  };
  return [node, chromium];
}
