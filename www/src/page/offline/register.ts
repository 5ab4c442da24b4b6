// Starts the service worker, where there can be one: on https, and on this computer. Without it the page works all the
// same, but for being opened without a network and saving what is too large for memory.
//
// Hosts that do not want it leave service-worker.js out; then one that was there before goes, too.

/** How long a download waits for a service worker that is just being installed. */
const READY_MS_MAX = 10_000;
const KEY = 'ragc-version';

const address = new URL('./service-worker.js', document.baseURI);
let registration: Promise<ServiceWorkerRegistration | undefined> = Promise.resolve(undefined);

export function startServiceWorker(): void {
  if (!('serviceWorker' in navigator)) return;
  void stayWhole();
  registration = register();
}

/** The service worker, if there is one. */
export async function serviceWorker(): Promise<ServiceWorker | undefined> {
  const found = await registration;
  if (!found || found.active) return found?.active ?? undefined;
  const ready = navigator.serviceWorker.ready.then(({ active }) => active ?? undefined);
  return Promise.race([ready, new Promise<undefined>((resolve) => setTimeout(resolve, READY_MS_MAX))]);
}

/** Loads the page again if another version has taken over, which would give it files that are not of its own. */
async function stayWhole(): Promise<void> {
  const { controller } = navigator.serviceWorker;
  if (!controller) return;
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  // It may have happened while this page was on its way.
  const { port1, port2 } = new MessageChannel();
  const told = new Promise<string>((resolve) => (port1.onmessage = ({ data }: MessageEvent<string>) => resolve(data)));
  controller.postMessage('version', [port2]);
  const version = await told;
  const own = document.querySelector<HTMLMetaElement>('meta[name="version"]')?.content;
  if (version === own || !firstTime(version)) return;
  location.reload();
}

/** Once is enough: if that does not help, or nothing can be remembered, the page goes on as it is. */
function firstTime(version: string): boolean {
  try {
    if (sessionStorage.getItem(KEY) === version) return false;
    sessionStorage.setItem(KEY, version);
    return true;
  } catch {
    return false;
  }
}

async function register(): Promise<ServiceWorkerRegistration | undefined> {
  // First what the page itself needs.
  if (document.readyState !== 'complete') await new Promise((resolve) => addEventListener('load', resolve, { once: true }));
  try {
    const registered = await navigator.serviceWorker.register(address, { updateViaCache: 'none' });
    // A new version may have its turn now, as nobody has begun anything; but not where the system may have handed a file over.
    if (!matchMedia('(display-mode: standalone)').matches) registered.waiting?.postMessage('take over');
    if (registered.active) registered.update().catch(() => forgetIfGone(registered));
    return registered;
  } catch {
    return undefined; // forbidden by the user, or there is none
  }
}

async function forgetIfGone(registered: ServiceWorkerRegistration): Promise<void> {
  const status = await fetch(address, { cache: 'no-store' }).then((response) => response.status, () => 0); // no network
  if (status !== 404 && status !== 410) return;
  await registered.unregister();
  const folder = new URL('./', address).pathname;
  for (const name of await caches.keys()) {
    if (name.startsWith(`ragc ${folder} `)) await caches.delete(name);
  }
}
