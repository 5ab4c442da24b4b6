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
  /** Bytes of the file, where the server does not tell. */
  size?: number;
  /** Requests in flight at a time, 16 at most. */
  maxConcurrency?: number;
  /** Ranges closer than this many bytes are fetched as one. */
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

/** What every error of this package is; its message says what happened and what to do about it. */
export class AgcError extends Error {}
/** The bytes are no archive, or a damaged one. */
export class AgcFormatError extends AgcError {}
/** A sound archive of a kind that this reader does not know. */
export class UnsupportedVersionError extends AgcError {}
/** More memory needed than is allowed. */
export class LimitError extends AgcError {}
/** No such sample or contig. */
export class NotFoundError extends AgcError {
  readonly kind: 'sample' | 'contig';
  /** Names that are near. */
  readonly candidates: readonly string[];
}
/** A name that fits several contigs. */
export class AmbiguousContigError extends AgcError {
  /** The samples that have such a contig; one of them alone has several. */
  readonly samples: readonly string[];
}
/** A source that is not HTTP failed, or gave other bytes than it was asked for. */
export class SourceError extends AgcError {}
/** The server answered with an error, with other bytes than it was asked for, or not at all (no `status`). */
export class HttpError extends AgcError {
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
