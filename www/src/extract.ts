// Sequences as a stream of FASTA: windows of contigs, grouped into batches that are planned and fetched together, each
// batch while the one before it is decoded.

import type { AgcArchive, ContigInfo } from './archive.ts';
import { AgcError } from './errors.ts';
import { headerLine, LineBreaker } from './fasta.ts';
import { encodeName } from './names.ts';
import type { Bytes, Range } from './ranges.ts';
import type { Shelf } from './shelf.ts';
import type { Reader } from './wasm.ts';

export interface FastaOptions {
  /** Places of the contigs wanted, in the order wanted; all of them if absent. */
  contigs?: readonly number[];
  /** Only these bases of each: 0-based, half-open. */
  range?: Range;
  /** Names the record of a contig; its whole name if absent. */
  header?: (contig: ContigInfo) => string;
  lineBases?: number;
  signal?: AbortSignal;
}

/** Bases of a batch. Two are in memory at a time, with the parts they come from. */
const BATCH_BASES = 2 * 1024 * 1024;
/** Pieces of a batch, for samples of very many short contigs. */
const BATCH_PIECES_MAX = 2000;

/** A window of one contig. `first` and `last` say where its record starts and ends. */
interface Piece extends Range {
  contig: ContigInfo;
  first: boolean;
  last: boolean;
}

/** Pieces on their way: what was read for them, or their bases where those were at hand. */
interface Batch {
  pieces: { piece: Piece; bases?: Bytes }[];
  shelf: Shelf | undefined;
}

export async function* fastaOf(archive: AgcArchive, sample: string, options: FastaOptions): AsyncGenerator<Bytes> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  try {
    yield* chunksOf(archive, sample, options, signal);
  } finally {
    stop.abort(); // what is read ahead for nobody
  }
}

async function* chunksOf(archive: AgcArchive, sample: string, options: FastaOptions, signal: AbortSignal): AsyncGenerator<Bytes> {
  const { lineBases, header = (contig: ContigInfo) => contig.name } = options;
  const all = await archive.contigs(sample, { signal });
  const contigs = options.contigs?.map((index) => all[index] ?? missing(sample, index)) ?? all;
  const name = encodeName(sample);
  const lines = new LineBreaker(lineBases);
  const batches = batchesOf(piecesOf(contigs, options.range));
  let coming = prepare(archive, name, batches.next().value, signal);
  for (let batch = await coming; batch; batch = await coming) {
    coming = prepare(archive, name, batches.next().value, signal);
    coming.catch(() => {}); // reported when it is waited for
    const out: Bytes[] = [];
    for (const { piece, bases: atHand } of batch.pieces) {
      signal?.throwIfAborted();
      if (piece.first) out.push(headerLine(header(piece.contig)));
      if (piece.end > piece.start) {
        out.push(lines.push(atHand ?? (await archive.ask(question(name, piece), signal, batch.shelf))));
      }
      if (piece.last) out.push(lines.finish());
    }
    yield joined(out);
  }
}

/** Plans a batch and fetches what the plans need, all in one round. */
async function prepare(archive: AgcArchive, name: Bytes, pieces: Piece[] | void, signal: AbortSignal): Promise<Batch | undefined> {
  if (!pieces) return undefined;
  const batch: Batch = { pieces: [], shelf: undefined };
  const need: Range[] = [];
  for (const piece of pieces) {
    const step = piece.end > piece.start ? archive.plan(question(name, piece)) : { need: [] };
    if ('need' in step) need.push(...step.need);
    batch.pieces.push('done' in step ? { piece, bases: step.done } : { piece });
  }
  if (need.length) batch.shelf = await archive.readAhead(need, signal);
  return batch;
}

function question(name: Bytes, { contig, start, end }: Piece) {
  return (reader: Reader) => reader.bases(name, contig.index, start, end);
}

function* piecesOf(contigs: Iterable<ContigInfo>, range?: Range): Generator<Piece> {
  for (const contig of contigs) {
    const end = Math.min(range?.end ?? Infinity, contig.lengthBases);
    let start = Math.min(range?.start ?? 0, end);
    for (let first = true; ; first = false) {
      const stop = Math.min(start + BATCH_BASES, end);
      yield { contig, start, end: stop, first, last: stop === end };
      if (stop === end) break;
      start = stop;
    }
  }
}

function* batchesOf(pieces: Iterable<Piece>): Generator<Piece[]> {
  let batch: Piece[] = [];
  let bases = 0;
  for (const piece of pieces) {
    const length = piece.end - piece.start;
    if (batch.length && (bases + length > BATCH_BASES || batch.length >= BATCH_PIECES_MAX)) {
      yield batch;
      batch = [];
      bases = 0;
    }
    batch.push(piece);
    bases += length;
  }
  if (batch.length) yield batch;
}

function joined(chunks: readonly Bytes[]): Bytes {
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

function missing(sample: string, index: number): never {
  throw new AgcError('not-found', `The sample ${sample} has no contig number ${index + 1}.`);
}
