// The worker: an archive and its wasm, so that neither fetching nor decoding ever blocks the page.

import type { AgcInfo } from '../types/index.d.ts';
import { Service, type OpenRequest } from './service.ts';
import type { ByteRange, ByteSource, Traffic } from './source.ts';
import { describe, fromWire, returning, type FromWorker, type OpenOnWire, type Remote, type ToWorker } from './wire.ts';

/** The part of DedicatedWorkerGlobalScope used here; TypeScript cannot have both its library and the page's. */
interface Scope {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}
const scope = globalThis as unknown as Scope;

type ReadAnswer = Extract<ToWorker, { read: number }>;

const service = new Service((stats) => scope.postMessage({ stats }));
let told: AgcInfo | undefined;
const running = new Map<number, AbortController>();
const reading = new Map<number, (answer: ReadAnswer) => void>();
let lastRead = 0;

scope.onmessage = ({ data }) => {
  if ('cancel' in data) running.get(data.cancel)?.abort();
  else if ('endStream' in data) service.endStream(data.endStream);
  else if ('read' in data) reading.get(data.read)?.(data);
  else void answer(data);
};

async function answer(request: Extract<ToWorker, { id: number }>): Promise<void> {
  const { id } = request;
  const stop = new AbortController();
  running.set(id, stop);
  try {
    const answer = await ('open' in request ? service.open(opened(request.open), stop.signal) : service.call(request.call, request.ask, stop.signal));
    // Whoever gets the answer knows the rest already.
    scope.postMessage({ stats: service.stats });
    if (service.info && service.info !== told) scope.postMessage({ info: (told = service.info) });
    scope.postMessage({ id, answer }, buffersOf(answer));
  } catch (error) {
    scope.postMessage({ id, error: describe(error) });
  } finally {
    running.delete(id);
  }
}

function opened({ archive, index, ...rest }: OpenOnWire): OpenRequest {
  return { ...rest, archive: sourceOf(archive), index: index && sourceOf(index) };
}

function sourceOf(source: OpenOnWire['archive']): ByteSource {
  return 'remote' in source ? remoteSource(source) : fromWire(source);
}

/** A source that the page reads for us. */
function remoteSource({ remote, key, size, readRanges }: Remote): ByteSource {
  const source: { -readonly [K in keyof ByteSource]: ByteSource[K] } = {
    key,
    async read(offset, length, options) {
      return (await read([{ offset, length }], options?.signal))[0]!;
    },
  };
  const exchange = async (ranges: readonly ByteRange[] | undefined, signal: AbortSignal | undefined) => {
    const answer = await ask(remote, ranges, signal);
    if ('error' in answer) throw returning(answer.error, answer.read);
    if (answer.traffic) source.traffic = answer.traffic as Traffic;
    return answer;
  };
  const read = async (ranges: readonly ByteRange[], signal?: AbortSignal) => {
    const answer = await exchange(ranges, signal);
    return 'parts' in answer ? answer.parts : [];
  };
  if (readRanges) source.readRanges = (ranges, options) => read(ranges, options?.signal);
  if (size) {
    source.size = async (options) => {
      const answer = await exchange(undefined, options?.signal);
      return ('size' in answer ? answer.size : undefined) as number;
    };
  }
  return source;
}

function ask(source: number, ranges: readonly ByteRange[] | undefined, signal: AbortSignal | undefined): Promise<ReadAnswer> {
  const read = ++lastRead;
  return new Promise((resolve, reject) => {
    const abort = () => {
      reading.delete(read);
      scope.postMessage({ cancelRead: read });
      reject(signal?.reason);
    };
    if (signal?.aborted) return reject(signal.reason);
    signal?.addEventListener('abort', abort);
    reading.set(read, (answer) => {
      reading.delete(read);
      signal?.removeEventListener('abort', abort);
      resolve(answer);
    });
    scope.postMessage({ read, source, ...(ranges && { ranges: [...ranges] }) });
  });
}

function buffersOf(answer: unknown): Transferable[] {
  const all = Array.isArray(answer) ? answer : [answer];
  return [...new Set(all.flatMap((value) => (value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [])))];
}
