// What was asked of a server: requests, bytes, and how many rounds in sequence.

/** One request and its answer. Times are in milliseconds of one clock. */
export interface Exchange {
  path: string;
  /** When the request arrived. */
  start: number;
  /** When the last byte of the answer was sent. */
  end: number;
  /** Bytes of the answer's body. */
  bytes: number;
}

export interface Traffic {
  requests: number;
  rounds: number;
  bytes: number;
}

export function trafficOf(exchanges: readonly Exchange[]): Traffic {
  return { requests: exchanges.length, rounds: roundsOf(exchanges), bytes: exchanges.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/**
 * Requests in sequence: the most of which each began when the one before had ended. Requests made together count as one
 * round as long as answers take longer than the requests need to be sent, so not on a server without any delay.
 */
export function roundsOf(exchanges: readonly Exchange[]): number {
  let rounds = 0;
  let ended = -Infinity;
  for (const { start, end } of [...exchanges].sort((a, b) => a.end - b.end)) {
    if (start < ended) continue;
    rounds++;
    ended = end;
  }
  return rounds;
}
