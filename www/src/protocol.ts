// What the page and the worker say to each other. Each request has an id; its answers carry it back.

import type { ArchiveInfo, ContigInfo, Stats } from './archive.ts';
import type { ErrorKind } from './errors.ts';
import type { Bytes } from './ranges.ts';

/** Questions and their answers. */
export interface Calls {
  open: { ask: { from: string | Blob }; answer: { info: ArchiveInfo; samples: readonly string[] } };
  contigs: { ask: { sample: string }; answer: ContigInfo[] };
  locate: { ask: { contig: string }; answer: { sample: string; contig: number }[] };
  sequence: { ask: { sample: string; contig: number; start: number; end: number }; answer: Bytes };
  /** Starts a stream and answers with its id; `next` is then asked until it answers `undefined`. */
  fasta: { ask: FastaRequest; answer: number };
  next: { ask: { stream: number }; answer: Bytes | undefined };
}

export interface FastaRequest {
  sample: string;
  contigs?: number[];
  /** 0-based, half-open; the record is then named by `regionName`. */
  range?: { start: number; end: number };
  regionName?: string;
}

export type CallName = keyof Calls;

export type ToWorker =
  | { [Name in CallName]: { id: number; call: Name; ask: Calls[Name]['ask'] } }[CallName]
  | { cancel: number }
  | { endStream: number };

export type FromWorker =
  | { id: number; answer: unknown }
  | { id: number; error: { name: string; kind?: ErrorKind; message: string } }
  | { stats: Stats };
