/** Plain http through the proxy. */
import http from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Guard } from './guard.ts';
import { pinned } from './pinned.ts';
import type { Pass } from './proxy.ts';
import { refusedHeader } from './protocol.ts';

type Forward = { request: http.IncomingMessage; response: http.ServerResponse; url: URL; pass: Pass; guard: Guard };

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Rejects when the site could not be reached: the caller then breaks the browser's connection. */
export async function forwardRequest({ request, response, url, pass, guard }: Forward): Promise<void> {
  const target = { host: url.hostname, port: Number(url.port || 80) };
  try {
    const verdict = await guard.check(target.host, target.port);
    if ('refused' in verdict) {
      pass.refuse(target, verdict.refused);
      return refuseRequest(response, 403, { [refusedHeader]: verdict.refused });
    }
    const onward = http.request({
      agent: pass.agent,
      host: target.host.replace(/^\[|\]$/g, ''),
      port: target.port,
      lookup: pinned(verdict.addresses),
      method: request.method,
      path: url.pathname + url.search,
      headers: endToEnd(request.rawHeaders, request.headers.connection),
      maxHeaderSize: 256 * 1024,
      insecureHTTPParser: true,
    });
    await relay(request, response, onward);
  } catch (error) {
    // the browser went away first: nothing has failed
    if (!request.socket.destroyed) pass.fail(target, error);
    throw error;
  }
}

async function relay(request: http.IncomingMessage, response: http.ServerResponse, onward: http.ClientRequest): Promise<void> {
  response.once('close', () => onward.destroy());
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => onward.once('response', resolve).once('error', reject));
  // after the answer has begun, the pipeline below reports what breaks
  onward.on('error', () => undefined);
  request.pipe(onward);
  const answer = await answered;
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders, answer.headers.connection));
  response.flushHeaders();
  await pipeline(answer, response);
}

/** Name, value, name, value, …, without what concerns one connection alone. */
function endToEnd(raw: string[], connection: string | undefined): string[] {
  const named = new Set(
    (connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
  const out: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const [name = '', value = ''] = [raw[at], raw[at + 1]];
    const lower = name.toLowerCase();
    if (!hopByHop.has(lower) && !named.has(lower)) out.push(name, value);
  }
  return out;
}

export function refuseRequest(response: http.ServerResponse, status: number, headers: Record<string, string>): void {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers });
  response.end(status === 403 ? 'This address is not open to the browser of a job.' : '');
}
