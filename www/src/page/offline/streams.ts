// The service worker's side of a download: a request for an address of its own is answered with a stream, whose chunks
// the page sends (../downloads/streamed.ts). Each is asked for when the browser has written the one before.

import type { Bytes } from '../../ranges.ts';

/** A stream to be, with a port for it; or only that it is still wanted. */
export interface ToServiceWorker {
  url: string;
  stream?: StreamRequest;
}

export interface StreamRequest {
  fileName: string;
  /** If they are known. */
  bytes?: number;
}

export type IntoStream = { chunk: Bytes } | { end: true } | { fail: true };
/** `awake` is to be answered with a message to the service worker. */
export type FromStream = 'more' | 'cancelled' | 'awake';

/** Browsers stop a service worker that had no event for half a minute, whatever streams it has. */
const AWAKE_MS = 20_000;

/** Those that are not asked for yet. */
const expected = new Map<string, StreamRequest & { port: MessagePort }>();
/** All that are not ended. */
const ports = new Map<string, MessagePort>();

/** Remembers a stream that will be asked for. */
export function expectStream(url: string, request: StreamRequest, port: MessagePort): void {
  expected.set(url, { ...request, port });
  ports.set(url, port);
}

/** Holds the event that asked for it, then has the page send another: pages in the background have slow clocks. */
export async function stayAwake(url: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, AWAKE_MS));
  ports.get(url)?.postMessage('awake' satisfies FromStream);
}

/** The download at this address, if it is one; there is no second. */
export function answerWithStream(url: string): Response | undefined {
  const stream = expected.get(url);
  if (!stream) return undefined;
  expected.delete(url);
  const { fileName, bytes, port } = stream;
  const headers = new Headers({
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    'Content-Security-Policy': "default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
  });
  if (bytes !== undefined) headers.set('Content-Length', String(bytes));
  return new Response(bodyFrom(port, () => ports.delete(url)), { headers });
}

function bodyFrom(port: MessagePort, done: () => void): ReadableStream<Bytes> {
  let arrived = () => {};
  return new ReadableStream<Bytes>(
    {
      start(controller) {
        port.onmessage = ({ data }: MessageEvent<IntoStream>) => {
          if ('chunk' in data) {
            controller.enqueue(data.chunk);
          } else {
            if ('end' in data) controller.close();
            else controller.error(new Error('The page stopped the download.'));
            done();
          }
          arrived();
        };
      },
      pull() {
        port.postMessage('more' satisfies FromStream);
        return new Promise<void>((resolve) => (arrived = resolve));
      },
      cancel() {
        done();
        port.postMessage('cancelled' satisfies FromStream);
      },
    },
    { highWaterMark: 0 },
  );
}
