// The archive that is measured with: hundreds of simulated haplotypes in short segments, so that footer and tables are as
// large as those of as many human genomes. It is kept from one run to the next.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Region } from './session.ts';

/** The programs of this repository, by name. */
export type Programs = (name: 'ragc' | 'simulate' | 'measure' | 'session') => string;

/** What making it took, and what it is. */
export interface Twin {
  folder: string;
  wallSeconds: number;
  cpuSeconds: number;
  peakBytes: number;
  samples: number;
  contigs: number;
  bases: number;
  segments: number;
  groups: number;
  parts: number;
  fileBytes: number;
  footerBytes: number;
  tableBytes: number;
}

/** Segments of 500 bases, and 50 samples a batch and segments a pack, as archives of human genomes have them. */
const LAYOUT = ['-s', '500', '-b', '50'];

/** `twin.agc` in a folder below `cache` that is called after everything the archive depends on. */
export function twinOf(samples: number, cache: string, programs: Programs): Twin {
  const simulate = ['--preset', 'cohort', '--samples', String(samples), '--stdout'];
  const hash = createHash('sha256').update(JSON.stringify([simulate, LAYOUT]));
  for (const program of [programs('ragc'), programs('simulate')]) hash.update(readFileSync(program));
  const folder = join(cache, `${samples}-${hash.digest('hex').slice(0, 12)}`);
  const record = join(folder, 'twin.json');
  if (!existsSync(record)) {
    console.error(`bench: making the archive of ${samples} genomes (minutes)`);
    const unfinished = `${folder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    const cost = createDownAPipe(programs, simulate, join(unfinished, 'twin.agc'));
    writeFileSync(join(unfinished, 'twin.json'), JSON.stringify({ ...cost, ...described(programs, join(unfinished, 'twin.agc')) }));
    renameSync(unfinished, folder);
  }
  return { folder, ...JSON.parse(readFileSync(record, 'utf8')) };
}

type Cost = Pick<Twin, 'wallSeconds' | 'cpuSeconds' | 'peakBytes'>;

/** Genomes go from one program to the other and are never stored. */
function createDownAPipe(programs: Programs, simulate: string[], archive: string): Cost {
  const script = 'measure=$1 ragc=$2 simulate=$3; shift 3; "$measure" "$ragc" create --pansn -t 2 "${@:1:6}" <("$simulate" "${@:7}")';
  const args = [programs('measure'), programs('ragc'), programs('simulate'), ...LAYOUT, '-o', archive, ...simulate];
  const { stderr, status } = spawnSync('bash', ['-c', script, 'bash', ...args], { encoding: 'utf8' });
  const [wall, cpu, peak, succeeded] = stderr.trim().split(' ');
  if (status !== 0 || succeeded !== 'true') throw new Error(`the archive could not be made: ${stderr}`);
  return { wallSeconds: Number(wall), cpuSeconds: Number(cpu), peakBytes: Number(peak) };
}

function described(programs: Programs, archive: string): Omit<Twin, 'folder' | keyof Cost> {
  const info = JSON.parse(run(programs('ragc'), ['info', '--json', archive]).toString());
  const { samples, contigs, bases, segments, groups, parts, file_bytes: fileBytes, bytes } = info;
  return { samples, contigs, bases, segments, groups, parts, fileBytes, footerBytes: bytes.footer, tableBytes: bytes.tables };
}

/** The samples of `regions` as BGZF beside the archive, with both indexes; those that are there are kept. */
export function bgzipSamples(twin: Twin, regions: readonly Region[], contigs: ReadonlyMap<string, readonly string[]>, programs: Programs): void {
  for (const { sample } of regions) {
    const file = join(twin.folder, `${sample}.fa.gz`);
    if (existsSync(`${file}.gzi`)) continue;
    const list = join(twin.folder, 'contigs.txt');
    writeFileSync(list, (contigs.get(sample) ?? []).map((name) => `${name}\n`).join(''));
    run(programs('ragc'), ['faidx', '-q', '--sample', sample, '-r', list, '-o', file, join(twin.folder, 'twin.agc')]);
    rmSync(list);
  }
}

/** What a program prints; its messages only if it fails. */
export function run(program: string, args: readonly string[]): Buffer {
  const { stdout, stderr, status, error } = spawnSync(program, args, { maxBuffer: 1 << 30 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Bytes of a file. */
export function sizeOf(path: string): number {
  return statSync(path).size;
}
