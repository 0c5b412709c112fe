/** Stands between a browser and the product and counts the streams that are open at a time. Bytes pass unchanged but for the names of the host. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type CountingProxy = { url: string; openStreams(): number; opened(): number; mostStreams(): number; close(): Promise<void> };

export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const { host, hostname, port } = new URL(target);
  let open = 0;
  let most = 0;
  let opened = 0;

  function pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const headers = { ...incoming.headers, host, ...(incoming.headers.origin ? { origin: target } : {}) };
    const onward = request({ hostname, port, path: incoming.url, method: incoming.method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    incoming.pipe(onward);
    if (incoming.url?.startsWith('/api/stream')) count(answer);
  }
  function count(answer: ServerResponse): void {
    open += 1;
    opened += 1;
    most = Math.max(most, open);
    answer.on('close', () => (open -= 1));
  }

  const server = createServer(pass);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    openStreams: () => open,
    opened: () => opened,
    mostStreams: () => most,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
