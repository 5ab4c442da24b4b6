// What users of the package import.

export { AgcArchive, type ArchiveInfo, type ContigInfo, type OpenOptions, type Stats } from './archive.ts';
export { AgcError, isAbort, type ErrorKind } from './errors.ts';
export type { FastaOptions } from './extract.ts';
export { HttpSource, type HttpOptions } from './http.ts';
export { decodeName, encodeName, firstWord } from './names.ts';
export type { Block, Range } from './ranges.ts';
export { BlobSource, type ByteSource, type Opening, type Traffic } from './source.ts';
export { loadWasm, type WasmSource } from './wasm.ts';
