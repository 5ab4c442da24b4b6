// Work that several wait for at once.

/** Goes on as long as one of those who joined waits for it; whoever leaves does not take it from the others. */
export class Shared<T> {
  readonly #result: Promise<T>;
  readonly #stop = new AbortController();
  #waiting = 0;

  /** `ended` is called once: when the work is done, when it failed, or when nobody waits for it any more. */
  constructor(work: (signal: AbortSignal) => Promise<T>, ended: () => void) {
    let over = false;
    const end = () => {
      if (!over) ended();
      over = true;
    };
    this.#stop.signal.addEventListener('abort', end);
    this.#result = work(this.#stop.signal);
    this.#result.then(end, end);
  }

  join(signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#waiting++;
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal?.reason);
        if (--this.#waiting === 0) this.#stop.abort();
      };
      signal?.addEventListener('abort', leave, { once: true });
      const stay = () => signal?.removeEventListener('abort', leave);
      this.#result.then(resolve, reject).finally(stay);
    });
  }
}
