// A download of the browser's own, whose bytes this page makes: the service worker answers a request for it with a stream
// (../offline/streams.ts), and asks here for each chunk when the browser has written the one before.

import { AgcError } from '../../errors.ts';
import type { Bytes } from '../../ranges.ts';
import { make } from '../dom.ts';
import type { FromStream, IntoStream, ToServiceWorker } from '../offline/streams.ts';
import type { Size } from './destination.ts';
import type { Sink } from './sink.ts';

/** The browser asks the service worker at once, if it asks it at all. */
const START_MS_MAX = 5_000;
/** The frame that asked can go when the browser has made a download of it. */
const FRAME_MS = 10_000;

export class StreamSink implements Sink {
  readonly #worker: ServiceWorker;
  /** The request that is answered. */
  readonly #url: string;
  readonly #port: MessagePort;
  readonly #frame = make('iframe');
  /** The browser waits for a chunk. */
  #wanted = false;
  #next: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  #failed: AgcError | undefined;

  /** Starts the download; rejects where the browser does not ask the service worker for it. */
  static async start(worker: ServiceWorker, fileName: string, size: Size): Promise<StreamSink> {
    const sink = new StreamSink(worker, fileName, size);
    const late = setTimeout(() => sink.#fail('The browser did not start the download.'), START_MS_MAX);
    try {
      await sink.#turn();
      return sink;
    } catch (error) {
      await sink.abort();
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  private constructor(worker: ServiceWorker, fileName: string, { bytes, exact }: Size) {
    this.#worker = worker;
    this.#url = new URL(`download/${crypto.randomUUID()}/${encodeURIComponent(fileName)}`, worker.scriptURL).href;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.onmessage = ({ data }: MessageEvent<FromStream>) => this.#hear(data);
    this.#tell({ url: this.#url, stream: { fileName, ...(exact && { bytes }) } }, [port2]);
    this.#frame.hidden = true;
    this.#frame.src = this.#url;
    document.body.append(this.#frame);
    addEventListener('pagehide', this.#leave);
  }

  async write(chunk: Bytes): Promise<void> {
    await this.#turn();
    if (chunk.length === 0) return;
    this.#wanted = false;
    // Others may have views of a larger buffer.
    const own = chunk.length === chunk.buffer.byteLength ? chunk : chunk.slice();
    this.#send({ chunk: own }, [own.buffer]);
  }

  async close(): Promise<void> {
    await this.#turn(); // the last chunk is written
    this.#send({ end: true });
    this.#done();
  }

  async abort(): Promise<void> {
    this.#send({ fail: true });
    this.#done();
  }

  readonly #leave = () => void this.abort();

  /** Waits until the browser wants more. */
  #turn(): Promise<void> {
    if (this.#failed) return Promise.reject(this.#failed);
    if (this.#wanted) return Promise.resolve();
    return new Promise((resolve, reject) => (this.#next = { resolve, reject }));
  }

  #hear(message: FromStream): void {
    if (message === 'awake') return this.#tell({ url: this.#url });
    if (message === 'cancelled') return this.#fail('The browser stopped the download: it was cancelled there, or the disk is full.');
    this.#wanted = true;
    this.#next?.resolve();
  }

  #fail(why: string): void {
    this.#failed ??= new AgcError(why);
    this.#next?.reject(this.#failed);
  }

  #done(): void {
    removeEventListener('pagehide', this.#leave);
    setTimeout(() => this.#frame.remove(), FRAME_MS);
  }

  #tell(message: ToServiceWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #send(message: IntoStream, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
