// What saved files are called: names that every file system takes, no two of them alike.

import { encodeName } from '../../names.ts';

/** File systems take 255 bytes; endings and numbers are put behind. */
const NAME_BYTES_MAX = 200;
/** Windows keeps these for devices, whatever the ending. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** `name` with what file systems refuse replaced; without an ending. */
export function safeFileName(name: string): string {
  const safe = cut(name.replace(/[^\p{L}\p{M}\p{N}._#@+=-]+/gu, '_').replace(/^[._]+/, ''));
  if (!safe) return 'sequence';
  return RESERVED.test(safe) ? `_${safe}` : safe;
}

/** Safe names of files of one folder: those that would be the same, in capitals or not, are numbered. */
export function uniqueFileNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const safe = safeFileName(name);
    let number = 1;
    while (taken.has(fold(numbered(safe, number)))) number++;
    taken.add(fold(numbered(safe, number)));
    return numbered(safe, number);
  });
}

/** `name`, `name-2`, `name-3` and so on. */
export function numbered(name: string, number: number): string {
  return number === 1 ? name : `${name}-${number}`;
}

/** What file systems that do not tell letters apart make of a name. */
function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** As many whole characters as fit. */
function cut(name: string): string {
  let bytes = 0;
  let end = 0;
  for (const char of name) {
    bytes += encodeName(char).length;
    if (bytes > NAME_BYTES_MAX) return name.slice(0, end);
    end += char.length;
  }
  return name;
}
