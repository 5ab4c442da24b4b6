// Sequence made by the tests, the same every time.

/** Numbers from 0 to 1: mulberry32. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const letters = (length: number, next: () => number) => Array.from({ length }, () => 'ACGT'[Math.floor(next() * 4)]).join('');

/** The same with some letters put anew. */
export function mutated(bases: string, times: number, next: () => number): string {
  const own = [...bases];
  for (let i = 0; i < times; i++) own[Math.floor(next() * own.length)] = letters(1, next);
  return own.join('');
}

/** A record of 80 bases a line. */
export const fasta = (name: string, bases: string) => `>${name}\n${bases.replace(/.{80}/g, '$&\n')}${bases.length % 80 ? '\n' : ''}`;
