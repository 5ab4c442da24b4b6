// Every error a reader of archives can meet, each a sentence that says what happened and what to do about it.

/** What went wrong, in one word, for programs. */
export type ErrorKind =
  | 'not-an-archive' // the bytes break the format
  | 'unsupported' // a sound archive of a kind this reader does not know
  | 'limit' // more memory asked than allowed
  | 'not-found' // no such sample or contig
  | 'misuse' // a question that cannot be asked
  | 'network' // nothing came back: offline, wrong host, or CORS
  | 'http' // the server answered with an error status
  | 'range-unsupported' // the server sends whole files only
  | 'size-unknown' // the server hides Content-Range
  | 'content-encoded' // the server compresses what it sends
  | 'wrong-length' // fewer or more bytes than asked for
  | 'file-changed' // not the file it was a moment ago
  | 'file-unreadable' // a local file that cannot be read (any more)
  | 'internal'; // a bug of ours

/** The one error class; `kind` tells programs what `message` tells people. */
export class AgcError extends Error {
  readonly kind: ErrorKind;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;

  constructor(kind: ErrorKind, message: string, status?: number) {
    super(message);
    this.name = 'AgcError';
    this.kind = kind;
    this.status = status;
  }
}

/** True for the error of a question that was cancelled by its asker. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

export function rangeUnsupported(url: string): AgcError {
  return new AgcError(
    'range-unsupported',
    `${hostOf(url)} sends the whole file when asked for a part of it, so the archive cannot be read in place. ` +
      'Put it on a host that answers range requests (nginx, Apache, S3 and GitHub Pages do), ' +
      'or download it and open the file here.',
    200,
  );
}

export function httpFailure(url: string, status: number): AgcError {
  const advice =
    status === 404 || status === 410
      ? `There is no file at ${url} (HTTP ${status}). Check the address.`
      : status === 401 || status === 403
        ? `${hostOf(url)} refuses to hand out ${url} (HTTP ${status}). Check the address, or ask its owner for access.`
        : status >= 500
          ? `${hostOf(url)} failed to answer for ${url} (HTTP ${status}). Try again in a while.`
          : `${hostOf(url)} answered ${url} with HTTP ${status}. Check the address.`;
  return new AgcError('http', advice, status);
}

export function unreachable(url: string): AgcError {
  const mixed = globalThis.location?.protocol === 'https:' && url.startsWith('http:');
  return new AgcError(
    'network',
    mixed
      ? `Browsers do not let a page served by https read ${url}. Use the https address of the archive.`
      : `${url} could not be reached. The network may be down, the host name wrong, or the host may not let pages of ` +
        'other sites read it; its owner can allow that with the headers "Access-Control-Allow-Origin: *" and ' +
        '"Access-Control-Expose-Headers: Content-Range, ETag".',
  );
}

export function sizeUnknown(url: string): AgcError {
  return new AgcError(
    'size-unknown',
    `${hostOf(url)} does not tell this page how large the archive is. Its owner can allow that with the header ` +
      '"Access-Control-Expose-Headers: Content-Range, ETag".',
  );
}

export function contentEncoded(url: string, encoding: string): AgcError {
  return new AgcError(
    'content-encoded',
    `${hostOf(url)} compresses the archive on its way (Content-Encoding: ${encoding}), so parts of it cannot be found. ` +
      'Switch compression off for this file, or give it a name servers leave alone, such as x.agc.gz.',
  );
}

export function wrongLength(url: string, got: number, wanted: number): AgcError {
  return new AgcError(
    'wrong-length',
    `${hostOf(url)} sent ${got < wanted ? `only ${got}` : 'more'} of the ${wanted} bytes asked for. The connection ` +
      'may have been cut, or the server may compress what it sends. Try again; if it stays, open a downloaded copy.',
  );
}

export function fileChanged(name: string): AgcError {
  return new AgcError('file-changed', `${name} changed while it was being read. Open it again.`);
}

export function fileUnreadable(name: string): AgcError {
  return new AgcError(
    'file-unreadable',
    `${name} cannot be read. It may have been changed, moved or removed since it was chosen. Choose it again.`,
  );
}

export function emptyFile(name: string): AgcError {
  return new AgcError('not-an-archive', `${name} is empty. If it is a download, fetch it again.`);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'The server';
}
