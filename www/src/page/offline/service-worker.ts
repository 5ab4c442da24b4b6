// The service worker of the page: keeps its files, and lets it save what is too large for memory. Requests for archives
// never come through here.

import { answerWithFile, forgetOthers, isConfig, keepAll, keptFile, version } from './kept.ts';
import { answerWithStream, expectStream, stayAwake, type ToServiceWorker } from './streams.ts';

/** The part of ServiceWorkerGlobalScope used here; TypeScript cannot have both its library and the page's. */
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void>; matchAll(options: object): Promise<readonly Client[]> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void;
  addEventListener(type: 'message', listener: (event: Lasting & Message) => void): void;
  addEventListener(type: 'fetch', listener: (event: { request: Request; respondWith(response: Response | Promise<Response>): void }) => void): void;
}
interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}
interface Message {
  readonly data: ToServiceWorker | 'take over' | 'version';
  readonly ports: readonly MessagePort[];
  readonly source: Client;
}
interface Client {
  readonly id: string;
}
const scope = globalThis as unknown as Scope;

scope.addEventListener('install', (event) => event.waitUntil(keepAll()));

// A page that was opened before there was a service worker is served from now on; others have the files of one before.
scope.addEventListener('activate', (event) => event.waitUntil(forgetOthers().then(() => scope.clients.claim())));

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const stream = answerWithStream(request.url);
  if (stream) return event.respondWith(stream);
  if (isConfig(request)) return event.respondWith(fetch(request).catch(() => Response.json({})));
  const name = keptFile(request);
  if (name !== undefined) event.respondWith(answerWithFile(name, request));
});

scope.addEventListener('message', (event) => {
  const { data, ports, source } = event;
  if (data === 'version') return ports[0]!.postMessage(version);
  if (data === 'take over') return event.waitUntil(takeOver((source).id));
  if (data.stream) expectStream(data.url, data.stream, ports[0]!);
  event.waitUntil(stayAwake(data.url));
});

/** In place of the version before, if the page that asks is the only one that lives by it. */
async function takeOver(asking: string): Promise<void> {
  for (let looks = 0; looks < 3; looks++) {
    const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
    if (pages.every(({ id }) => id !== asking)) return; // the next one asks for itself
    if (pages.length === 1) return scope.skipWaiting();
    // The other may be the one whose place the new page has just taken.
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
