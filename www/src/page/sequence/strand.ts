// The other strand of letters on the screen.

const PAIRS = ['AT', 'CG', 'RY', 'KM', 'BV', 'DH'];
const COMPLEMENT = new Map(PAIRS.flatMap(([a, b]) => [[a!, b!] as const, [b!, a!] as const]));
COMPLEMENT.set('U', 'A');

/** IUPAC letters too; what has no complement, a gap among it, stays. */
export function reverseComplement(letters: string): string {
  let turned = '';
  for (let i = letters.length - 1; i >= 0; i--) turned += COMPLEMENT.get(letters[i]!) ?? letters[i];
  return turned;
}
