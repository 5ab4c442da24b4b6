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
   * bring the fewest bytes between them: in all a twelfth of the bytes needed, or 16 KiB.
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

/**
 * What the tables tell of how a segment is stored, as numbers in {@link SampleSegments.kinds}:
 * `reference`, it equals the reference of its group; `delta`, it is stored as differences from that reference; `raw`, it is
 * stored as it is, without a reference (groups below 16); `founder`, it equals the reference, and no sample before has a
 * segment of the group: this sample brought it. That is told only if asked for, and else such segments are `reference`.
 */
export const SegmentKind: { readonly reference: 0; readonly delta: 1; readonly raw: 2; readonly founder: 3 };

/** The segments of contigs of a sample, contig after contig: a column for each thing there is to know of them. */
export interface SampleSegments {
  /** The contigs, by their places in the sample. */
  contigs: Uint32Array;
  /** Where the segments of each of these contigs end in the other columns. */
  ends: Uint32Array;
  /** The base of its contig that each begins with, from 0. */
  starts: Float64Array;
  /** Bases of each. The k bases that neighbours share are counted for the one before; so these sum up to the contig's length. */
  lengths: Uint32Array;
  /** The group of each. Those below 16 are raw. */
  groups: Uint32Array;
  /** Its number in the group: 0 is the reference, except in raw groups. Segments of one number are the same. */
  entries: Uint32Array;
  /** 1 for a segment that is stored as its reverse complement. */
  reversed: Uint8Array;
  /** Of {@link SegmentKind}. */
  kinds: Uint8Array;
}

/** A segment's part of a region, aligned to the reference of its group. */
export interface AlignedPiece {
  /** The segment's place in its contig. */
  segment: number;
  group: number;
  /** Its number in the group: 0 is the reference, except in raw groups. */
  entry: number;
  /** Whether it is stored as its reverse complement. */
  reversed: boolean;
  /** The bases of the contig that it gives. */
  start: number;
  end: number;
  /**
   * Where these come from, in the contig's order, two numbers for each run of them: how many they are, and with which base of
   * the reference they begin (from 0); -1 if they are spelled out, -2 if they are a run of N. Of a reversed segment, a run of
   * `n` bases from `at` on is the reverse complement of the reference's bases `at` to `at + n`; letters other than A, C, G and T
   * stay as they are there.
   */
  runs: Int32Array;
}

/** A stretch of a region beside its counterpart in another sample. */
export interface ComparedPiece {
  /** The bases of the region's contig. */
  start: number;
  end: number;
  bases: string;
  /** Their counterpart, if there is one; with `reverseComplement` it is the other strand that reads as the region does. */
  other?: { contig: number; name: string; start: number; end: number; reverseComplement: boolean };
  /** Its letters, as they read along the region. */
  otherBases: string;
  /**
   * How the letters of both go together: `=` the same, `X` different ones, `I` only in the other, `D` only in the region (an
   * extended CIGAR). Absent where they share no group: then nobody knows, and nothing is aligned.
   */
  cigar?: string;
}

/** A region beside its counterpart in another sample. */
export interface Comparison {
  sample: string;
  other: string;
  /** The contig's place in the sample. */
  contig: number;
  start: number;
  end: number;
  /** In the order of the region, all of it. */
  pieces: ComparedPiece[];
  /** Columns of the aligned pieces, by what they are. */
  matches: number;
  substitutions: number;
  inserted: number;
  deleted: number;
  /** Bases of the region, and of its counterpart, that are not aligned. */
  unaligned: number;
  otherUnaligned: number;
}

export interface SegmentsOptions extends Abortable {
  /** The contigs wanted, in the order wanted; all if absent. */
  contigs?: readonly ContigKey[];
  /**
   * Tell the segments by which this sample founded a group. The tables of all samples before it are then read, once for
   * the archive: `sizes` tells how many bytes they can take.
   */
  founders?: boolean;
  /**
   * Number groups as the index does, where there is one: enough to know which segments share a group and which are raw, and
   * less is read than for their own numbers.
   */
  ranks?: boolean;
}

/** What an archive holds, in bytes; all but `allTables` sum up to its size. */
export interface ArchiveSizes {
  /** References of groups. */
  references: number;
  /** Packs of deltas. */
  deltas: number;
  /** Packs of segments stored as they are. */
  raw: number;
  /** Everything else: names, contigs and segments of samples, digests, splitters. */
  tables: number;
  /** The index in the archive. */
  index: number;
  footer: number;
  /** What is read at most to know the segments of all samples: of the tables, or of the index instead. */
  allTables: number;
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
  reverseComplement?: boolean | undefined;
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
   * name starts so by itself. Of contigs of one name the first is listed and empty ones are not, as samtools does it.
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

/**
 * A sample as `reference` of igv.js. Its files are files where the types of igv.js have addresses, hence both.
 */
export interface IgvReference {
  /** The sample's name. */
  id: string;
  name: string;
  fastaURL: VirtualFile & string;
  indexURL: VirtualFile & string;
  /** Contigs with their sample's name before them and without, and `chr7` as `7`, so that tracks may use either. */
  aliasURL: VirtualFile & string;
  /** Where there are 2 to 60 contigs. */
  wholeGenomeView: boolean;
  /** What it was made of: sessions of igv.js keep these two, by which the reference is made again. */
  sample: string;
  names: NonNullable<FastaOptions['names']>;
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
  /** The segments of a sample's contigs, from the tables alone: no sequence is fetched. */
  segments(sample: string, options?: SegmentsOptions): Promise<SampleSegments>;
  /** What the archive holds, in bytes. */
  sizes(options?: Abortable): Promise<ArchiveSizes>;
  /**
   * Bytes of references and packs that each sample takes, in the archive's order, as `ragc listset --long` has them: an entry
   * counts for the first sample that has it, with an equal share of its part. The tables of all samples are read, once.
   */
  sampleBytes(options?: Abortable): Promise<Float64Array>;
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
  /** How a region is made from the references of groups. A start past the contig's end is a `RangeError`, an end past it is cut. */
  alignment(sample: string, contig: ContigKey, start?: number, end?: number, options?: Abortable): Promise<AlignedPiece[]>;
  /**
   * A region beside its counterpart in the sample `other`, which is found by the groups they share, and aligned by what
   * both have of the references of these groups. At most a million bases at a time: others are a `RangeError`.
   */
  compare(region: Pick<Region, 'contig' | 'start' | 'end'> & { sample: string }, other: string, options?: Abortable): Promise<Comparison>;
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

/**
 * What `igv.createBrowser({ reference })` and `browser.loadGenome(reference)` take to show a sample. Its contigs are read
 * here; a sample that is not there is a `NotFoundError`.
 */
export function igvReference(archive: AgcArchive, sample: string, options?: FastaOptions): Promise<IgvReference>;
