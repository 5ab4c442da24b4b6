// The file that the hostile server serves where no other is named; in a place of its own, as pages need it too.

/** 200 000 bytes of which each tells its place. */
export const FILE = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);
