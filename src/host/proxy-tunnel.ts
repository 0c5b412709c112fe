/** CONNECT: https and WebSockets through the proxy. */
import { STATUS_CODES } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { LookupAddress } from 'node:dns';
import type { Guard } from './guard.ts';
import { pinned } from './pinned.ts';
import type { Pass, Target } from './proxy.ts';
import { refusedHeader } from './protocol.ts';

type Tunnel = { socket: Socket; head: Buffer; guard: Guard; pass: Pass; authority: string };

/** Resolves when the tunnel stands or was refused. */
export async function tunnel({ socket, head, guard, pass, authority }: Tunnel): Promise<void> {
  const target = targetOf(authority);
  if (!target) return answerConnect(socket, 400, {});
  try {
    const verdict = await guard.check(target.host, target.port);
    if ('refused' in verdict) {
      pass.refuse(target, verdict.refused);
      return answerConnect(socket, 403, { [refusedHeader]: verdict.refused });
    }
    const site = await reach(target, verdict.addresses);
    join(socket, site, head);
  } catch (error) {
    pass.fail(target, error);
    answerConnect(socket, 502, {});
  }
}

function reach({ host, port }: Target, addresses: LookupAddress[]): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const site = connect({ host: host.replace(/^\[|\]$/g, ''), port, lookup: pinned(addresses), noDelay: true });
    site.once('connect', () => {
      site.removeListener('error', reject);
      resolve(site);
    });
    site.once('error', reject);
  });
}

/** Each side's end is the other's; a break of one breaks the other. */
function join(browser: Socket, site: Socket, head: Buffer): void {
  site.on('error', () => browser.destroy());
  site.on('close', () => browser.destroy());
  browser.on('close', () => site.destroy());
  if (browser.destroyed) return void site.destroy();
  browser.setNoDelay(true);
  browser.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  if (head.length > 0) site.write(head);
  browser.pipe(site).pipe(browser);
}

export function answerConnect(socket: Socket, status: number, headers: Record<string, string>): void {
  const lines = Object.entries({ ...headers, 'content-length': '0', connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`);
}

function targetOf(authority: string): Target | null {
  const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^:[\]/@\s]+):(\d{1,5})$/.exec(authority) ?? [];
  return host && port && Number(port) <= 65_535 ? { host, port: Number(port) } : null;
}
