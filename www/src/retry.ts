// Asking again, after pauses, as long as that may help.

import type { AgcError } from './errors.ts';

export interface Patience {
  /** How often one thing is asked for in all. */
  attempts: number;
  /** Before the second attempt; doubled each time. */
  firstPauseMs: number;
  /** A server that wants more time than this is not waited for. */
  pauseMsMax: number;
  /** How long a server may send nothing. */
  silenceMsMax: number;
}

export const PATIENCE: Patience = { attempts: 4, firstPauseMs: 250, pauseMsMax: 30_000, silenceMsMax: 60_000 };

/** Thrown by an attempt that may go better next time: the connection broke, or the server failed for a moment. */
export class Passing extends Error {
  readonly reason: AgcError;
  /** The pause the server asks for. */
  readonly afterMs: number;

  constructor(reason: AgcError, afterMs = 0) {
    super(reason.message);
    this.reason = reason;
    this.afterMs = afterMs;
  }
}

export async function retried<T>(patience: Patience, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (let made = 1; ; made++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      if (made >= patience.attempts || error.afterMs > patience.pauseMsMax) throw error.reason;
      // Readers that were turned away together should not all come back together.
      const pauseMs = patience.firstPauseMs * 2 ** (made - 1) * (0.75 + Math.random() / 2);
      await pause(Math.max(pauseMs, error.afterMs), signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, ms);
    signal.addEventListener('abort', leave, { once: true });
  });
}

/** Aborts what goes on when `signal` does, and when nothing was heard for a while. */
export class Watch {
  readonly #stop = new AbortController();
  readonly #outer: AbortSignal;
  readonly #leave = () => this.#stop.abort(this.#outer.reason);
  readonly #silenceMsMax: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** True once it was the silence that ended it. */
  tired = false;
  /** Set when everything has come, so that the connection can serve again. */
  finished = false;

  constructor(signal: AbortSignal, silenceMsMax: number) {
    this.#outer = signal;
    this.#silenceMsMax = silenceMsMax;
    if (signal.aborted) this.#leave();
    signal.addEventListener('abort', this.#leave);
    this.heard();
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.tired = true;
      this.#stop.abort();
    }, this.#silenceMsMax);
  }

  /** Ends it all: whatever is still on its way is not downloaded. */
  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#leave);
    if (!this.finished) this.#stop.abort();
  }
}
