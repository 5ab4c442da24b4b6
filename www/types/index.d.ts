// The types of the package, written by hand: the sources import the interfaces from here, and `test/types.ts` holds
// the classes and functions against these declarations. Positions are 0-based, ranges half-open.

/** A part of a file: `length` bytes from `offset` on. */
export interface ByteRange {
  offset: number;
  length: number;
}

/** Requests made, and bytes that came with them. */
export interface Traffic {
  requests: number;
  bytes: number;
}

export interface Abortable {
  signal?: AbortSignal | undefined;
}

/**
 * Where the bytes of a file come from. Only `read` has to be there, and `size` for an archive without an index: its
 * footer is at its end.
 */
export interface ByteSource {
  /** Names the file in messages: an address or a file name. */
  readonly key: string;
  /** `length` bytes from `offset` on; fewer only where the file ends. */
  read(offset: number, length: number, options?: Abortable): Promise<Uint8Array>;
  /** Several ranges at once, in the order asked. Without it near ranges are merged, and `read` is called for each. */
  readRanges?(ranges: readonly ByteRange[], options?: Abortable): Promise<Uint8Array[]>;
  /** Bytes of the file. */
  size?(options?: Abortable): Promise<number>;
  /** Kept by sources that know better than their caller what a read cost. */
  readonly traffic?: Readonly<Traffic>;
}

/** The part of a `GenericFilehandle` of generic-filehandle2 that is used here. */
export interface FilehandleLike {
  read(length: number, position: number, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
  stat(): Promise<{ size: number }>;
}

export interface HttpOptions {
  /** Used instead of the global `fetch`; the bytes are then read where the archive was opened, not in its worker. */
  fetch?: typeof fetch;
  /** Sent with every request, for example an authorisation. Costs a CORS preflight on other hosts. */
  headers?: Record<string, string>;
  credentials?: RequestCredentials;
  /** Bytes of the file: saves the first request, and is needed where the server does not tell them. */
  size?: number;
  /** Requests in flight at a time, 16 at most. */
  maxConcurrency?: number;
  /**
   * Ranges further apart than this many bytes are never fetched as one; 32 KiB if absent. Of nearer ones those are that
   * bring the fewest bytes between them: in all an eighth of the bytes needed, or 16 KiB.
   */
  coalesceGap?: number;
  /** Take the whole file where the server answers no ranges: always, or up to so many bytes. */
  allowFullDownload?: boolean | number;
}

/** A file at an address, read by HTTP range requests. */
export function httpSource(url: string | URL, options?: HttpOptions): ByteSource;
/** A File or Blob. */
export function blobSource(blob: Blob): ByteSource;
/** A handle of generic-filehandle2. */
export function filehandleSource(handle: FilehandleLike): ByteSource;

/** Anything an archive can be opened from. */
export type ArchiveSource = string | URL | Blob | ByteSource | FilehandleLike;

/** The wasm module: its bytes, itself, or where to fetch it. */
export type WasmSource = string | URL | BufferSource | WebAssembly.Module;

export interface OpenOptions extends Abortable {
  /** The index beside the archive (`x.agc.ragi`). If absent, that in the archive is used, if there is one; `false`: none. */
  index?: ArchiveSource | false;
  /** Bytes of decoded sequence kept for later questions; 32 MiB if absent. */
  cacheBytes?: number;
  /** `ragc.wasm`, where it is not beside the package's scripts. */
  wasm?: WasmSource;
  /**
   * Whether a worker decodes: on pages it does if absent, elsewhere (workers, Node) decoding is done in place. A Worker
   * made from `ragc/worker` is taken over: it ends with the archive.
   */
  worker?: boolean | Worker;
  /** Called after every round of requests. */
  onStats?: (stats: AgcStats) => void;
}

/** What an archive says about itself. */
export interface AgcInfo {
  /** The address or file name it was opened from. */
  key: string;
  /** Bytes of the file. */
  size: number;
  /** Of the file format, as `3.0`. */
  version: string;
  /** Whether an index is used: that in the archive, or one beside it. One in it may be of another version, or stale. */
  index: 'none' | 'embedded' | 'beside' | 'stale' | 'unknown';
  /** The program that made it. */
  producer: string | undefined;
  /** Length of the k-mers at which contigs were cut. */
  k: number;
  minMatch: number;
  /** Bases of a segment, about; 0 in archives of version 1, which do not tell. */
  segmentSize: number;
  /** Samples whose tables lie together. */
  batchSize: number;
  sampleCount: number;
  groupCount: number;
  streamCount: number;
  /** The first sample, which the others were compressed against. */
  reference: string | undefined;
  /** The commands that made it; archives of version 3 do not tell. */
  commandLines: readonly string[];
  /** Keys and values that the writer left, `producer` among them. */
  fileTypeInfo: Readonly<Record<string, string>>;
}

export interface AgcStats {
  /** Requests made, or reads of a source that is not HTTP. */
  requests: number;
  /** Sets of requests made together; one follows another. */
  rounds: number;
  bytesFetched: number;
  /** References and packs of segments that were still there, decoded, when they were needed. */
  cacheHits: number;
  segmentsDecoded: number;
}

/** A sample, and what its contigs add up to. */
export interface SampleRow {
  name: string;
  contigCount: number;
  /** Of all its contigs. */
  bases: number;
}

export interface Contig {
  /** Place in the sample, from 0; names may repeat within a sample. */
  index: number;
  /** The header up to its first blank. */
  name: string;
  /** The whole FASTA header line. */
  header: string;
  /** In bases. */
  length: number;
}

/** Where a contig was found. */
export interface ContigPlace {
  sample: string;
  /** The name it was asked for by. */
  contig: string;
  /** Its place in the sample. */
  index: number;
}

/** A contig by its whole header, or by its name, or by its place in the sample. */
export type ContigKey = string | number;

/** Bases `start` to `end` of a contig; an `end` past the contig is cut to its length. */
export interface Region {
  /** Without it, the only sample that has such a contig; the contig names of the whole archive are then read. */
  sample?: string | null | undefined;
  contig: ContigKey;
  /** 0 if absent. */
  start?: number | undefined;
  /** The contig's length if absent. */
  end?: number | undefined;
  reverseComplement?: boolean | undefined;
}

export interface SequencesOptions extends Abortable {
  /** As text (if absent), or as ASCII bytes. */
  as?: 'string' | 'bytes';
}

export interface SequenceOptions extends SequencesOptions {
  reverseComplement?: boolean;
}

/** A record of FASTA: a range of a contig, under a name of its own. */
export interface FastaRecord {
  contig: ContigKey;
  start?: number;
  end?: number;
  /** What follows `>`; the contig's header if absent. */
  name?: string;
}

export interface StreamOptions extends Abortable {
  /** The records wanted, in the order wanted; every contig if absent. */
  contigs?: readonly (ContigKey | FastaRecord)[];
  /** Bases of a line, 80 if absent; 0 for one line a record. */
  lineWidth?: number;
}

export interface FastaOptions extends Abortable {
  /**
   * What contigs are called in the index: their names (if absent), their whole headers, or `sample#name` unless the
   * name starts so by itself. Of contigs of one name the first is listed, as samtools does it.
   */
  names?: 'first-token' | 'full' | 'pansn';
}

/** A file that is decoded as it is read; viewers that take a File take it. */
export interface VirtualFile {
  readonly name: string;
  readonly size: number;
  slice(start?: number, end?: number): VirtualFile;
  arrayBuffer(options?: Abortable): Promise<ArrayBuffer>;
  text(options?: Abortable): Promise<string>;
  /** Its name, as it is nothing that could be saved. */
  toJSON(): string;
}

/** The same file for those who take a `GenericFilehandle` of generic-filehandle2. */
export interface VirtualFilehandle {
  /** Short or empty where the file ends. */
  read(length: number, position: number, options?: Abortable): Promise<Uint8Array<ArrayBuffer>>;
  readFile(options?: Abortable & { encoding?: undefined }): Promise<Uint8Array<ArrayBuffer>>;
  readFile(options: 'utf8' | (Abortable & { encoding: 'utf8' })): Promise<string>;
  stat(): Promise<{ size: number }>;
  close(): Promise<void>;
}

/** A sample as FASTA of 80 bases a line, and its `.fai` index. */
export interface VirtualFasta {
  file: VirtualFile;
  faiFile: VirtualFile;
  handle: VirtualFilehandle;
  faiHandle: VirtualFilehandle;
}

/** The methods of `IndexedFasta` of @gmod/indexedfasta, for one sample. */
export interface IndexedFastaLike {
  getSequenceNames(options?: Abortable): Promise<string[]>;
  getSequenceSizes(options?: Abortable): Promise<Record<string, number>>;
  getSequenceSize(name: string, options?: Abortable): Promise<number | undefined>;
  hasReferenceSequence(name: string, options?: Abortable): Promise<boolean>;
  /** `undefined` for a contig that is not there; a range is cut to the contig. */
  getSequence(name: string, min?: number, max?: number, options?: Abortable): Promise<string | undefined>;
}

/** An archive and the questions it answers. Questions may be asked at the same time, and each can be aborted. */
export class AgcArchive {
  private constructor();
  /** Opens an archive: at most four rounds of requests. */
  static open(source: ArchiveSource, options?: OpenOptions): Promise<AgcArchive>;
  readonly info: AgcInfo;
  readonly stats: AgcStats;
  /** Names of samples in the archive's order: all, or `count` of them from number `from` on. */
  samples(options?: Abortable & { from?: number; count?: number }): Promise<string[]>;
  /**
   * The same with what their contigs add up to. With an index it takes a round at most; without one the tables of all these
   * samples are read.
   */
  sampleRows(options?: Abortable & { from?: number; count?: number }): Promise<SampleRow[]>;
  /** The contigs of a sample, in their order. */
  contigs(sample: string, options?: Abortable): Promise<Contig[]>;
  /** Where contigs of this name are: in each sample those of that header, else those of that name. */
  locate(contig: string, options?: Abortable): Promise<ContigPlace[]>;
  /**
   * The letters of a contig from `start` to `end`. A start past the contig's end is a `RangeError`, an end past it is cut.
   * With `null` for the sample, the contig must be in one sample only.
   */
  sequence(sample: string | null, contig: ContigKey, start: number | undefined, end: number | undefined, options: SequenceOptions & { as: 'bytes' }): Promise<Uint8Array<ArrayBuffer>>;
  sequence(sample: string | null, contig: ContigKey, start?: number, end?: number, options?: SequenceOptions & { as?: 'string' }): Promise<string>;
  /** Several regions, planned and fetched together, in the order asked. */
  sequences(regions: readonly Region[], options: SequencesOptions & { as: 'bytes' }): Promise<Uint8Array<ArrayBuffer>[]>;
  sequences(regions: readonly Region[], options?: SequencesOptions & { as?: 'string' }): Promise<string[]>;
  /** A sample as FASTA, decoded as it is read, in memory that does not depend on its length. */
  stream(sample: string, options?: StreamOptions): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** A sample as files for viewers. */
  fasta(sample: string, options?: FastaOptions): Promise<VirtualFasta>;
  /** A sample with the methods of `IndexedFasta` of @gmod/indexedfasta. */
  indexedFasta(sample: string, options?: Pick<FastaOptions, 'names'>): IndexedFastaLike;
  /** Ends the worker and frees its memory. Questions asked later fail. */
  close(): void;
}

/** What every error of this package is; its message says what happened and what to do about it. */
export class AgcError extends Error {
  constructor(message: string, details?: object);
}
/** The bytes are no archive, or a damaged one. */
export class AgcFormatError extends AgcError {}
/** A sound archive of a kind that this reader does not know. */
export class UnsupportedVersionError extends AgcError {}
/** More memory needed than is allowed. */
export class LimitError extends AgcError {}
/** No such sample or contig. */
export class NotFoundError extends AgcError {
  constructor(message: string, details: { kind: 'sample' | 'contig'; candidates: readonly string[] });
  readonly kind: 'sample' | 'contig';
  /** Names that are near. */
  readonly candidates: readonly string[];
}
/** A name that fits several contigs. */
export class AmbiguousContigError extends AgcError {
  constructor(message: string, details: { samples: readonly string[] });
  /** The samples that have such a contig, some of them; a single one has several itself. */
  readonly samples: readonly string[];
}
/** The index beside an archive is not of this archive as it is now; `ragc index` makes it anew. */
export class StaleIndexError extends AgcError {}
/** A source that is not HTTP failed, or gave other bytes than it was asked for. */
export class SourceError extends AgcError {}
/** The server answered with an error, with other bytes than it was asked for, or not at all (no `status`). */
export class HttpError extends AgcError {
  constructor(message: string, details: { url: string; status?: number });
  readonly url: string;
  readonly status: number | undefined;
}
/** The server sends whole files only. */
export class RangeNotSupportedError extends HttpError {
  /** Bytes of the file, if the server tells. */
  readonly size: number | undefined;
}
/** The server compresses what it sends. */
export class ContentEncodedError extends HttpError {}
/** Nobody says how long the file is. */
export class SizeUnknownError extends AgcError {}
/** Not the file that it was a moment ago. */
export class FileChangedError extends AgcError {}

/** True for the error of a question that its asker aborted. */
export function isAbort(error: unknown): boolean;
