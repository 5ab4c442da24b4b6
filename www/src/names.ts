// Names in archives are bytes, nearly always UTF-8. JavaScript wants strings, and must be able to give the bytes back.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * A name as a string. Bytes that are no UTF-8 become lone surrogates U+DC80 to U+DCFF (as Python's `surrogateescape`
 * does it), which no valid text contains, so that {@link encodeName} is the exact inverse.
 */
export function decodeName(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodePieces(bytes);
  }
}

/** The bytes of a name made by {@link decodeName}. */
export function encodeName(name: string): Uint8Array<ArrayBuffer> {
  if (!/[\udc80-\udcff]/u.test(name)) return encoder.encode(name);
  const out: number[] = [];
  for (const char of name) {
    const code = char.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) out.push(code - 0xdc00);
    else out.push(...encoder.encode(char));
  }
  return Uint8Array.from(out);
}

/** Names laid end to end, each ending at its entry of `ends`. */
export function decodeNames(bytes: Uint8Array, ends: Uint32Array): string[] {
  let start = 0;
  return Array.from(ends, (end) => {
    const name = decodeName(bytes.subarray(start, end));
    start = end;
    return name;
  });
}

/** What a FASTA reader calls a sequence: the name up to its first blank. */
export function firstWord(name: string): string {
  return /^[^ \t\r\n]*/.exec(name)?.[0] ?? name;
}

/** Longest valid pieces as text, every other byte escaped. */
function decodePieces(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = validLength(bytes, at);
    text += length ? strict.decode(bytes.subarray(at, at + length)) : String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
    at += length || 1;
  }
  return text;
}

/** Length of the UTF-8 character at `at`, 0 where there is none. */
function validLength(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    try {
      strict.decode(bytes.subarray(at, at + length));
      return length;
    } catch {
      // longer, or no character at all
    }
  }
  return 0;
}
