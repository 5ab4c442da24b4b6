// The page's address: which archive, and after `#` sample, contig and window, as `sample/contig:from-to`.
//
// `from` and `to` are as on the screen: from 1, both included. `(-)` after them is the other strand, and `&with=sample`
// the sample that is compared with. Names are percent-encoded, `/`, `:`, `@` and `&` among them, so these separate. The
// second contig of one name in a sample is `contig@2`.

import type { Contig } from '../../types/index.d.ts';
import { decodeName, encodeName } from '../names.ts';

/** An archive as a link names it: addresses relative to the page. */
export interface ArchiveLink {
  url: string;
  /** The index beside it. */
  index?: string;
}

export interface Place {
  sample: string;
  contig?: string;
  /** Which of the contigs of that name, from 1. */
  nth?: number;
  from?: number;
  to?: number;
  /** The other strand. */
  reverse?: boolean;
  /** The sample compared with. */
  other?: string;
}

export function archiveLink({ url, index }: ArchiveLink): string {
  return `?url=${encodeURIComponent(url)}${index === undefined ? '' : `&index=${encodeURIComponent(index)}`}`;
}

export function parseArchive(search: string): ArchiveLink | undefined {
  const words = new URLSearchParams(search);
  const [url, index] = [words.get('url'), words.get('index')];
  return url === null ? undefined : { url, ...(index !== null && { index }) };
}

export function sameArchive(a: ArchiveLink, b: ArchiveLink | undefined): boolean {
  return a.url === b?.url && a.index === b.index;
}

/** The address in full; `undefined` if it is no http or https address. */
export function webAddress(address: string): string | undefined {
  const url = URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url.href : undefined;
}

/** The last word of an address, or the name of a file. */
export function nameOf(key: string): string {
  const name = key.split(/[?#]/)[0]?.split('/').pop() || key;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

export function formatPlace({ sample, contig, nth = 1, from, to, reverse, other }: Place): string {
  if (contig === undefined) return escapeName(sample);
  const which = nth > 1 ? `@${nth}` : '';
  const window = from !== undefined && to !== undefined ? `:${from}-${to}${reverse ? '(-)' : ''}` : '';
  const beside = other !== undefined ? `&with=${escapeName(other)}` : '';
  return `${escapeName(sample)}/${escapeName(contig)}${which}${window}${beside}`;
}

export function parsePlace(hash: string): Place | undefined {
  const match = /^#?([^/#]+)(?:\/([^:@&]*)(?:@(\d+))?(?::(\d+)-(\d+)(\(-\))?)?(?:&with=([^&]*))?)?$/.exec(hash);
  if (!match) return undefined;
  const [, sample = '', contig, nth, from, to, reverse, other] = match;
  return {
    sample: unescapeName(sample),
    ...(contig !== undefined && { contig: unescapeName(contig) }),
    ...(nth !== undefined && { nth: Number(nth) }),
    ...(from !== undefined && to !== undefined && { from: Number(from), to: Number(to) }),
    ...(reverse !== undefined && { reverse: true }),
    ...(other !== undefined && { other: unescapeName(other) }),
  };
}

/** The shortest name that finds `contig` again: its first word where no other contig has it. */
export function contigKey(contigs: readonly Contig[], contig: Contig): Pick<Place, 'contig' | 'nth'> {
  if (contigs.filter(({ name }) => name === contig.name).length === 1) return { contig: contig.name };
  const same = contigs.filter(({ header }) => header === contig.header);
  return { contig: contig.header, nth: same.indexOf(contig) + 1 };
}

/** The contig a place names: by whole name, else by first word. */
export function findContig(contigs: readonly Contig[], { contig, nth = 1 }: Place): Contig | undefined {
  const whole = contigs.filter(({ header }) => header === contig);
  return (whole.length ? whole : contigs.filter(({ name }) => name === contig))[nth - 1];
}

function escapeName(name: string): string {
  return Array.from(encodeName(name), (byte) => {
    const char = String.fromCharCode(byte);
    return /[\w.~,=|+*-]/.test(char) ? char : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
  }).join('');
}

function unescapeName(text: string): string {
  const bytes: number[] = [];
  for (const [piece, hex] of text.matchAll(/%([0-9a-fA-F]{2})|[^%]+|%/g)) {
    if (hex) bytes.push(parseInt(hex, 16));
    else bytes.push(...encodeName(piece));
  }
  return decodeName(Uint8Array.from(bytes));
}
