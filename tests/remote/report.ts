// What was measured, as tables, and held against the bounds.

import type { Cost } from './programs.ts';
import type { Derived, Made } from './twin.ts';
import { STEPS, type Measured, type Step, type Walk } from './walk.ts';

/** One way to read one archive: for each delay, what was measured each time. */
export interface Series<T> {
  /** Who reads. */
  by: string;
  archive: string;
  /** Whether the bounds are meant for it. */
  indexed: boolean;
  byDelay: ReadonlyMap<number, readonly T[]>;
}

/** Bytes of the references and packs that steps need, for each archive. */
export type Needed = ReadonlyMap<string, Partial<Record<Step, number>>>;

export interface Findings {
  walks: readonly Series<Walk>[];
  commands: readonly Series<Measured>[];
  needed: Needed;
}

/** The command that prints the first bases. */
export const GETCTG = '`ragc getctg`';

const FIRST = STEPS.slice(0, 3);
const SECOND = ['10 kb of another sample'] as const;
const LARGE = ['1 Mb'] as const;

/** What a visitor waits for, at most. */
const BOUNDS = { first: { rounds: 4, bytes: 300_000 }, second: { rounds: 2, bytes: 120_000 }, largeRatio: 1.15 };

export function report(findings: Findings): { text: string; met: boolean } {
  const first = [
    ...findings.walks.map((series) => row(series, over(series, FIRST), FIRST.map((step) => brief(trafficOf(over(series, [step])))))),
    ...findings.commands.map((series) => row(series, series, FIRST.map(() => ''))),
  ];
  const needing = (steps: readonly Step[]) => findings.walks.map((series) => {
    const { bytes } = trafficOf(over(series, steps));
    const needed = findings.needed.get(series.archive)?.[steps[0]!];
    return row(series, over(series, steps), needed === undefined ? ['', ''] : [count(needed), (bytes / needed).toFixed(2)]);
  });
  const head = (more: readonly string[]) => ['by', 'archive', ...more, 'requests', 'rounds', 'bytes', ...delaysOf(findings.walks[0]!).map((delay) => `ms at ${delay}`)];
  const ofParts = ['bytes of parts', 'ratio'];
  const bounds = boundsRows(findings);
  const sections: [string, readonly string[], Rows][] = [
    ['From an empty cache to the first bases: the list of samples, the contigs of one, 10 kb of one (requests / rounds / bytes of each), and all three', head(FIRST), first],
    ['Then 10 kb elsewhere, in another sample', head(ofParts), needing(SECOND)],
    ['1 Mb of a sample whose contigs are known', head(ofParts), needing(LARGE)],
    ['Bounds', ['by', 'archive', 'bound', 'found', 'at most', ''], bounds],
  ];
  const text = sections.filter(([, , rows]) => rows.length > 0).map(([title, head, rows]) => `${title}:\n\n${table(head, rows)}\n`).join('\n');
  return { text, met: bounds.every((cells) => cells.at(-1) === 'met') };
}

export function madeWords({ about, cost }: Made, derived: Derived): string {
  const share = `${((100 * derived.indexBytes) / about.fileBytes).toFixed(1)} %`;
  return [
    `${about.samples} samples, ${count(about.contigs)} contigs, ${(about.bases / 1e9).toFixed(1)} Gb; ${count(about.groups)} groups, ${count(about.parts)} parts, ` +
      `${count(about.segments)} segments; ${mb(about.fileBytes)}, of which footer ${mb(about.footerBytes)}, tables ${mb(about.tableBytes)}. ${costWords(cost)}`,
    `Index beside it: ${mb(derived.indexBytes)}, ${share} of the archive. ${costWords(derived.index)}`,
    `Optimized: ${mb(derived.optimizedBytes)}. ${costWords(derived.optimize)}`,
  ].join('\n');
}

function costWords({ wallSeconds, cpuSeconds, peakBytes }: Cost): string {
  return `Made in ${wallSeconds.toFixed(0)} s (${cpuSeconds.toFixed(0)} s of CPU), with ${mb(peakBytes)} of memory.`;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

type Rows = readonly (readonly string[])[];

/** Each bound and whether it is kept, for archives with an index. */
function boundsRows({ walks, commands, needed }: Findings): Rows {
  const rows: string[][] = [];
  const hold = ({ by, archive }: Series<unknown>, what: string, found: number, bound: number, show: (n: number) => string) =>
    rows.push([by, archive, what, show(found), show(bound), found <= bound ? 'met' : '**missed**']);
  const holdBoth = (series: Series<Measured>, what: string, { rounds, bytes }: { rounds: number; bytes: number }) => {
    const found = trafficOf(series);
    hold(series, `${what}, rounds`, found.rounds, rounds, String);
    hold(series, `${what}, bytes`, found.bytes, bytes, count);
  };
  for (const series of walks.filter(({ indexed }) => indexed)) {
    holdBoth(over(series, FIRST), 'first bases', BOUNDS.first);
    holdBoth(over(series, SECOND), 'second window', BOUNDS.second);
    const parts = needed.get(series.archive)?.['1 Mb'];
    if (parts) hold(series, '1 Mb, bytes / bytes of parts', trafficOf(over(series, LARGE)).bytes / parts, BOUNDS.largeRatio, (n) => n.toFixed(2));
  }
  for (const series of commands.filter(({ by, indexed }) => indexed && by === GETCTG)) holdBoth(series, 'first bases', BOUNDS.first);
  return rows;
}

/** Some steps of each walk as one. */
function over(series: Series<Walk>, steps: readonly Step[]): Series<Measured> {
  const sum = (walk: Walk) => steps.map((step) => walk[step]).reduce((a, b) =>
    ({ ms: a.ms + b.ms, requests: a.requests + b.requests, rounds: a.rounds + b.rounds, bytes: a.bytes + b.bytes }));
  return { ...series, byDelay: new Map([...series.byDelay].map(([delay, walks]) => [delay, walks.map(sum)])) };
}

function delaysOf({ byDelay }: Series<unknown>): number[] {
  return [...byDelay.keys()];
}

/** At the longest delay, where requests made together overlap: the median by rounds, as these may vary by chance. */
function trafficOf(series: Series<Measured>): Measured {
  const longest = series.byDelay.get(Math.max(...delaysOf(series)))!;
  return [...longest].sort((a, b) => a.rounds - b.rounds)[longest.length >> 1]!;
}

function row(names: Series<unknown>, series: Series<Measured>, more: readonly string[]): string[] {
  const { requests, rounds, bytes } = trafficOf(series);
  const times = [...series.byDelay.values()].map((found) => median(found.map(({ ms }) => ms)).toFixed(0));
  return [names.by, names.archive, ...more, String(requests), String(rounds), count(bytes), ...times];
}

function brief({ requests, rounds, bytes }: Measured): string {
  return requests === 0 ? '-' : `${requests} / ${rounds} / ${count(bytes)}`;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

/** A number in groups of three digits, as the other documents have them. */
function count(n: number): string {
  return Math.round(n).toString().replace(/\B(?=(\d{3})+$)/g, ' ');
}

function table(head: readonly string[], rows: Rows): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = line(head.map((_, column) => (rows.every((cells) => /[a-z]/.test(cells[column]!)) ? '---' : '---:')));
  return [line(head), rule, ...rows.map(line)].join('\n');
}
