// Every error a reader of archives can meet, each a sentence that says what happened and what to do about it.

import type { Range } from './ranges.ts';

/** The class of all of them. `details` become properties; they cross to the page and back as they are. */
export class AgcError extends Error {
  override readonly name: string = 'AgcError';

  constructor(message: string, details: object = {}) {
    super(message);
    Object.assign(this, details);
  }
}

/** The bytes are no archive, or a damaged one. */
export class AgcFormatError extends AgcError {
  override readonly name = 'AgcFormatError';
}

/** A sound archive of a kind that this reader does not know. */
export class UnsupportedVersionError extends AgcError {
  override readonly name = 'UnsupportedVersionError';
}

/** More memory needed than is allowed. */
export class LimitError extends AgcError {
  override readonly name = 'LimitError';
}

/** No such sample or contig. */
export class NotFoundError extends AgcError {
  override readonly name = 'NotFoundError';
  declare readonly kind: 'sample' | 'contig';
  declare readonly candidates: readonly string[];

  constructor(message: string, details: { kind: 'sample' | 'contig'; candidates: readonly string[] }) {
    super(message, details);
  }
}

/** A name that fits several contigs. */
export class AmbiguousContigError extends AgcError {
  override readonly name = 'AmbiguousContigError';
  declare readonly samples: readonly string[];

  constructor(message: string, details: { samples: readonly string[] }) {
    super(message, details);
  }
}

/** The reader found no contig or sample, or several: which error that is, and with which names, `Directory` tells. */
export class UnresolvedError extends AgcError {}

/** The index beside an archive is not of this archive. */
export class StaleIndexError extends AgcError {
  override readonly name = 'StaleIndexError';
}

/** A source that is not HTTP failed, or gave other bytes than it was asked for. */
export class SourceError extends AgcError {
  override readonly name = 'SourceError';
}

/** The server answered with an error, with other bytes than it was asked for, or not at all (no `status`). */
export class HttpError extends AgcError {
  override readonly name: string = 'HttpError';
  declare readonly url: string;
  declare readonly status: number | undefined;

  constructor(message: string, details: { url: string; status?: number }) {
    super(message, details);
  }
}

/** No answer that may be seen came; why, browsers do not tell. */
export class UnreachableError extends HttpError {}

/** The server sends whole files only. */
export class RangeNotSupportedError extends HttpError {
  override readonly name = 'RangeNotSupportedError';
  declare readonly size: number | undefined;

  constructor(message: string, details: { url: string; status?: number; size?: number | undefined }) {
    super(message, details);
  }
}

/** The server compresses what it sends. */
export class ContentEncodedError extends HttpError {
  override readonly name = 'ContentEncodedError';
}

/** Nobody says how long the file is. */
export class SizeUnknownError extends AgcError {
  override readonly name = 'SizeUnknownError';
}

/** Not the file that it was a moment ago. */
export class FileChangedError extends AgcError {
  override readonly name = 'FileChangedError';
}

/** True for the error of a question that was cancelled by its asker. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** `size` of the whole file, if the server tells. */
export function rangeUnsupported(url: string, size?: number): AgcError {
  return new RangeNotSupportedError(
    `${hostOf(url)} sends the whole file when asked for a part of it, so the archive cannot be read in place. ` +
      'Put it on a host that answers range requests (nginx, Apache, S3 and GitHub Pages do), ' +
      'or download it and open the file here. (Programs can allow the download: allowFullDownload.)',
    { url, status: 200, size },
  );
}

export function httpFailure(url: string, status: number): AgcError {
  const advice =
    status === 404 || status === 410
      ? `There is no file at ${url} (HTTP ${status}). Check the address.`
      : status === 401 || status === 403
        ? `${hostOf(url)} refuses to hand out ${url} (HTTP ${status}). Check the address, or ask its owner for access.`
        : status === 429
          ? `${hostOf(url)} was asked too often (HTTP 429). Try again in a while.`
          : status >= 500
            ? `${hostOf(url)} failed to answer for ${url} (HTTP ${status}). Try again in a while.`
            : `${hostOf(url)} answered ${url} with HTTP ${status}. Check the address.`;
  return new HttpError(advice, { url, status });
}

export function webPage(url: string, status: number): AgcError {
  return new HttpError(`${hostOf(url)} sent a web page for ${url}, not an archive. Check the address, and whether one must log in there.`, { url, status });
}

export function unreachable(url: string): AgcError {
  const mixed = globalThis.location?.protocol === 'https:' && url.startsWith('http:');
  return new UnreachableError(
    mixed
      ? `Browsers do not let a page served by https read ${url}. Use the https address of the archive.`
      : `${url} could not be reached. The network may be down, the host name wrong, or the host may not let pages of ` +
        'other sites read it; its owner can allow that with the headers "Access-Control-Allow-Origin: *" and ' +
        '"Access-Control-Expose-Headers: Content-Range, ETag".',
    { url },
  );
}

export function cutOff(url: string, status: number): AgcError {
  return new HttpError(
    `The connection to ${hostOf(url)} broke off again and again, or the server compresses what it sends. Try again; ` +
      'if it stays, open a downloaded copy.',
    { url, status },
  );
}

export function silent(url: string, ms: number): AgcError {
  return new HttpError(`${hostOf(url)} sent nothing for ${Math.round(ms / 1000)} seconds. Try again in a while.`, { url });
}

export function sizeUnknown(url: string): AgcError {
  return new SizeUnknownError(
    `${hostOf(url)} does not tell this page how large the archive is. Its owner can allow that with the header ` +
      '"Access-Control-Expose-Headers: Content-Range, ETag".',
  );
}

/** `encoding` as the server names it; where that is hidden, the signs leave little doubt. */
export function contentEncoded(url: string, encoding?: string): AgcError {
  const compresses = encoding ? `compresses the archive on its way (Content-Encoding: ${encoding})` : 'compresses the archive on its way, it seems';
  return new ContentEncodedError(
    `${hostOf(url)} ${compresses}, so parts of it ` +
      'cannot be found. Switch compression off for this file, or give it a name servers leave alone, such as x.agc.gz.',
    { url },
  );
}

export function otherRange(url: string, asked: Range, got: Range): AgcError {
  const said = ({ start, end }: Range) => `${start} to ${end}`;
  return new HttpError(`${hostOf(url)} was asked for the bytes ${said(asked)} and sent ${said(got)}. Open a downloaded copy.`, { url, status: 206 });
}

export function wrongLength(url: string, status: number, got: number, wanted: number): AgcError {
  return new HttpError(
    `${hostOf(url)} sent ${got < wanted ? `only ${got}` : 'more'} of the ${wanted} bytes asked for. The connection ` +
      'may have been cut, or the server may compress what it sends. Try again; if it stays, open a downloaded copy.',
    { url, status },
  );
}

export function fileChanged(name: string): AgcError {
  return new FileChangedError(`${name} changed while it was being read. Open it again.`);
}

/** `told` by the caller. */
export function otherSize(url: string, told: number, size: number): AgcError {
  return new FileChangedError(`${url} has ${size} bytes, not ${told} as the source was told. It may have changed since then. Open it again, without the size.`);
}

export function fileUnreadable(name: string): AgcError {
  return new SourceError(
    `${name} cannot be read. It may have been changed, moved or removed since it was chosen. Choose it again.`,
  );
}

export function emptyFile(name: string): AgcError {
  return new AgcFormatError(`${name} is empty. If it is a download, fetch it again.`);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'The server';
}
