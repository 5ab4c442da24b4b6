// Other names of a sample's contigs: whole header lines, and the last part of PanSN names.

import type { Contig } from '../../../types/index.d.ts';
import { aliasesOf } from '../../../src/aliases.ts';

export interface Aliases {
  refName: string;
  aliases: string[];
}

/** Those that mean one contig only; contigs without one are left out. */
export function refNameAliases(contigs: ReadonlyMap<string, Pick<Contig, 'header'>>): Aliases[] {
  const named = aliasesOf(Array.from(contigs, ([refName, { header }]) => [refName, header, lastPart(refName)]));
  return named.map(([refName, aliases]) => ({ refName, aliases })).filter(({ aliases }) => aliases.length > 0);
}

/** `chr1` of `HG002#1#chr1`; other names as they are. */
function lastPart(name: string): string {
  return /^[^#]+#[^#]+#(.+)$/.exec(name)?.[1] ?? name;
}
