// Starts the service worker, where there can be one: on https, and on this computer. Without it the page works all the
// same, but for being opened without a network and saving what is too large for memory.
//
// Hosts that do not want it leave service-worker.js out; then one that was there before goes, too.

/** How long a download waits for a service worker that is just being installed. */
const READY_MS_MAX = 10_000;
const address = new URL('./service-worker.js', document.baseURI);
let registration: Promise<ServiceWorkerRegistration | undefined> = Promise.resolve(undefined);

export function startServiceWorker(): void {
  if (!('serviceWorker' in navigator)) return;
  registration = register();
}

/** The service worker, if there is one. */
export async function serviceWorker(): Promise<ServiceWorker | undefined> {
  const found = await registration;
  if (!found || found.active) return found?.active ?? undefined;
  const ready = navigator.serviceWorker.ready.then(({ active }) => active ?? undefined);
  return Promise.race([ready, new Promise<undefined>((resolve) => setTimeout(resolve, READY_MS_MAX))]);
}

async function register(): Promise<ServiceWorkerRegistration | undefined> {
  // First what the page itself needs.
  if (document.readyState !== 'complete') await new Promise((resolve) => addEventListener('load', resolve, { once: true }));
  try {
    const registered = await navigator.serviceWorker.register(address, { updateViaCache: 'none' });
    if (registered.waiting) takeNewVersion(registered.waiting);
    if (registered.active) registered.update().catch(() => forgetIfGone(registered));
    return registered;
  } catch {
    return undefined; // forbidden by the user, or there is none
  }
}

/** A version that waited for its turn: now, as nobody has begun anything. */
function takeNewVersion(waiting: ServiceWorker): void {
  // Installed pages may have been handed a file; they take it when they are opened next.
  if (matchMedia('(display-mode: standalone)').matches) return;
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage('take over');
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
