// A proxy that is as far away as it is told to be, and keeps account of what is asked through it.

import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import type { Exchange } from './traffic.ts';

/**
 * Passes requests on to a port of this machine. A round trip to it takes `delayMs`: each request waits so long before it
 * is passed on, and the first one of a connection twice as long, as a connection takes a round trip before anything can be
 * asked. Connections are kept open on both sides, and bodies pass through as they come.
 */
export class Proxy {
  static async start(upstream: number): Promise<Proxy> {
    const proxy = new Proxy(upstream);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  delayMs = 0;
  #exchanges: Exchange[] = [];
  #underWay = 0;
  #idle = () => {};
  readonly #upstream: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #known = new WeakSet<Socket>();
  readonly #server = createServer({ keepAliveTimeout: 60_000 }, (asked, answer) => void this.#pass(asked, answer));

  private constructor(upstream: number) {
    this.#upstream = upstream;
    // Small answers must not wait for more to be sent with them.
    this.#server.on('connection', (socket) => socket.setNoDelay(true));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The requests made since this was called last, when all of them are over. */
  async take(): Promise<Exchange[]> {
    while (this.#underWay > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    return this.#exchanges.splice(0);
  }

  /** Ends all connections, so that the next client begins without any. */
  disconnect(): void {
    this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    this.disconnect();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const exchange: Exchange = { path: asked.url ?? '/', start: performance.now(), end: NaN, bytes: 0 };
    this.#exchanges.push(exchange);
    this.#underWay++;
    answer.on('close', () => {
      exchange.end = performance.now();
      if (--this.#underWay === 0) this.#idle();
    });
    const trips = this.#known.has(asked.socket) ? 1 : 2;
    this.#known.add(asked.socket);
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, trips * this.delayMs));
    const { method, url: path, headers } = asked;
    const onward = request({ host: '127.0.0.1', port: this.#upstream, agent: this.#agent, method, path, headers }, (came) => {
      answer.writeHead(came.statusCode ?? 502, came.headers);
      came.on('data', (chunk: Buffer) => (exchange.bytes += chunk.length));
      came.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    // Whoever leaves half-way wants no more.
    answer.on('close', () => answer.writableFinished || onward.destroy());
    onward.end();
  }
}
