// The ways in which the hostile server answers. `good` is none of them.
//
// Some are those of hosts that tests cannot reach: GitHub Pages as Firefox asks it (`part-of-gzipped`); S3 without CORS
// headers to expose any (`good` with `cors=hidden`), by a presigned address (`head-forbidden`), asked too often
// (`broken-once`, `busy-a-second`), past the end (`later-416`); hosts that answer every address with their start page
// (`page-200`); proxies that compress (`gzipped`, `weak-etag`) or that fetch the whole file first (`whole`).

import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

import type { Asked, Way } from './hostile.ts';

type Headers = { [name: string]: string };

/** The part asked for, as it should be, but for `headers`. */
function part(response: ServerResponse, asked: Asked, headers: Headers = {}): void {
  const { start, file } = asked;
  const end = Math.min(asked.end, file.length);
  if (!asked.ranged) return whole(response, asked, headers);
  if (start >= file.length) return void response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
  const range = `bytes ${start}-${end - 1}/${file.length}`;
  send(response, asked, 206, { 'content-range': range, 'content-length': String(end - start), etag: '"one"', ...headers }, file.subarray(start, end));
}

function whole(response: ServerResponse, asked: Asked, headers: Headers = {}): void {
  send(response, asked, 200, { 'content-length': String(asked.file.length), etag: '"one"', ...headers }, asked.file);
}

function send(response: ServerResponse, { method }: Asked, status: number, headers: Headers, body: Uint8Array | string): void {
  const told = Object.entries(headers).filter(([, value]) => value !== '');
  response.writeHead(status, Object.fromEntries(told));
  response.end(method === 'HEAD' ? undefined : body);
}

/** A body without end: whoever downloads it never finishes. */
function endless(response: ServerResponse, status: number, headers: Headers = {}): void {
  response.writeHead(status, headers);
  const chunk = Buffer.alloc(64 * 1024);
  const pour = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', pour);
  pour();
}

/** The whole answer as bytes on the line, ended after `at` of them. */
function cut(response: ServerResponse, asked: Asked): void {
  const { start, end, file, query, ranged } = asked;
  const body = ranged ? file.subarray(start, Math.min(end, file.length)) : file;
  const at = Number(query.get('at'));
  const length = query.get('length') === 'untold' ? 'Connection: close' : `Content-Length: ${body.length}`;
  const place = ranged ? `206 Partial Content\r\nContent-Range: bytes ${start}-${start + body.length - 1}/${file.length}` : '200 OK';
  const head = Buffer.from(`HTTP/1.1 ${place}\r\nAccess-Control-Allow-Origin: *\r\nETag: "one"\r\n${length}\r\n\r\n`);
  const { socket } = response;
  const all = Buffer.concat([head, body]);
  // The client may have its next request on the way over a connection that did its duty.
  if (at >= all.length && query.get('length') !== 'untold') return part(response, asked);
  socket?.write(all.subarray(0, at), () => {
    if (query.get('end') === 'reset') socket.resetAndDestroy();
    else socket.end();
  });
}

const range = ({ start, end, file }: Asked, size: number | string = file.length): Headers => ({ 'content-range': `bytes ${start}-${Math.min(end, file.length) - 1}/${size}` });
const bytes = ({ start, end, file }: Asked): Uint8Array => file.subarray(start, Math.min(end, file.length));
const first = (way: Way): Way => (response, asked) => (asked.nth === 0 ? way(response, asked) : part(response, asked));
const later = (way: Way): Way => (response, asked) => (asked.nth > 0 ? way(response, asked) : part(response, asked));
const status = (code: number, headers: Headers = {}): Way => (response, asked) => send(response, asked, code, headers, '');
const page = '<!doctype html><title>Hello</title>';

const gzipped: Way = (response, asked) => {
  const body = gzipSync(bytes(asked));
  send(response, asked, 206, { ...range(asked), etag: '"one"', 'content-encoding': 'gzip', 'content-length': String(body.length) }, body);
};

/** As GitHub Pages: a part of the compressed file. */
const partOfGzipped: Way = (response, asked) => {
  const file = gzipSync(asked.file);
  if (asked.ranged) return part(response, { ...asked, file }, { 'content-encoding': 'gzip', etag: 'W/"one"' });
  whole(response, { ...asked, file }, { 'content-encoding': 'gzip', etag: 'W/"one"' });
};

const gzippedWhole: Way = (response, asked) => {
  const file = gzipSync(asked.file);
  send(response, asked, 200, { 'content-encoding': 'gzip', 'content-length': String(file.length), etag: 'W/"one"' }, file);
};

/** Another file from the second request on. */
const replaced = (asked: Asked): Asked => ({ ...asked, file: asked.file.map((byte) => byte ^ 255) });

export const WAYS: { [path: string]: Way } = {
  good: part,

  // Ranges ignored, or answered strangely.
  'whole-endless': (response) => endless(response, 200),
  'whole-endless-with-length': (response) => endless(response, 200, { 'content-length': '9000000000' }),
  whole: (response, asked) => whole(response, asked),
  'whole-chunked': (response, asked) => whole(response, asked, { 'content-length': '' }),
  'whole-later': later((response) => endless(response, 200, { etag: '"one"' })),
  'whole-gzipped': gzippedWhole,
  'whole-cut-once': (response, asked) => (asked.nth === 1 ? cut(response, asked) : whole(response, asked)),
  'new-file-whole': later((response) => endless(response, 200, { etag: '"two"', 'content-length': '200000' })),
  'strict-416': (response, asked) => {
    if (asked.ranged && asked.end > asked.file.length) send(response, asked, 416, { 'content-range': `bytes */${asked.file.length}` }, '');
    else part(response, asked);
  },
  'silent-416': status(416),
  'later-416': later(status(416, { 'content-range': 'bytes */100' })),
  'same-416': later(status(416, { 'content-range': 'bytes */200000' })),
  empty: status(416, { 'content-range': 'bytes */0' }),
  'empty-200': status(200, { 'content-length': '0' }),
  'other-part': later((response, asked) => part(response, { ...asked, start: asked.start - 10, end: asked.end - 10 })),
  capped: (response, asked) => part(response, { ...asked, end: Math.min(asked.end, asked.start + 12_000) }),

  // Headers that are missing.
  'no-content-range': (response, asked) => (asked.method === 'HEAD' ? whole(response, asked) : send(response, asked, 206, {}, bytes(asked))),
  'no-content-range-no-head': (response, asked) => (asked.method === 'HEAD' ? status(403)(response, asked) : send(response, asked, 206, {}, bytes(asked))),
  'size-hidden': (response, asked) => (asked.method === 'HEAD' ? whole(response, asked) : send(response, asked, 206, range(asked, '*'), bytes(asked))),
  'head-forbidden': (response, asked) => (asked.method === 'HEAD' ? status(403)(response, asked) : part(response, asked)),
  'head-gzipped': (response, asked) => (asked.method === 'HEAD' ? gzippedWhole(response, asked) : part(response, asked)),

  // Compressed on their way.
  gzipped,
  'gzipped-later': later(gzipped),
  'part-of-gzipped': partOfGzipped,

  // Bodies of the wrong length.
  short: (response, asked) => send(response, asked, 206, { ...range(asked), connection: 'close' }, bytes(asked).subarray(0, -7)),
  'short-once': first((response, asked) => send(response, asked, 206, { ...range(asked), connection: 'close', etag: '"one"' }, bytes(asked).subarray(0, -7))),
  'too-long': (response, asked) => endless(response, 206, range(asked)),
  cut: first(cut),
  'cut-always': later((response, asked) => {
    response.writeHead(206, { ...range(asked), 'content-length': String(asked.end - asked.start) });
    response.write(bytes(asked).subarray(0, 100), () => response.destroy());
  }),
  drip: (response, asked) => {
    response.writeHead(206, { ...range(asked), etag: '"one"' });
    const body = bytes(asked);
    let at = 0;
    const timer = setInterval(() => {
      response.write(body.subarray(at, (at += Math.ceil(body.length / 20))));
      if (at >= body.length || response.destroyed) clearInterval(timer), response.end();
    }, 10);
  },
  slow: (response, asked) => void setTimeout(() => part(response, asked), Number(asked.query.get('ms') ?? 30)),
  silent: later(() => {}),
  stalled: later((response, asked) => {
    response.writeHead(206, range(asked));
    response.write(bytes(asked).subarray(0, 10));
  }),
  'stalled-once': (response, asked) => {
    if (asked.nth !== 1) return part(response, asked);
    response.writeHead(206, { ...range(asked), etag: '"one"' });
    response.write(bytes(asked).subarray(0, 10));
  },

  // The file changes.
  'new-etag': (response, asked) => part(response, asked, { etag: `"${asked.nth}"` }),
  'weak-etag': (response, asked) => part(response, asked, { etag: `W/"${asked.nth}"` }),
  'new-date': (response, asked) => part(response, asked, { etag: '', 'last-modified': `Mon, 0${Math.min(asked.nth, 8) + 1} Jun 2026 00:00:00 GMT` }),
  'new-size': (response, asked) => part(response, asked.nth === 0 ? asked : { ...asked, file: asked.file.subarray(0, -1) }, { etag: '' }),
  replaced: later((response, asked) => part(response, replaced(asked), { etag: '"two"' })),

  // Errors, some of which pass.
  missing: (response, asked) => send(response, asked, 404, { 'content-type': 'text/html' }, page),
  'missing-later': later(status(404)),
  forbidden: status(403),
  broken: status(503),
  'broken-once': first(status(503)),
  'broken-502': first(status(502)),
  'busy-once': first(status(429)),
  'busy-a-second': first(status(503, { 'retry-after': '1' })),
  'busy-an-hour': first(status(503, { 'retry-after': '3600' })),
  'busy-until': first((response, asked) => status(429, { 'retry-after': new Date(Date.now() + 1500).toUTCString() })(response, asked)),
  'page-200': (response, asked) => send(response, asked, 200, { 'content-type': 'text/html; charset=utf-8', 'content-length': String(page.length) }, page),
  'page-206': (response, asked) => send(response, asked, 206, { 'content-type': 'text/html', 'content-range': `bytes 0-${page.length - 1}/${page.length}` }, page),
  'page-later': later((response, asked) => send(response, asked, 200, { 'content-type': 'text/html' }, page)),

  // Elsewhere.
  moved: (response, { query }) => void response.writeHead(302, { location: `/good?${query}` }).end(),
  'moved-away': (response, { query, other }) => void response.writeHead(307, { location: `${other}/good?${query}` }).end(),
  'moved-round': (response, { query }) => void response.writeHead(302, { location: `/moved-round?${query}` }).end(),
};
