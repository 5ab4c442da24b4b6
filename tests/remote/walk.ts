// The questions of a visitor who comes for the first time, in order, and what each of them took.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import type { Proxy } from './proxy.ts';
import type { Region, Session, Timed } from './session.ts';
import { trafficOf, type Traffic } from './traffic.ts';

/** What is asked for: 10 kb, 10 kb elsewhere in another sample, and 1 Mb. */
export interface Places {
  first: Region;
  second: Region;
  large: Region;
}

export const STEPS = ['list of samples', 'contigs of a sample', '10 kb', '10 kb of another sample', 'contigs of a third', '1 Mb'] as const;
export type Step = (typeof STEPS)[number];

export interface Measured extends Traffic {
  ms: number;
}

export type Walk = Record<Step, Measured>;

/** SHA-256 of the letters of a region, as they must be. */
export type Expected = ReadonlyMap<Region, string>;

/** Asks `session`, which knows nothing yet and reads through `proxy`. */
export async function walk(session: Session, proxy: Proxy, { first, second, large }: Places, expected: Expected): Promise<Walk> {
  const bases = async (region: Region) => {
    const { ms, answer } = await session.bases(region);
    if (answer !== expected.get(region)) throw new Error(`other letters than expected of ${region.name} of ${region.sample}`);
    return { ms, answer };
  };
  const questions: Record<Step, () => Promise<Timed<unknown>>> = {
    'list of samples': () => session.samples(),
    'contigs of a sample': () => session.contigs(first.sample),
    '10 kb': () => bases(first),
    '10 kb of another sample': () => bases(second),
    'contigs of a third': () => session.contigs(large.sample),
    '1 Mb': () => bases(large),
  };
  await proxy.take();
  const measured: Partial<Walk> = {};
  for (const step of STEPS) {
    const { ms } = await questions[step]();
    measured[step] = { ms, ...trafficOf(await proxy.take()) };
  }
  return measured as Walk;
}

/** Runs a command that reads through `proxy`: its standard output, and what it took, its start included. */
export async function command(program: string, args: readonly string[], proxy: Proxy): Promise<Measured & { output: Buffer }> {
  await proxy.take();
  const start = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  const [status] = await once(child, 'close');
  const ms = performance.now() - start;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed`);
  return { ms, ...trafficOf(await proxy.take()), output: Buffer.concat(chunks) };
}
