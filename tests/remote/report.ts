// What was measured, as tables, and held against the bounds.

import type { Twin } from './twin.ts';
import { STEPS, type Measured, type Step, type Walk } from './walk.ts';

/** One way to read one archive: for each delay, some walks. */
export interface Series<T> {
  client: string;
  archive: string;
  /** Whether the bounds are meant for it. */
  indexed: boolean;
  byDelay: Map<number, T[]>;
}

/** Bytes of the references and packs that a step needs. */
export type Needed = Partial<Record<Step, number>>;

const TO_FIRST_BASES: readonly Step[] = STEPS.slice(0, 3);

/** What makes a visitor wait, at most. */
const BOUNDS = {
  firstBases: { rounds: 4, bytes: 300_000 },
  second: { rounds: 2, bytes: 120_000 },
  large: { ratio: 1.15 },
};

/** Times are medians; requests, rounds and bytes those of the longest delay, at which requests made together overlap. */
function summed(series: Series<Walk>, steps: readonly Step[]): { at: Map<number, number>; traffic: Measured } {
  const total = (walk: Walk): Measured => steps.map((step) => walk[step]).reduce((a, b) =>
    ({ ms: a.ms + b.ms, requests: a.requests + b.requests, rounds: a.rounds + b.rounds, bytes: a.bytes + b.bytes }));
  const at = new Map([...series.byDelay].map(([delay, walks]) => [delay, median(walks.map((walk) => total(walk).ms))]));
  const longest = series.byDelay.get(Math.max(...series.byDelay.keys()))!;
  return { at, traffic: total(longest[0]!) };
}

export function walksTable(all: readonly Series<Walk>[], needed: ReadonlyMap<string, Needed>): string {
  const delays = [...all[0]!.byDelay.keys()];
  const rows = all.flatMap((series) => [
    ...STEPS.map((step): [string, readonly Step[]] => [step, [step]]),
    ['**empty cache to first bases**', TO_FIRST_BASES] as [string, readonly Step[]],
  ].map(([name, steps]) => {
    const { at, traffic } = summed(series, steps);
    const parts = steps.length === 1 ? needed.get(series.archive)?.[steps[0]!] : undefined;
    return [series.client, series.archive, name, traffic.requests, traffic.rounds, count(traffic.bytes), parts === undefined ? '' : count(parts), ...delays.map((delay) => at.get(delay)!.toFixed(0))];
  }));
  return table(['by', 'archive', 'question', 'requests', 'rounds', 'bytes', 'of parts', ...delays.map((delay) => `ms at ${delay}`)], rows);
}

export function commandsTable(all: readonly (Series<Measured> & { command: string })[]): string {
  const delays = [...all[0]!.byDelay.keys()];
  return table(['command', 'archive', 'requests', 'rounds', 'bytes', ...delays.map((delay) => `ms at ${delay}`)], all.map((series) => {
    const { requests, rounds, bytes } = series.byDelay.get(Math.max(...delays))![0]!;
    return [series.command, series.archive, requests, rounds, count(bytes), ...delays.map((delay) => median(series.byDelay.get(delay)!.map(({ ms }) => ms)).toFixed(0))];
  }));
}

/** Each bound and whether it is kept, for archives with an index. */
export function boundsTable(walks: readonly Series<Walk>[], commands: readonly (Series<Measured> & { command: string })[], needed: ReadonlyMap<string, Needed>): { text: string; met: boolean } {
  const rows: (string | number)[][] = [];
  const hold = (client: string, archive: string, what: string, found: number, bound: number, show: (n: number) => string) =>
    rows.push([client, archive, what, show(found), show(bound), found <= bound ? 'met' : '**missed**']);
  for (const series of walks.filter(({ indexed }) => indexed)) {
    const { client, archive } = series;
    for (const [what, steps, bound] of [['first bases', TO_FIRST_BASES, BOUNDS.firstBases], ['second window', ['10 kb of another sample'], BOUNDS.second]] as const) {
      const { traffic } = summed(series, steps);
      hold(client, archive, `${what}, rounds`, traffic.rounds, bound.rounds, String);
      hold(client, archive, `${what}, bytes`, traffic.bytes, bound.bytes, count);
    }
    const large = needed.get(archive)?.['1 Mb of it'];
    if (large) hold(client, archive, '1 Mb, bytes / bytes of parts', summed(series, ['1 Mb of it']).traffic.bytes / large, BOUNDS.large.ratio, (n) => n.toFixed(3));
  }
  for (const { command, archive, indexed, byDelay } of commands) {
    if (!indexed || command !== FIRST_BASES_COMMAND) continue;
    const { rounds, bytes } = byDelay.get(Math.max(...byDelay.keys()))![0]!;
    hold(command, archive, 'first bases, rounds', rounds, BOUNDS.firstBases.rounds, String);
    hold(command, archive, 'first bases, bytes', bytes, BOUNDS.firstBases.bytes, count);
  }
  return { text: table(['by', 'archive', 'bound', 'found', 'at most', ''], rows), met: !rows.some((row) => row[5] !== 'met') };
}

export const FIRST_BASES_COMMAND = 'ragc getctg';

export function twinWords(twin: Twin): string {
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return `${twin.samples} samples, ${count(twin.contigs)} contigs, ${(twin.bases / 1e9).toFixed(1)} Gb; ${count(twin.groups)} groups, ${count(twin.parts)} parts, ` +
    `${count(twin.segments)} segments; ${mb(twin.fileBytes)}, of which footer ${mb(twin.footerBytes)}, tables ${mb(twin.tableBytes)}. ` +
    `Made in ${(twin.wallSeconds / 60).toFixed(1)} minutes (${twin.cpuSeconds.toFixed(0)} s of CPU), with ${mb(twin.peakBytes)} of memory.`;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** A number with thin groups of three digits, as the other documents have them. */
function count(n: number): string {
  return Math.round(n).toString().replace(/\B(?=(\d{3})+$)/g, ' ');
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const rule = line(head.map((word) => (/^(by|archive|question|command|bound|)$/.test(word) ? '---' : '---:')));
  return [line(head), rule, ...rows.map(line)].join('\n');
}
