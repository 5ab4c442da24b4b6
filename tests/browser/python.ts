// Python's own web server, which answers no ranges, behind a proxy that counts what it sends.

import { spawn } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';

export interface Python {
  origin: string;
  /** What was sent so far for paths that end so, heads of answers included, once nothing more is on its way. */
  served(ending: string): Promise<{ requests: number; bytes: number }>;
  stop(): void;
}

/** Serves `folder`; nothing, said aloud, where there is no Python. */
export async function startPython(folder: string): Promise<Python | undefined> {
  const python = spawn('python3', ['-u', '-m', 'http.server', '--bind', '127.0.0.1', '--directory', folder, '0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const port = await new Promise<number>((resolve) => {
    python.on('error', () => resolve(0));
    python.on('exit', () => resolve(0));
    python.stdout.on('data', (text) => resolve(Number(/ port (\d+)/.exec(String(text))?.[1] ?? 0)));
  });
  if (!port) {
    console.log('SKIPPED: no python3, whose web server knows no ranges');
    return undefined;
  }
  const connections: { path: string; bytes: number }[] = [];
  let open = 0;
  // It ends each connection with its answer, so one connection is one request.
  const proxy = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    const connection = { path: '', bytes: 0 };
    connections.push(connection);
    open++;
    client.once('data', (head) => (connection.path = String(head).split(' ')[1] ?? ''));
    server.on('data', (bytes) => (connection.bytes += bytes.length));
    client.pipe(server).pipe(client);
    const end = () => (client.destroy(), server.destroy());
    client.on('error', end).on('close', end);
    server.on('error', end).on('close', () => open--);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async served(ending) {
      for (let tries = 0; open > 0 && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
      const those = connections.filter(({ path }) => path.endsWith(ending));
      return { requests: those.length, bytes: those.reduce((sum, { bytes }) => sum + bytes, 0) };
    },
    stop() {
      proxy.close();
      python.kill();
    },
  };
}
