// A sample as a FASTA file that does not exist: where each contig would lie in it, as a .fai index says it.

import { headerLine, LINE_BASES, NEW_LINE } from './fasta.ts';
import type { Contig, FastaOptions } from '../types/index.d.ts';

const LINE_BYTES = LINE_BASES + 1;

export type Naming = NonNullable<FastaOptions['names']>;

/** A contig in the file. */
export interface Entry {
  contig: Contig;
  /** As the index has it. */
  name: string;
  /** `>` and the name, with the line's end. */
  header: Uint8Array<ArrayBuffer>;
  /** Offset of the header, of the first base, and of what follows the last line's end. */
  start: number;
  bases: number;
  end: number;
}

/** What a contig is called. */
export function nameOf(sample: string, { name, header }: Contig, naming: Naming = 'first-token'): string {
  if (naming === 'full') return header.replaceAll('\t', ' ');
  if (naming === 'pansn') return name.startsWith(`${sample}#`) ? name : `${sample}#${name}`;
  return name;
}

export function layOut(sample: string, contigs: readonly Contig[], naming: Naming = 'first-token'): Entry[] {
  let start = 0;
  return contigs.map((contig) => {
    const name = nameOf(sample, contig, naming);
    // With the rest of the header, as the sample's own FASTA has it; PanSN names are not in it.
    const header = headerLine(naming === 'pansn' ? name : contig.header);
    const bases = start + header.length;
    const entry = { contig, name, header, start, bases, end: bases + contig.length + Math.ceil(contig.length / LINE_BASES) };
    start = entry.end;
    return entry;
  });
}

/** What an index lists, as samtools has it: of contigs of one name the first, and none that is empty. */
export function listed<T extends { name: string; contig: Contig }>(entries: readonly T[]): T[] {
  const names = new Set<string>();
  return entries.filter(({ name, contig }) => contig.length > 0 && !names.has(name) && names.add(name));
}

/** The index: name, bases, offset of the first, bases and bytes of a line, the first of which may be the last. */
export function faiOf(entries: readonly Entry[]): string {
  return listed(entries)
    .map(({ name, contig: { length }, bases }) => {
      const inLine = Math.min(length, LINE_BASES);
      return `${name}\t${length}\t${bases}\t${inLine}\t${inLine + 1}\n`;
    })
    .join('');
}

/** The entry that holds the byte at `offset`, or the number of entries. */
export function entryAt(entries: readonly Entry[], offset: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What bytes `start` to `end` of the file show of an entry's lines: bytes from its first base on, and the bases in them. */
export function linesWithin(entry: Entry, start: number, end: number) {
  const within = (offset: number) => Math.min(Math.max(offset, entry.bases), entry.end) - entry.bases;
  const [from, to] = [within(start), within(end)];
  const basesBefore = (bytes: number) => Math.min(bytes - Math.floor(bytes / LINE_BYTES), entry.contig.length);
  return { entry, from, to, bases: { start: basesBefore(from), end: basesBefore(to) } };
}

/** Bytes `from` to `to` of a contig's lines, given the bases in them. */
export function linesOf(bases: Uint8Array, from: number, to: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(to - from);
  let used = 0;
  for (let at = from; at < to; ) {
    const take = Math.min(LINE_BASES - (at % LINE_BYTES), to - at, bases.length - used);
    out.set(bases.subarray(used, used + take), at - from);
    used += take;
    at += take;
    // Here a line is full, or the contig has ended.
    if (at < to) out[at++ - from] = NEW_LINE;
  }
  return out;
}
