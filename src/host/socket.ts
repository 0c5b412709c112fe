/** HTTP on a Unix socket: POST /<verb>, JSON in, JSON out. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { ZodError } from 'zod';
import type { Log } from '../log.ts';
import { bodies, watchBody } from './bodies.ts';
import { HostError } from './host-error.ts';
import type { LiveListener } from './live-jobs.ts';
import type { Call, Verb } from './protocol.ts';
import { streamTo } from './watch-stream.ts';

/** `signal` is aborted when the caller goes away before it has its answer. */
export type Verbs = { [V in Verb]: (body: Call[V][0], signal: AbortSignal) => Call[V][1] | Promise<Call[V][1]> };
export type SocketServer = { close(): Promise<void> };

const maxBody = 32 * 1024 * 1024;
/** `open` brings a job's storages and all of its values along. */
const maxOpenBody = 128 * 1024 * 1024;

/** @throws Error when somebody answers on the socket already */
export async function refuseSecond(path: string): Promise<void> {
  if (await answers(path)) throw new Error(`Another browser host answers on ${path}.`);
}

/** A socket that a dead host has left is replaced: ask `refuseSecond` before. */
export async function listenOnSocket({ path, log, ...answers }: Answers & { path: string; log: Log }): Promise<SocketServer> {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  const server = http.createServer((request, response) => void reply({ request, response }, answers, log));
  // long polls last as long as a step is held; kept connections as long as the worker lives
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  } finally {
    process.umask(before);
  }
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** `watch`: what whoever watches a job is told, see `LiveJobs.watch` */
type Answers = { verbs: Verbs; watch: (jobId: string, listener: LiveListener) => () => void };
type Exchange = { request: IncomingMessage; response: ServerResponse };

async function reply({ request, response }: Exchange, { verbs, watch }: Answers, log: Log): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort(new HostError('gone', 499, 'The caller went away.'));
  });
  try {
    if (request.method === 'POST' && request.url === '/watch') {
      const { jobId } = watchBody.parse(await bodyOf(request, maxBody));
      return streamTo(response, (listener) => watch(jobId, listener));
    }
    const verb = verbOf(request);
    const body = await bodyOf(request, verb === 'open' ? maxOpenBody : maxBody);
    send(response, 200, await carryOut(verbs, verb, { body, signal: gone.signal }));
  } catch (error) {
    if (gone.signal.aborted) return;
    const refusal = asRefusal(error);
    if (refusal.status >= 500) log.error({ verb: request.url, code: refusal.code, error: String(error) }, 'host call failed');
    send(response, refusal.status, { code: refusal.code, message: refusal.message });
  }
}

type Asked = { body: unknown; signal: AbortSignal };

const carryOut = async <V extends Verb>(verbs: Verbs, verb: V, { body, signal }: Asked): Promise<Call[V][1]> =>
  verbs[verb](bodies[verb].parse(body), signal);

function verbOf(request: IncomingMessage): Verb {
  const verb = (request.url ?? '').slice(1);
  if (request.method !== 'POST' || !Object.hasOwn(bodies, verb))
    throw new HostError('bad_request', 400, `There is no ${request.method} /${verb}.`);
  return verb as Verb;
}

async function bodyOf(request: IncomingMessage, limit: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw new HostError('bad_request', 400, 'The request is too large.');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
}

function asRefusal(error: unknown): HostError {
  if (error instanceof HostError) return error;
  if (error instanceof ZodError)
    return new HostError('bad_request', 400, error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  if (error instanceof SyntaxError) return new HostError('bad_request', 400, 'The request is not JSON.');
  return new HostError('internal', 500, error instanceof Error ? error.message : String(error));
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
