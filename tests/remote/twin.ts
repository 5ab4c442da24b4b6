// The archives that are measured with. They are kept from one run to the next.

import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { costOf, run, type Cost, type Programs } from './programs.ts';

/** An archive that nobody has arranged, and what making it took. */
export interface Made {
  folder: string;
  file: string;
  cost: Cost;
  about: About;
}

interface About {
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

/** What `ragc` made of it, and what that took. */
export interface Derived {
  index: Cost;
  indexBytes: number;
  optimize: Cost;
  optimizedBytes: number;
}

/** The same archive with an index beside it. */
export const BESIDE = 'beside.agc';
/** By `ragc optimize`: the layout of `ragc create`, and an index within. */
export const OPTIMIZED = 'optimized.agc';

/**
 * Hundreds of haplotypes in short segments: footer and tables are as large as those of as many human genomes. As the
 * compressor hands it out, part by part, without an index.
 */
export function twinOf(samples: number, cache: string, programs: Programs): Made {
  const version = run(programs('ragc'), ['--version']).toString().trim().replace(/ /g, '-');
  return made(join(cache, `${version}-${samples}`), 'unarranged.agc', programs, (archive) => {
    // Genomes go from one program to the other and are never stored.
    const script = 'measure=$1 unarranged=$2 archive=$3; shift 3; "$measure" "$unarranged" <("$@") "$archive"';
    const simulate = [programs('simulate'), '--preset', 'cohort', '--samples', String(samples), '--stdout'];
    return costOf('bash', ['-c', script, 'bash', programs('measure'), programs('unarranged'), archive, ...simulate]);
  });
}

/** Fewer and shorter genomes of the same kind, by the C++ tool. */
export function agcTwinOf(agc: string, cache: string, programs: Programs): Made {
  return made(join(cache, 'agc-110'), 'agc.agc', programs, (archive) => {
    const genomes = `${archive}.genomes`;
    run(programs('simulate'), ['--preset', 'cohort', '--samples', '110', '--bases', '4000000', '--contigs', '3', '--out', genomes]);
    const files = readdirSync(genomes).sort().map((name) => join(genomes, name));
    const cost = costOf(programs('measure'), [agc, 'create', '-s', '500', '-b', '50', '-t', '2', '-o', archive, ...files]);
    rmSync(genomes, { recursive: true });
    return cost;
  });
}

/** An archive in a folder of its own, which gets its name when it is complete. */
function made(folder: string, file: string, programs: Programs, make: (archive: string) => Cost): Made {
  const record = join(folder, 'made.json');
  if (!existsSync(record)) {
    console.error(`bench: making ${folder} (minutes)`);
    const unfinished = `${folder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    const cost = make(join(unfinished, file));
    const about = described(join(unfinished, file), programs);
    writeFileSync(join(unfinished, 'made.json'), JSON.stringify({ cost, about }));
    renameSync(unfinished, folder);
  }
  return { folder, file, ...JSON.parse(readFileSync(record, 'utf8')) };
}

/** `BESIDE` and `OPTIMIZED`, in the same folder; made anew by another `ragc`. */
export function derivedFrom({ folder, file }: Made, programs: Programs): Derived {
  const [ragc, measure] = [programs('ragc'), programs('measure')];
  const record = join(folder, `${createHash('sha256').update(readFileSync(ragc)).digest('hex').slice(0, 12)}.json`);
  if (!existsSync(record)) {
    console.error(`bench: making the index of ${folder}, and arranging it`);
    const [plain, beside, optimized] = [join(folder, file), join(folder, BESIDE), join(folder, OPTIMIZED)];
    rmSync(beside, { force: true });
    linkSync(plain, beside);
    const index = costOf(measure, [ragc, 'index', '-q', '-o', `${beside}.ragi`, beside]);
    const optimize = costOf(measure, [ragc, 'optimize', '-q', '-o', optimized, plain]);
    const derived: Derived = { index, optimize, indexBytes: statSync(`${beside}.ragi`).size, optimizedBytes: statSync(optimized).size };
    writeFileSync(record, JSON.stringify(derived));
  }
  return JSON.parse(readFileSync(record, 'utf8'));
}

function described(archive: string, programs: Programs): About {
  const info = JSON.parse(run(programs('ragc'), ['info', '--json', archive]).toString());
  const { samples, contigs, bases, segments, groups, parts, file_bytes: fileBytes, bytes } = info;
  return { samples, contigs, bases, segments, groups, parts, fileBytes, footerBytes: bytes.footer, tableBytes: bytes.tables };
}

/** A sample as BGZF beside the archive, with both indexes, unless it is there. */
export function bgzip({ folder, file }: Made, sample: string, contigs: readonly string[], programs: Programs): void {
  const out = join(folder, `${sample}.fa.gz`);
  if (existsSync(`${out}.gzi`)) return;
  const list = join(folder, 'contigs.txt');
  writeFileSync(list, contigs.map((name) => `${name}\n`).join(''));
  run(programs('ragc'), ['faidx', '-q', '--sample', sample, '-r', list, '-o', out, join(folder, file)]);
  rmSync(list);
}
