// The other strand: as biologists want it, IUPAC's letters included. What has no complement, a gap among it, stays.

import type { Bytes } from './ranges.ts';

const PAIRED = Uint8Array.from({ length: 256 }, (_, byte) => byte);
for (const pair of ['AT', 'CG', 'RY', 'KM', 'BV', 'DH', 'at', 'cg', 'ry', 'km', 'bv', 'dh']) {
  const [a, b] = [pair.charCodeAt(0), pair.charCodeAt(1)];
  PAIRED[a] = b;
  PAIRED[b] = a;
}
for (const [u, a] of ['UA', 'ua']) PAIRED[u!.charCodeAt(0)] = a!.charCodeAt(0);

/** Turns letters round, in place. */
export function turn(bases: Bytes): Bytes {
  bases.reverse();
  for (let i = 0; i < bases.length; i++) bases[i] = PAIRED[bases[i]!]!;
  return bases;
}

const ascii = new TextDecoder('latin1');

/** The reverse complement of letters of ASCII. */
export function reverseComplement(letters: string): string {
  return ascii.decode(turn(Uint8Array.from(letters, (letter) => letter.charCodeAt(0))));
}
