// What the headers of an answer say about the file.

/** What tells one version of a file from another; what is not known is left out. */
export interface Version {
  sizeBytes?: number | undefined;
  etag?: string | undefined;
  modified?: string | undefined;
}

export function versionOf(response: Response, sizeBytes?: number): Version {
  const etag = header(response, 'etag');
  // Weak tags are made up by proxies that compress; they come and go.
  return { sizeBytes, etag: etag?.startsWith('W/') ? undefined : etag, modified: header(response, 'last-modified') };
}

/** Same size and same strong ETag; the date decides only where there is no ETag. */
export function sameFile(a: Version, b: Version): boolean {
  const agree = (key: keyof Version) => (a[key] === undefined || b[key] === undefined ? undefined : a[key] === b[key]);
  return agree('sizeBytes') !== false && (agree('etag') ?? agree('modified') ?? true);
}

/** The range that came, half-open, and the size of the whole file. Hidden from pages of other sites if not exposed. */
export function contentRange(response: Response): { start: number; end: number; sizeBytes: number | undefined } | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header(response, 'content-range') ?? '');
  if (!match) return undefined;
  const [start, end, size] = [Number(match[1]), Number(match[2]) + 1, Number(match[3])];
  return start < end && !(end > size) ? { start, end, sizeBytes: match[3] === '*' ? undefined : size } : undefined;
}

/** The size of the file as told with a 416. */
export function sizeRefused(response: Response): number | undefined {
  const match = /^bytes \*\/(\d+)$/.exec(header(response, 'content-range') ?? '');
  return match ? Number(match[1]) : undefined;
}

/** Bytes of the body on its way. */
export function contentLength(response: Response): number | undefined {
  const length = header(response, 'content-length');
  return length && /^\d+$/.test(length) ? Number(length) : undefined;
}

/** How the body is compressed on its way, if it says so. */
export function encodingOf(response: Response): string | undefined {
  const encoding = header(response, 'content-encoding')?.toLowerCase();
  return encoding === 'identity' ? undefined : encoding;
}

/** True for a web page in place of the archive: hosts that answer every address so, and walls to log in. */
export function isWebPage(response: Response): boolean {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(header(response, 'content-type') ?? '');
}

/** Milliseconds to wait before asking again, as the server wishes: told in seconds, or as a date. */
export function retryAfterMs(response: Response, now = Date.now()): number | undefined {
  const after = header(response, 'retry-after');
  if (!after) return undefined;
  const ms = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function header(response: Response, name: string): string | undefined {
  return response.headers.get(name)?.trim() || undefined;
}
