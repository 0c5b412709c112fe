import net from 'node:net';
import type { AddressInfo } from 'node:net';

/** A door in front of a server: while it is shut, connections are cut and refused, as in an outage. */
export type OutageProxy = {
  port: number;
  shut(): void;
  /** Nothing of what is said comes through any more, and nobody is told. */
  stall(): void;
  open(): void;
  close(): Promise<void>;
};

export async function createOutageProxy(target: { host: string; port: number }): Promise<OutageProxy> {
  const sockets = new Set<net.Socket>();
  let isShut = false;
  const server = net.createServer((client) => {
    if (isShut) return void client.destroy();
    const upstream = net.connect(target.port, target.host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const shut = (): void => {
    isShut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    shut,
    stall() {
      for (const socket of sockets) socket.unpipe();
    },
    open: () => void (isShut = false),
    async close() {
      shut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
