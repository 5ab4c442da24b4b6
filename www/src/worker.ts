// The worker: holds the archive and its wasm, so that neither fetching nor decoding ever blocks the page.

import { AgcArchive } from './archive.ts';
import { AgcError } from './errors.ts';
import type { Bytes } from './ranges.ts';
import type { CallName, Calls, FromWorker, ToWorker } from './protocol.ts';
import { loadWasm } from './wasm.ts';

/** The part of DedicatedWorkerGlobalScope used here; TypeScript cannot have both its library and the page's. */
interface Scope {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}
const scope = globalThis as unknown as Scope;

interface Stream {
  chunks: AsyncGenerator<Bytes>;
  stop: AbortController;
}

let archive: AgcArchive | undefined;
const running = new Map<number, AbortController>();
const streams = new Map<number, Stream>();

type Handlers = { [Name in CallName]: (ask: Calls[Name]['ask'], signal: AbortSignal, id: number) => Promise<Calls[Name]['answer']> };

const handlers: Handlers = {
  async open({ from }, signal) {
    const opened = await AgcArchive.open(from, { signal, onStats: (stats) => scope.postMessage({ stats }) });
    archive?.close();
    archive = opened;
    return { info: opened.info, samples: opened.samples };
  },
  async contigs({ sample }, signal) {
    return current().contigs(sample, { signal });
  },
  async locate({ contig }, signal) {
    return current().locate(contig, { signal });
  },
  async sequence({ sample, contig, start, end }, signal) {
    return current().sequence(sample, contig, start, end, { signal });
  },
  async fasta({ sample, contigs, range, regionName }, _signal, id) {
    const stop = new AbortController();
    const chunks = current().fasta(sample, {
      signal: stop.signal,
      ...(contigs && { contigs }),
      ...(range && { range }),
      ...(regionName !== undefined && { header: () => regionName }),
    });
    streams.set(id, { chunks, stop });
    return id;
  },
  async next({ stream }) {
    const { chunks } = streams.get(stream) ?? fail();
    const { value, done } = await chunks.next();
    if (done) streams.delete(stream);
    return done ? undefined : value;
  },
};

scope.onmessage = ({ data }) => {
  if ('cancel' in data) running.get(data.cancel)?.abort();
  else if ('endStream' in data) endStream(data.endStream);
  else void handle(data.id, data.call, data.ask);
};

// The module is on its way before the first question.
loadWasm().catch(() => {});

async function handle<Name extends CallName>(id: number, call: Name, ask: Calls[Name]['ask']): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  try {
    const answer = await handlers[call](ask, stop.signal, id);
    scope.postMessage({ id, answer }, answer instanceof Uint8Array ? [answer.buffer] : []);
  } catch (error) {
    scope.postMessage({ id, error: describe(error) });
  } finally {
    running.delete(id);
  }
}

function endStream(id: number): void {
  const stream = streams.get(id);
  streams.delete(id);
  stream?.stop.abort();
}

function describe(error: unknown) {
  if (error instanceof AgcError) return { name: error.name, kind: error.kind, message: error.message };
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: 'Error', message: String(error) };
}

function current(): AgcArchive {
  return archive ?? fail();
}

function fail(): never {
  throw new AgcError('misuse', 'No archive is open.');
}
