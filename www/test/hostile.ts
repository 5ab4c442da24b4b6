// A server that misbehaves on demand. The path of an address names a way to answer; its query says which file is meant
// (`file`), what other sites may see (`cors`), where answers are cut (`at`), how long they take (`ms`), and keeps users apart
// (`id`).

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { FILE } from './file.ts';
import { WAYS } from './ways.ts';

/** One request, as its way of answering sees it. */
export interface Asked {
  /** Half-open; an end that was left open is infinite. Without a Range header, all of the file. */
  start: number;
  end: number;
  /** False where no Range was asked for. */
  ranged: boolean;
  method: string;
  /** Requests for this address before this one, preflights not counted. */
  nth: number;
  file: Uint8Array;
  query: URLSearchParams;
  /** The other origin of this server. */
  other: string;
}

export type Way = (response: ServerResponse, asked: Asked) => void;

export interface Hostile {
  /** Two origins, which serve the same. */
  origin: string;
  other: string;
  close(): Promise<void>;
}

/** What was asked of one address so far, and how much of it still is on its way. */
export interface Record {
  /** As `GET bytes=0-9`. */
  requests: string[];
  inProgress: number;
  /** Most in progress at one time. */
  peak: number;
}

/** Serves `files` in every bad way, and `pages` well. */
export async function startHostile(files: { [name: string]: Uint8Array }, pages: { [path: string]: { type: string; text: string } } = {}): Promise<Hostile> {
  const records = new Map<string, Record>();
  const recordOf = (address: string) => {
    const record = records.get(address) ?? { requests: [], inProgress: 0, peak: 0 };
    records.set(address, record);
    return record;
  };
  const origins: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', origins[0]);
    const page = pages[pathname];
    if (page) return void response.writeHead(200, { 'content-type': page.type }).end(page.text);
    if (pathname === '/record') {
      response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
      return void response.end(JSON.stringify(recordOf(query.get('of') ?? '')));
    }
    allow(response, query.get('cors'));
    const record = recordOf(request.url ?? '/');
    const nth = record.requests.filter((line) => !line.startsWith('OPTIONS')).length;
    record.requests.push(`${request.method} ${request.headers.range ?? ''}`.trim());
    record.peak = Math.max(record.peak, ++record.inProgress);
    response.on('close', () => record.inProgress--);
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    const way = WAYS[pathname.slice(1)];
    const file = files[query.get('file') ?? ''] ?? FILE;
    const range = rangeOf(request.headers.range, file.length);
    if (!way || !range) return void response.writeHead(way ? 400 : 404).end();
    const other = origins.find((origin) => !origin.endsWith(`:${request.socket.localPort}`)) ?? '';
    way(response, { ...range, ranged: request.headers.range !== undefined, method: request.method ?? '', nth, file, query, other });
  };
  const servers = [createServer(answer), createServer(answer)];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origins.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  return {
    origin: origins[0]!,
    other: origins[1]!,
    async close() {
      for (const server of servers) {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await closed;
      }
    },
  };
}

/** The part of a file that is asked for; an open end is infinite. */
function rangeOf(header = 'bytes=0-', size: number): { start: number; end: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (!first) return last ? { start: Math.max(0, size - Number(last)), end: size } : undefined;
  return { start: Number(first), end: last ? Number(last) + 1 : Infinity };
}

/** What pages of other sites may read: all of it, only what needs no permission (`hidden`), or nothing (`refused`). */
function allow(response: ServerResponse, cors: string | null): void {
  if (cors === 'refused') return;
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-headers', '*');
  if (cors !== 'hidden') response.setHeader('access-control-expose-headers', 'Content-Range, ETag');
}
