// One collection of archives, asked in every way at every delay.

import { join } from 'node:path';

import type { Browser } from 'playwright-core';

import type { Host } from './host.ts';
import { Proxy } from './proxy.ts';
import { GETCTG, type Findings, type Needed, type Series } from './report.ts';
import { nativeSession, pageSession, type Contig, type Region, type Session } from './session.ts';
import { run, type Programs } from './programs.ts';
import { command, walk, type Measured, type Places, type Step, type Walk } from './walk.ts';

/** An archive, and what it is called in tables. */
export interface Served {
  archive: string;
  file: string;
  /** Whether the bounds are meant for it. */
  indexed: boolean;
  /** Its index, if that is a file of its own. */
  index?: string;
}

/** Archives of the same genomes in one folder. */
export interface Collection {
  folder: string;
  archives: readonly Served[];
  /** Writes samples as BGZF with indexes into the folder, where they are compared with. */
  bgzip?: (sample: string, contigs: readonly string[]) => void;
}

export interface Means {
  programs: Programs;
  browser: Browser;
  startHost(files: string): Promise<Host>;
  delays: readonly number[];
  runs: number;
}

export async function measure(collection: Collection, means: Means): Promise<Findings> {
  const { places, expected, needed } = await known(collection, means.programs);
  const host = await means.startHost(collection.folder);
  const proxy = await Proxy.start(host.filesPort);
  const walks: Series<Walk>[] = [];
  const commands: Series<Measured>[] = [];

  const atEachDelay = async <T>(by: string, { archive, indexed }: Served, ask: () => Promise<T>): Promise<Series<T>> => {
    console.error(`bench: ${by}, ${archive}`);
    const byDelay = new Map<number, T[]>();
    for (const delay of means.delays) {
      proxy.delayMs = delay;
      const found: T[] = [];
      for (let i = 0; i < means.runs; i++) {
        proxy.disconnect();
        found.push(await ask());
      }
      byDelay.set(delay, found);
    }
    return { by, archive, indexed, byDelay };
  };
  const walkThrough = async (by: string, served: Served, open: () => Promise<Session>) => {
    walks.push(await atEachDelay(by, served, async () => {
      const session = await open();
      try {
        return await walk(session, proxy, places, expected);
      } finally {
        await session.close();
      }
    }));
  };
  const print = async (by: string, served: Served, verb: string, ...args: string[]) => {
    const ragc = means.programs('ragc');
    const want = run(ragc, [verb, join(collection.folder, served.file), ...args]);
    commands.push(await atEachDelay(by, served, async () => {
      const { output, ...measured } = await command(ragc, [verb, `${proxy.origin}/${served.file}`, ...args], proxy);
      if (!output.equals(want)) throw new Error(`${by} prints something else than of the file`);
      return measured;
    }));
  };

  try {
    for (const served of collection.archives) {
      await walkThrough('Chromium, module', served, () =>
        pageSession(means.browser, host.pages, 'module', `${proxy.origin}/${served.file}`, served.index && `${proxy.origin}/${served.index}`));
    }
    if (collection.bgzip) {
      await walkThrough('Chromium, indexedfasta', BGZF, () => pageSession(means.browser, host.pages, 'fasta', proxy.origin));
    }
    const { sample, name, start, end } = places.first;
    for (const served of collection.archives) {
      await walkThrough('library, Linux', served, async () => nativeSession(means.programs('session'), `${proxy.origin}/${served.file}`));
      await print('`ragc listset`', served, 'listset');
      await print('`ragc listctg`', served, 'listctg', sample);
      await print(GETCTG, served, 'getctg', `{${name}}@{${sample}}:${start}-${end - 1}`);
    }
  } finally {
    await proxy.stop();
    await host.stop();
  }
  return { walks, commands, needed };
}

const BGZF: Served = { archive: 'BGZF, a file a sample', file: '', indexed: false };

/** Where is asked, and what must be answered, by the first archive as a file. */
async function known({ folder, archives, bgzip }: Collection, programs: Programs): Promise<{ places: Places; expected: Map<Region, string>; needed: Needed }> {
  const session = (file: string) => nativeSession(programs('session'), join(folder, file));
  const local = session(archives[0]!.file);
  const { answer: samples } = await local.samples();
  const region = async (share: number, bases: number): Promise<Region> => {
    // Those with odd numbers are drafts, in many contigs.
    const sample = samples[2 * Math.floor((share * samples.length) / 2)]!;
    const { answer: contigs } = await local.contigs(sample);
    bgzip?.(sample, contigs.map(({ name }) => name));
    return within(sample, contigs, share, bases);
  };
  const places = { first: await region(0.37, 10_000), second: await region(0.81, 10_000), large: await region(0.58, 1_000_000) };
  const expected = new Map<Region, string>();
  for (const place of Object.values(places)) expected.set(place, (await local.bases(place)).answer);
  await local.close();
  const needed: Map<string, Partial<Record<Step, number>>> = new Map();
  for (const { archive, file } of archives) {
    const asked = session(file);
    needed.set(archive, { '10 kb of another sample': await asked.needed(places.second), '1 Mb': await asked.needed(places.large) });
    await asked.close();
  }
  return { places, expected, needed };
}

/** The middle of one of the contigs that are long enough. */
function within(sample: string, contigs: readonly Contig[], share: number, bases: number): Region {
  const long = contigs.filter(({ length }) => length >= bases);
  const chosen = long[Math.floor(share * long.length)];
  if (!chosen) throw new Error(`no contig of ${sample} has ${bases} bases`);
  const start = Math.floor((chosen.length - bases) / 2);
  return { sample, contig: contigs.indexOf(chosen), name: chosen.name, start, end: start + bases };
}
