// What people type to say where they want to go: `chr1:1,000-2,000`, `1.5M-1.6M`, `chr1:12k`, `chr2`.

import type { Contig } from '../../../types/index.d.ts';
import { nearNames } from '../../near.ts';
import { count } from '../format.ts';
import { findContig } from '../link.ts';

/** Positions count from 1, both ends included. */
export interface Window {
  from: number;
  to: number;
}

/** Where to go, in this or another contig; without a window to its beginning. */
export interface Goal {
  contig: Contig;
  window?: Window;
  /** Which strand, if that was said. */
  reverse?: boolean;
}

const SUFFIXES: Record<string, number> = { k: 1e3, m: 1e6, g: 1e9 };

/** What is meant, or what is wrong with it. `now` is the window shown: a single position becomes the middle of as many bases. */
export function parseLocus(text: string, contigs: readonly Contig[], contig: Contig, now: Window): Goal | string {
  const [, typed = '', strand] = /^(.*?)\s*(?:\(([+-])\))?$/.exec(text.trim()) ?? [];
  const goal: Pick<Goal, 'reverse'> = strand ? { reverse: strand === '-' } : {};
  if (!typed) return 'Type positions, such as 1,000-2,000, or a contig, such as chr1:1M-1.2M.';
  const whole = named(contigs, typed);
  if (whole) return { contig: whole, ...goal };
  const here = windowOf(typed, contig, now);
  if (typeof here !== 'string') return { contig, window: here, ...goal };
  const colon = typed.lastIndexOf(':');
  if (colon < 0) return /^[\d.]/.test(typed) ? here : noContig(typed, contigs);
  const name = typed.slice(0, colon).trim();
  const there = name === contig.name ? contig : named(contigs, name);
  if (!there) return noContig(name, contigs);
  const window = windowOf(typed.slice(colon + 1), there, now);
  return typeof window === 'string' ? window : { contig: there, window, ...goal };
}

export function formatLocus({ name }: Contig, { from, to }: Window): string {
  return `${name}:${count(from)}-${count(to)}`;
}

function named(contigs: readonly Contig[], contig: string): Contig | undefined {
  return findContig(contigs, { sample: '', contig });
}

function windowOf(text: string, { length }: Contig, now: Window): Window | string {
  const [first = '', second, ...more] = text.split(/\s*(?:-|–|\.\.|\bto\b)\s*/);
  const from = parsePosition(first);
  const to = second === undefined ? undefined : parsePosition(second);
  if (from === undefined || more.length || (second !== undefined && to === undefined)) return 'Type whole numbers, such as 1 and 3,000, or 1.5k and 2M.';
  if (from < 1) return 'Positions count from 1.';
  if (from > length) return `This contig ends at ${count(length)}.`;
  if (to === undefined) {
    const bases = Math.min(now.to - now.from + 1, length);
    const start = Math.max(1, Math.min(from - Math.floor(bases / 2), length - bases + 1));
    return { from: start, to: start + bases - 1 };
  }
  return to < from ? 'The window ends before it starts.' : { from, to };
}

/** A whole number, with separators or a suffix; `undefined` for anything else. */
export function parsePosition(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([kmg]?)b?p?$/i.exec(text.replace(/[\s,_'’]/g, ''));
  // Decimals of a suffix need not be exact in binary.
  const number = match ? Math.round(Number(match[1]) * (SUFFIXES[match[2]!.toLowerCase()] ?? 1) * 1e6) / 1e6 : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

function noContig(name: string, contigs: readonly Contig[]): string {
  const near = nearNames(name, contigs.map((contig) => contig.name));
  return `This sample has no contig “${name}”${near.length ? `; near it are ${near.join(', ')}` : ''}.`;
}
