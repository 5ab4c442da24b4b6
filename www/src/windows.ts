// Long ranges in windows: cut, gathered into batches that are planned and fetched together, and decoded some batches
// ahead of whoever takes them. What is in memory does not depend on how long the ranges are.

import type { Engine, Question } from './engine.ts';
import { encodeName } from './names.ts';
import type { Bytes } from './ranges.ts';
import { turn } from './strand.ts';

/** Bases of a window: what the module decodes at a time. */
export const WINDOW_BASES = 2 * 1024 * 1024;
/** Windows of a batch, for samples of very many short contigs. */
const BATCH_WINDOWS_MAX = 2000;
/** Batches on their way: while one is decoded, the next are fetched. */
const BATCHES_AHEAD = 2;

/** Bases `start` to `end` of a contig of a sample. */
export interface Span {
  sample: string;
  /** Its place in the sample, or its name; then the range is short, and what is past the contig's end is not in its bases. */
  contig: number | string;
  start: number;
  end: number;
  /** The other strand, from `end` to `start`. */
  reverseComplement?: boolean | undefined;
}

/** A window of span number `of`. */
export interface Window extends Span {
  of: number;
}

export interface Decoded {
  window: Window;
  bases: Bytes;
}

/**
 * The bases of all `spans` in order, window by window, in batches of about `batchBases`. An empty span gives one empty
 * window.
 */
export async function* windowsOf(engine: Engine, spans: Iterable<Span>, batchBases = WINDOW_BASES, signal?: AbortSignal): AsyncGenerator<Decoded[]> {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const batches = batchesOf(cut(spans), batchBases);
  const coming: Promise<Decoded[]>[] = [];
  const startOne = () => {
    const next = batches.next();
    if (next.done) return;
    const batch = decode(engine, next.value, either);
    batch.catch(() => {}); // reported when it is waited for
    coming.push(batch);
  };
  try {
    for (let i = 0; i < BATCHES_AHEAD; i++) startOne();
    while (coming.length) {
      const batch = await coming.shift()!;
      startOne();
      yield batch;
    }
  } finally {
    stop.abort(); // what is read ahead for nobody
  }
}

async function decode(engine: Engine, windows: readonly Window[], signal: AbortSignal): Promise<Decoded[]> {
  const full = windows.filter(({ start, end }) => end > start);
  const bases = await engine.askAll(full.map(questionOf), signal);
  let next = 0;
  return windows.map((window) => {
    const letters = window.end > window.start ? bases[next++]! : new Uint8Array(0);
    return { window, bases: window.reverseComplement ? turn(letters) : letters };
  });
}

function questionOf({ sample, contig, start, end }: Window): Question<Bytes> {
  const name = encodeName(sample);
  if (typeof contig === 'number') return (reader) => reader.bases(name, contig, start, end);
  const contigName = encodeName(contig);
  return (reader) => reader.basesOf(name, contigName, start, end);
}

function* cut(spans: Iterable<Span>): Generator<Window> {
  let of = 0;
  for (const span of spans) {
    const { start, end, reverseComplement } = span;
    for (let done = 0; done === 0 || done < end - start; done += WINDOW_BASES) {
      const length = Math.min(WINDOW_BASES, end - start - done);
      const from = reverseComplement ? end - done - length : start + done;
      yield { ...span, start: from, end: from + length, of };
    }
    of++;
  }
}

function* batchesOf(windows: Iterable<Window>, batchBases: number): Generator<Window[]> {
  let batch: Window[] = [];
  let bases = 0;
  for (const window of windows) {
    const length = window.end - window.start;
    if (batch.length && (bases + length > batchBases || batch.length >= BATCH_WINDOWS_MAX)) {
      yield batch;
      batch = [];
      bases = 0;
    }
    batch.push(window);
    bases += length;
  }
  if (batch.length) yield batch;
}
