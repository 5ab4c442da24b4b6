// How fast something goes, and how long it will take.

/** Seconds over which speed is averaged: chunks come in bursts. */
const SECONDS = 4;

export class Pace {
  #perSecond = 0;
  #bytes = 0;
  #weight = 0;
  #at: number;

  /** `now` in milliseconds, as all times here. */
  constructor(now: number) {
    this.#at = now;
  }

  /** `bytes` more. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Bytes a second: what came last counts most. */
  perSecond(now: number): number {
    const seconds = (now - this.#at) / 1000;
    if (seconds <= 0) return this.#perSecond;
    const kept = this.#weight * Math.exp(-seconds / SECONDS);
    const fresh = 1 - Math.exp(-seconds / SECONDS);
    this.#weight = kept + fresh;
    this.#perSecond = (kept * this.#perSecond + fresh * (this.#bytes / seconds)) / this.#weight;
    this.#bytes = 0;
    this.#at = now;
    return this.#perSecond;
  }
}
