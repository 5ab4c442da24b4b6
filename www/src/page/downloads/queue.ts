// Downloads one after the other, so that each is as quick as can be; and the page is not left by mistake meanwhile.

/** Of the download before. */
let ended: Promise<void> = Promise.resolve();
let unfinished = 0;

/** Does `work` when all before it is done, or when it is aborted. Both functions deal with their own errors. */
export async function enqueue(waits: () => void, work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const before = ended;
  let end = () => {};
  const own = new Promise<void>((resolve) => (end = resolve));
  ended = before.then(() => own);
  if (unfinished++ > 0) waits();
  else addEventListener('beforeunload', ask);
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  await Promise.race([before, aborted]);
  await work();
  end();
  if (--unfinished === 0) removeEventListener('beforeunload', ask);
}

/** The browser asks whether the page is to be left. */
function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
