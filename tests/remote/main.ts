// Measures what a visitor of an archive on a static host waits for: `make bench-remote`. Prints tables; fails if a bound
// is missed.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { root, startBrowser } from '../browser/harness.ts';
import { startHost } from './host.ts';
import { Proxy } from './proxy.ts';
import { GETCTG, report, twinWords, type Needed, type Series } from './report.ts';
import { nativeSession, pageSession, type Contig, type Region, type Session } from './session.ts';
import { bgzipSamples, run, twinOf, type Programs } from './twin.ts';
import { command, walk, type Measured, type Places, type Step, type Walk } from './walk.ts';

const { values: options } = parseArgs({
  options: {
    samples: { type: 'string', default: '520' },
    delays: { type: 'string', default: '0,50,150' },
    runs: { type: 'string', default: '3' },
    cache: { type: 'string', default: join(root, '.cache/remote') },
    programs: { type: 'string', default: join(root, 'target/release') },
    pages: { type: 'string', default: join(root, 'www/.build/remote') },
  },
});
const delays = options.delays.split(',').map(Number);
const runs = Number(options.runs);
const programs: Programs = (name) => {
  const path = join(options.programs, name);
  if (!existsSync(path)) throw new Error(`${path} is missing: it is built by scripts/bench-remote.sh`);
  return path;
};

const twin = twinOf(Number(options.samples), options.cache, programs);
console.log(twinWords(twin));

/** An archive, or the folder of the FASTA files, and how it is read. */
interface Config {
  archive: string;
  path: string;
  indexed: boolean;
}
const NO_INDEX: Config = { archive: 'no index', path: 'twin.agc', indexed: false };
const BGZIP: Config = { archive: 'BGZF, a file a sample', path: '', indexed: false };
const configs = [NO_INDEX];

const { places, contigs, expected, needed } = await known();
bgzipSamples(twin, Object.values(places), contigs, programs);

const host = await startHost(twin.folder, options.pages);
const proxy = await Proxy.start(host.filesPort);
const browser = await startBrowser();
const address = ({ path }: Config) => (path ? `${proxy.origin}/${path}` : proxy.origin);

const walks: Series<Walk>[] = [];
const commands: Series<Measured>[] = [];
try {
  for (const config of [...configs, BGZIP]) {
    const reader = config === BGZIP ? 'fasta' : 'module';
    const client = config === BGZIP ? 'indexedfasta' : 'module';
    await series(`Chromium, ${client}`, config, () => pageSession(browser, host.pages, reader, address(config)));
  }
  for (const config of configs) {
    await series('library, Linux', config, async () => nativeSession(programs('session'), address(config)));
    const { sample, name, start, end } = places.first;
    await commandSeries('`ragc listset`', ['listset', address(config)], config);
    await commandSeries('`ragc listctg`', ['listctg', address(config), sample], config);
    await commandSeries(GETCTG, ['getctg', '-q', address(config), `{${name}}@{${sample}}:${start}-${end - 1}`], config);
  }
} finally {
  await browser.close();
  await proxy.stop();
  await host.stop();
}

const { text, met } = report({ walks, commands, needed });
console.log(`\n${text}`);
process.exitCode = met ? 0 : 1;

/** All walks of one reader through one archive. */
async function series(by: string, config: Config, open: () => Promise<Session>): Promise<void> {
  console.error(`bench: ${by}, ${config.archive}`);
  const byDelay = await atEachDelay(async () => {
    const session = await open();
    try {
      return await walk(session, proxy, places, expected);
    } finally {
      await session.close();
    }
  });
  walks.push({ by, archive: config.archive, indexed: config.indexed, byDelay });
}

async function commandSeries(by: string, args: string[], config: Config): Promise<void> {
  console.error(`bench: ${by}, ${config.archive}`);
  const want = run(programs('ragc'), args.map((arg) => (arg === address(config) ? join(twin.folder, config.path) : arg)));
  const byDelay = await atEachDelay(async () => {
    const { output, ...measured } = await command(programs('ragc'), args, proxy);
    if (!output.equals(want)) throw new Error(`${by} prints something else than of the file`);
    return measured;
  });
  commands.push({ by, archive: config.archive, indexed: config.indexed, byDelay });
}

async function atEachDelay<T>(once: () => Promise<T>): Promise<Map<number, T[]>> {
  const byDelay = new Map<number, T[]>();
  for (const delay of delays) {
    proxy.delayMs = delay;
    const found: T[] = [];
    for (let i = 0; i < runs; i++) {
      proxy.disconnect();
      found.push(await once());
    }
    byDelay.set(delay, found);
  }
  return byDelay;
}

/** Where is asked, and what must be answered, by the archive in a file. */
async function known(): Promise<{ places: Places; contigs: Map<string, string[]>; expected: Map<Region, string>; needed: Needed }> {
  const local = nativeSession(programs('session'), join(twin.folder, NO_INDEX.path));
  const { answer: samples } = await local.samples();
  const contigs = new Map<string, string[]>();
  const region = async (share: number, bases: number): Promise<Region> => {
    // Every other sample is in many contigs: those with an even number have whole chromosomes.
    const sample = samples[2 * Math.floor((share * samples.length) / 2)]!;
    const { answer } = await local.contigs(sample);
    contigs.set(sample, answer.map(({ name }) => name));
    return within(sample, answer, share, bases);
  };
  const places = { first: await region(0.37, 10_000), second: await region(0.81, 10_000), large: await region(0.58, 1_000_000) };
  const expected = new Map<Region, string>();
  for (const place of Object.values(places)) expected.set(place, (await local.bases(place)).answer);
  const needed: Map<string, Partial<Record<Step, number>>> = new Map();
  for (const { archive, path } of configs) {
    const file = nativeSession(programs('session'), join(twin.folder, path));
    needed.set(archive, { '10 kb of another sample': await file.needed(places.second), '1 Mb': await file.needed(places.large) });
    await file.close();
  }
  await local.close();
  return { places, contigs, expected, needed };
}

/** The middle of one of the contigs that are long enough. */
function within(sample: string, contigs: readonly Contig[], share: number, bases: number): Region {
  const long = contigs.filter(({ length }) => length >= bases);
  const chosen = long[Math.floor(share * long.length)];
  if (!chosen) throw new Error(`no contig of ${sample} has ${bases} bases`);
  const start = Math.floor((chosen.length - bases) / 2);
  return { sample, contig: contigs.indexOf(chosen), name: chosen.name, start, end: start + bases };
}
