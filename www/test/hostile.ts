// A server that misbehaves on demand. Each path is one way; `/good` is none.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** The file served: 200 000 bytes of which each tells its place. */
export const FILE = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);

interface Asked {
  start: number;
  end: number;
  /** Requests for this path before this one. */
  nth: number;
}

type Way = (response: ServerResponse, asked: Asked, request: IncomingMessage) => void;

export interface Hostile {
  url(path: string): string;
  /** Requests made so far, as `GET /path bytes=0-9`. */
  log: string[];
  /** Requests whose answer is still on its way. */
  inProgress(): number;
  /** Most requests in progress at one time. */
  peak(): number;
  close(): Promise<void>;
}

export async function startHostile(): Promise<Hostile> {
  const log: string[] = [];
  const seen = new Map<string, number>();
  let now = 0;
  let peak = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const nth = seen.get(path) ?? 0;
    seen.set(path, nth + 1);
    log.push(`${request.method} ${path} ${request.headers.range ?? ''}`.trim());
    peak = Math.max(peak, ++now);
    response.on('close', () => now--);
    const way = WAYS[path.slice(1).split('?')[0] ?? ''];
    if (!way || !range) response.writeHead(way ? 400 : 404).end();
    else way(response, { start: Number(range[1]), end: Number(range[2]) + 1, nth }, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (path) => `http://127.0.0.1:${port}/${path}`,
    log,
    inProgress: () => now,
    peak: () => peak,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const SMALL = FILE.subarray(0, 5000);

function part(response: ServerResponse, { start, end }: Asked, { file = FILE, headers = {} }: { file?: Uint8Array; headers?: Record<string, string> } = {}): void {
  const last = Math.min(end, file.length);
  if (start >= file.length) return void response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
  const body = file.subarray(start, last);
  response.writeHead(206, {
    'content-range': `bytes ${start}-${last - 1}/${file.length}`,
    'content-length': String(body.length),
    etag: '"one"',
    ...headers,
  });
  response.end(body);
}

/** A whole file without end: whoever downloads it never finishes. */
function endless(response: ServerResponse, headers: Record<string, string> = {}): void {
  response.writeHead(200, headers);
  const chunk = Buffer.alloc(64 * 1024);
  const pour = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', pour);
  pour();
}

const WAYS: Record<string, Way> = {
  good: (response, asked) => part(response, asked),
  small: (response, asked) => part(response, asked, { file: SMALL }),
  'whole-file': (response) => endless(response),
  'whole-file-with-length': (response) => endless(response, { 'content-length': '9000000000' }),
  'whole-small-file': (response) => response.writeHead(200, { 'content-length': String(SMALL.length) }).end(SMALL),
  'whole-file-later': (response, asked) => (asked.nth === 0 ? part(response, asked) : endless(response, { etag: '"one"' })),
  'new-file-whole': (response, asked) => (asked.nth === 0 ? part(response, asked) : endless(response, { etag: '"two"', 'content-length': '200000' })),
  'strict-416': (response, asked) => {
    if (asked.end <= SMALL.length) part(response, asked, { file: SMALL });
    else response.writeHead(416, { 'content-range': `bytes */${SMALL.length}` }).end();
  },
  'silent-416': (response) => void response.writeHead(416).end(),
  'later-416': (response, asked) => (asked.nth === 0 ? part(response, asked) : response.writeHead(416, { 'content-range': 'bytes */100' }).end()),
  empty: (response) => void response.writeHead(416, { 'content-range': 'bytes */0' }).end(),
  'empty-200': (response) => void response.writeHead(200, { 'content-length': '0' }).end(),
  missing: (response) => void response.writeHead(404).end('<html>not here</html>'),
  forbidden: (response) => void response.writeHead(403).end(),
  broken: (response) => void response.writeHead(503).end(),
  'no-content-range': (response, { start, end }) => void response.writeHead(206).end(FILE.subarray(start, end)),
  'size-hidden': (response, { start, end }) => void response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/*` }).end(FILE.subarray(start, end)),
  gzipped: (response, { start, end }) => {
    const body = gzipSync(FILE.subarray(start, end));
    response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${FILE.length}`, 'content-encoding': 'gzip', 'content-length': String(body.length) }).end(body);
  },
  'gzipped-later': (response, asked) => {
    if (asked.nth === 0) return part(response, asked);
    const body = gzipSync(FILE.subarray(asked.start, asked.end));
    response.writeHead(206, { 'content-range': `bytes ${asked.start}-${asked.end - 1}/${FILE.length}`, 'content-encoding': 'gzip' }).end(body);
  },
  short: (response, { start, end }) => void response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${FILE.length}` }).end(FILE.subarray(start, end - 7)),
  cut: (response, { start, end, nth }) => {
    const headers = { 'content-range': `bytes ${start}-${end - 1}/${FILE.length}`, 'content-length': String(end - start) };
    response.writeHead(206, headers);
    if (nth === 0) return void response.end(FILE.subarray(start, end));
    response.write(FILE.subarray(start, start + 100), () => response.destroy());
  },
  'too-long': (response, { start, end }) => {
    response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${FILE.length}` });
    const pour = () => {
      while (!response.destroyed && response.write(FILE));
    };
    response.on('drain', pour);
    pour();
  },
  'other-part': (response, { start, end, nth }) => part(response, nth === 0 ? { start, end, nth } : { start: start - 10, end: end - 10, nth }),
  'new-etag': (response, asked) => part(response, asked, { headers: { etag: `"${asked.nth}"` } }),
  'weak-etag': (response, asked) => part(response, asked, { headers: { etag: `W/"${asked.nth}"` } }),
  'new-date': (response, asked) => part(response, asked, { headers: { etag: '', 'last-modified': `Mon, 0${asked.nth + 1} Jun 2026 00:00:00 GMT` } }),
  'new-size': (response, asked) => part(response, asked, { file: asked.nth === 0 ? FILE : FILE.subarray(0, 199_000), headers: { etag: '' } }),
  moved: (response) => void response.writeHead(302, { location: '/good' }).end(),
  slow: (response, asked) => void setTimeout(() => part(response, asked), 30),
  silent: (response, asked) => void (asked.nth === 0 && part(response, asked)),
  stalled: (response, asked) => {
    if (asked.nth === 0) return part(response, asked);
    response.writeHead(206, { 'content-range': `bytes ${asked.start}-${asked.end - 1}/${FILE.length}` });
    response.write(FILE.subarray(asked.start, asked.start + 10));
  },
};
