// What users of the package import; types/index.d.ts declares it.

export { AgcArchive } from './archive.ts';
export {
  AgcError,
  AgcFormatError,
  AmbiguousContigError,
  ContentEncodedError,
  FileChangedError,
  HttpError,
  isAbort,
  LimitError,
  NotFoundError,
  RangeNotSupportedError,
  SizeUnknownError,
  SourceError,
  StaleIndexError,
  UnsupportedVersionError,
} from './errors.ts';
export { httpSource } from './http.ts';
export { SegmentKind } from './segments.ts';
export { blobSource, filehandleSource } from './source.ts';
