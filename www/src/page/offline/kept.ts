// The files of the page, kept so that it works without a network: one version of all of them, or the network's.
//
// Nothing else is kept: no archive, and no answer of another host.

/** Digests of the page's files, hex SHA-256 by name; scripts/offline.mjs puts them here. */
declare const FILES: Readonly<Record<string, string>>;
/** Digest of all of them, which index.html has, too. */
declare const VERSION: string;
export const version = VERSION;

/** Several copies of the page may lie on one host. */
const PREFIX = `ragc ${new URL('./', location.href).pathname} `;
const NAME = PREFIX + version;

/** Fetches every file; throws if one is not of this version, as when a host is just being updated. */
export async function keepAll(): Promise<void> {
  const cache = await caches.open(NAME);
  try {
    await Promise.all(Object.keys(FILES).map((name) => keep(cache, name)));
  } catch (error) {
    await caches.delete(NAME);
    throw error;
  }
}

/** Forgets other versions. */
export async function forgetOthers(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
}

/** The file that a request is for, if it is one of the page's. */
export function keptFile(request: Request): string | undefined {
  const name = ownName(request);
  // What is asked for after `?` concerns the page, not the host.
  if (request.mode === 'navigate' && (name === '' || name === 'index.html')) return 'index.html';
  return name !== undefined && new URL(request.url).search === '' && Object.hasOwn(FILES, name) ? name : undefined;
}

/** What the host says of its archives: it is not kept, as none of these can be read without a network. */
export function isConfig(request: Request): boolean {
  return ownName(request) === 'config.json';
}

/** Where in the page's folder a file lies that is asked for. */
function ownName({ url, method }: Request): string | undefined {
  const { pathname, origin } = new URL(url);
  const folder = new URL('./', location.href);
  if (method !== 'GET' || origin !== folder.origin || !pathname.startsWith(folder.pathname)) return undefined;
  return pathname.slice(folder.pathname.length);
}

/** From what is kept; browsers may have thrown it away to make room. */
export async function answerWithFile(name: string, request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  return (await cache.match(addressOf(name))) ?? fetch(request);
}

async function keep(cache: Cache, name: string): Promise<void> {
  const response = await fetch(addressOf(name), { cache: 'no-cache' });
  const bytes = await response.arrayBuffer();
  if (!response.ok || (await digestOf(bytes)) !== FILES[name]) throw new Error(`${name} is not that of version ${version}`);
  const headers = new Headers(response.headers);
  // They are of the bytes as they were sent.
  for (const header of ['Content-Encoding', 'Content-Length']) headers.delete(header);
  await cache.put(addressOf(name), new Response(bytes, { headers }));
}

async function digestOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function addressOf(name: string): string {
  return new URL(name, location.href).href;
}
