// The programs of this repository, run to their end.

import { spawnSync } from 'node:child_process';

/** Where a program is. */
export type Programs = (name: 'ragc' | 'simulate' | 'unarranged' | 'measure' | 'session') => string;

/** Time and memory that something took. */
export interface Cost {
  wallSeconds: number;
  cpuSeconds: number;
  peakBytes: number;
}

/** What a program prints; its messages only if it fails. */
export function run(program: string, args: readonly string[]): Buffer {
  const { stdout, stderr, status, error } = spawnSync(program, args, { maxBuffer: 1 << 30 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Runs a command that ends in what `measure` says. */
export function costOf(program: string, args: readonly string[]): Cost {
  const { stderr, status } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  const [wall, cpu, peak, succeeded] = stderr.trim().split(' ');
  if (status !== 0 || succeeded !== 'true') throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
  return { wallSeconds: Number(wall), cpuSeconds: Number(cpu), peakBytes: Number(peak) };
}
