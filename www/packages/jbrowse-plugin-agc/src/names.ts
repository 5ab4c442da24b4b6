// Other names of a sample's contigs: whole header lines, and the last part of PanSN names.

import type { Contig } from '../../../types/index.d.ts';

export interface Aliases {
  refName: string;
  aliases: string[];
}

/** An alias means one contig, and is no contig's name. */
export function aliasesOf(contigs: ReadonlyMap<string, Pick<Contig, 'header'>>): Aliases[] {
  const all = Array.from(contigs, ([refName, { header }]) => ({ refName, aliases: [...new Set([header, lastPart(refName)])] }));
  const uses = new Map<string, number>();
  for (const alias of all.flatMap(({ aliases }) => aliases)) uses.set(alias, (uses.get(alias) ?? 0) + 1);
  return all
    .map(({ refName, aliases }) => ({ refName, aliases: aliases.filter((alias) => uses.get(alias) === 1 && !contigs.has(alias)) }))
    .filter(({ aliases }) => aliases.length > 0);
}

/** `chr1` of `HG002#1#chr1`; other names as they are. */
function lastPart(name: string): string {
  return /^[^#]+#[^#]+#(.+)$/.exec(name)?.[1] ?? name;
}
