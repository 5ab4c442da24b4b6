// What a page and its worker say to each other, and how errors and sources cross between them.

import type { AgcInfo, AgcStats, WasmSource } from '../types/index.d.ts';
import * as errors from './errors.ts';
import { httpSource } from './http.ts';
import type { Ask, CallName } from './service.ts';
import { blobSource, WIRE, type ByteRange, type ByteSource, type SourceOnWire, type Traffic } from './source.ts';

/** A source that stays where it is: the worker asks for its bytes by number. */
export interface Remote {
  remote: number;
  key: string;
  size: boolean;
  readRanges: boolean;
}

export interface OpenOnWire {
  archive: SourceOnWire | Remote;
  index?: SourceOnWire | Remote | false | undefined;
  cacheBytes?: number | undefined;
  wasm?: WasmSource | undefined;
}

export type Call = { [Name in CallName]: { call: Name; ask: Ask<Name> } }[CallName];

export type ToWorker =
  | { id: number; open: OpenOnWire }
  | ({ id: number } & Call)
  | { cancel: number }
  | { endStream: number }
  | { read: number; parts: Uint8Array[]; traffic?: Traffic | undefined }
  | { read: number; size: number | undefined; traffic?: Traffic | undefined }
  | { read: number; error: ErrorOnWire };

export type FromWorker =
  | { id: number; answer: unknown }
  | { id: number; error: ErrorOnWire }
  | { stats: AgcStats }
  | { info: AgcInfo }
  /** Without ranges the size is asked for. */
  | { read: number; source: number; ranges?: ByteRange[] }
  | { cancelRead: number };

export interface ErrorOnWire {
  name: string;
  message: string;
  details: object;
  /** Number of the read that failed: the error itself is still over there. */
  thrownBy?: number | undefined;
}

/** An error of somebody's own source, on its way back to where it was thrown. */
class Returning extends Error {
  readonly on: ErrorOnWire;

  constructor(on: ErrorOnWire) {
    super(on.message);
    this.on = on;
  }
}

const CLASSES: Record<string, new (message: string, details: never) => Error> = {
  AgcError: errors.AgcError,
  AgcFormatError: errors.AgcFormatError,
  UnsupportedVersionError: errors.UnsupportedVersionError,
  LimitError: errors.LimitError,
  NotFoundError: errors.NotFoundError,
  AmbiguousContigError: errors.AmbiguousContigError,
  StaleIndexError: errors.StaleIndexError,
  SourceError: errors.SourceError,
  HttpError: errors.HttpError,
  RangeNotSupportedError: errors.RangeNotSupportedError,
  ContentEncodedError: errors.ContentEncodedError,
  SizeUnknownError: errors.SizeUnknownError,
  FileChangedError: errors.FileChangedError,
  RangeError,
  TypeError,
};

export function describe(error: unknown): ErrorOnWire {
  if (error instanceof Returning) return error.on;
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), details: {} };
  const { name, ...details } = error instanceof errors.AgcError ? { ...error } : { name: error.name };
  return { name, message: error.message, details };
}

export function revive({ name, message, details }: ErrorOnWire): Error {
  if (name === 'AbortError') return new DOMException(message, name);
  const Class = CLASSES[name] ?? errors.AgcError;
  return new Class(message, details as never);
}

/** The error of a read over there: one of ours as itself, so that it means here what it means there. */
export function returning(error: ErrorOnWire, read: number): Error {
  return error.name in CLASSES ? revive(error) : new Returning({ ...error, thrownBy: read });
}

/** A source as the worker gets it: opened there, if it can be, or read where it is. */
export function toWire(source: ByteSource, number: number): SourceOnWire | Remote {
  const own = WIRE in source ? (source[WIRE] as SourceOnWire | undefined) : undefined;
  return own ?? { remote: number, key: source.key, size: Boolean(source.size), readRanges: Boolean(source.readRanges) };
}

export function fromWire(source: SourceOnWire): ByteSource {
  return 'url' in source ? httpSource(source.url, source.options) : blobSource(source.blob);
}
