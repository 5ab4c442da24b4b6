// The archives opened last, remembered in this browser and nowhere else: addresses, and files where the browser can find
// them again.

/** An archive at an address. */
export interface RecentAddress {
  name: string;
  url: string;
  index?: string;
  /** When it was opened, in milliseconds. */
  at: number;
}

/** A file of the user's. What it holds stays where it is. */
export interface RecentFile {
  name: string;
  at: number;
  handle: FileHandle;
}

/** The part of FileSystemFileHandle used here; TypeScript's library lacks permissions. */
export interface FileHandle {
  readonly name: string;
  getFile(): Promise<File>;
  isSameEntry(other: FileHandle): Promise<boolean>;
  queryPermission?(options: { mode: 'read' }): Promise<PermissionState>;
  requestPermission?(options: { mode: 'read' }): Promise<PermissionState>;
}

/** Of each kind. */
const KEPT_MAX = 6;
const KEY = 'ragc-recent';
const STORE = 'files';

export function recentAddresses(): RecentAddress[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(value) ? value.filter(isAddress) : [];
  } catch {
    return []; // storage is forbidden, or somebody else's text is there
  }
}

export function rememberAddress(address: Omit<RecentAddress, 'at'>): void {
  const others = recentAddresses().filter(({ url }) => url !== address.url);
  keepAddresses([{ ...address, at: Date.now() }, ...others].slice(0, KEPT_MAX));
}

export function forgetAddress(url: string): void {
  keepAddresses(recentAddresses().filter((address) => address.url !== url));
}

export async function recentFiles(): Promise<RecentFile[]> {
  const files = (await inStore<RecentFile[]>('readonly', (store) => store.getAll())) ?? [];
  return files.sort((a, b) => b.at - a.at);
}

export async function rememberFile(handle: FileHandle): Promise<void> {
  const known = await recentFiles();
  const outdated = known.slice(KEPT_MAX - 1);
  for (const file of known) if (await file.handle.isSameEntry(handle)) outdated.push(file);
  for (const { at } of outdated) await forgetFile(at);
  await inStore('readwrite', (store) => store.put({ name: handle.name, at: Date.now(), handle }));
}

export async function forgetFile(at: number): Promise<void> {
  await inStore('readwrite', (store) => store.delete(at));
}

export async function forgetAll(): Promise<void> {
  keepAddresses([]);
  await inStore('readwrite', (store) => store.clear());
}

/** The file of a handle, once the user has allowed again that it is read; `undefined` if not. */
export async function reopen(handle: FileHandle): Promise<File | undefined> {
  const mode = { mode: 'read' } as const;
  const given = (await handle.queryPermission?.(mode)) ?? 'granted';
  if (given !== 'granted' && (await handle.requestPermission?.(mode)) !== 'granted') return undefined;
  return handle.getFile();
}

function keepAddresses(addresses: readonly RecentAddress[]): void {
  try {
    if (addresses.length) localStorage.setItem(KEY, JSON.stringify(addresses));
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is forbidden or full; nothing is remembered then.
  }
}

function isAddress(value: unknown): value is RecentAddress {
  const { name, url, index, at } = (value ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && typeof url === 'string' && typeof at === 'number' && ['string', 'undefined'].includes(typeof index);
}

/** Asks the store of files; `undefined` where there is none, or where it takes no handles. */
function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<T | undefined> {
  return new Promise((resolve) => {
    const nothing = () => resolve(undefined);
    try {
      const opening = indexedDB.open('ragc', 1);
      opening.onerror = nothing;
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'at' });
      opening.onsuccess = () => {
        const database = opening.result;
        try {
          const transaction = database.transaction(STORE, mode);
          const request = ask(transaction.objectStore(STORE));
          transaction.oncomplete = () => resolve(request.result as T);
          transaction.onerror = transaction.onabort = nothing;
        } catch {
          nothing();
        }
        database.close(); // when it is done
      };
    } catch {
      nothing(); // storage is forbidden
    }
  });
}
