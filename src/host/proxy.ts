/**
 * The forward proxy that every connection of a job's browser takes. It asks the guard and connects to exactly the addresses that the guard has seen.
 *
 * Our own rather than a package: a name that does not resolve or a host that does not answer must stay a failed connection for the browser. The packages
 * answer such requests with a page (404, 502), so that navigating to a dead host would look like a success.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Log } from '../log.ts';
import { createGuard, type Guard, type Lookup } from './guard.ts';
import { forwardRequest, refuseRequest } from './proxy-forward.ts';
import { answerConnect, tunnel } from './proxy-tunnel.ts';
import type { Failed, RefusalReason, Refused } from './protocol.ts';

/** What lets one browser through, and what became of its connections. */
export type Pass = {
  username: string;
  password: string;
  /** connections to sites that are kept for the next request */
  agent: http.Agent;
  sockets: Set<Socket>;
  refusals: Refused[];
  failures: Failed[];
  refuse(target: Target, reason: RefusalReason): void;
  fail(target: Target, error: unknown): void;
  /** Ends every connection of the browser; the pass is no longer valid. */
  end(): void;
};
export type Target = { host: string; port: number };
export type Proxy = {
  /** `http://127.0.0.1:<port>` */
  url: string;
  issue(): Pass;
  close(): Promise<void>;
};

/** Answered by the proxy itself: browsers sign in there (sign-in.ts). */
export const signInUrl = 'http://understudy.invalid/';
const kept = 50;

/** Listens on a free port of 127.0.0.1. */
export async function startProxy(options: { protectedAddresses: string[]; lookup?: Lookup; log: Log }): Promise<Proxy> {
  const passes = new Map<string, Pass>();
  // sites set cookies that are larger than Node's default of 16 KB for all headers
  const server = http.createServer({ maxHeaderSize: 256 * 1024 });
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const guard = createGuard({ ...options, proxyPort: () => port });

  server.on('request', (request, response) => {
    const pass = passOf(request, passes);
    if (!pass) return void refuseRequest(response, 407, challenge);
    keep(pass, request.socket);
    handle(request, response, { pass, guard }).catch((error: unknown) => lost(request.socket, error, options.log));
  });
  server.on('connect', (request, stream, head) => {
    const socket = stream as Socket;
    socket.on('error', () => socket.destroy());
    const pass = passOf(request, passes);
    if (!pass) return void answerConnect(socket, 407, challenge);
    keep(pass, socket);
    tunnel({ socket, head, guard, pass, authority: request.url ?? '' }).catch((error: unknown) => lost(socket, error, options.log));
  });
  server.on('clientError', (_error, socket) => socket.destroy());

  return {
    url: `http://127.0.0.1:${port}`,
    issue: () => issuePass(passes),
    close: () =>
      new Promise((resolve) => {
        for (const pass of [...passes.values()]) pass.end();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const challenge = { 'proxy-authenticate': 'Basic realm="understudy"' };

function issuePass(passes: Map<string, Pass>): Pass {
  const sockets = new Set<Socket>();
  const pass: Pass = {
    username: randomBytes(8).toString('hex'),
    password: randomBytes(24).toString('hex'),
    agent: new http.Agent({ keepAlive: true, maxFreeSockets: 32 }),
    sockets,
    refusals: [],
    failures: [],
    refuse: (target, reason) => remember(pass.refusals, { at: new Date().toISOString(), ...target, reason }),
    fail: (target, error) => remember(pass.failures, { at: new Date().toISOString(), ...target, code: codeOf(error) }),
    end() {
      passes.delete(pass.username);
      pass.agent.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
  passes.set(pass.username, pass);
  return pass;
}

function passOf(request: http.IncomingMessage, passes: Map<string, Pass>): Pass | null {
  const [scheme = '', encoded = ''] = (request.headers['proxy-authorization'] ?? '').split(' ');
  const [username = '', password = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const pass = scheme.toLowerCase() === 'basic' ? passes.get(username) : undefined;
  if (!pass) return null;
  const [given, wanted] = [Buffer.from(password), Buffer.from(pass.password)];
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? pass : null;
}

async function handle(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { pass, guard }: { pass: Pass; guard: Guard },
): Promise<void> {
  const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : null;
  if (url?.protocol !== 'http:') return refuseRequest(response, 400, {});
  if (url.href === signInUrl) return refuseRequest(response, 204, {});
  await forwardRequest({ request, response, url, pass, guard });
}

function keep(pass: Pass, socket: Socket): void {
  if (pass.sockets.has(socket)) return;
  pass.sockets.add(socket);
  socket.once('close', () => pass.sockets.delete(socket));
}

function lost(socket: Socket, error: unknown, log: Log): void {
  log.debug({ error: String(error) }, 'connection of a page failed');
  socket.destroy();
}

function remember<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > kept) list.shift();
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'ERROR';
