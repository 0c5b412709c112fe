/** How workers and the api speak with the browser host. No Playwright in here. */
import http from 'node:http';
import { createInterface } from 'node:readline';
import type { Call, HostLiveMessage, Verb } from './protocol.ts';
import { HostError } from './host-error.ts';

export { HostError };
export type HostClient = {
  /**
   * One call of the host. It may last for as long as the host holds it (`open` and `begin` are long polls): there is no timeout, only `signal`.
   * @throws HostError for refusals, with code `unavailable` (503) when nobody answers on the socket or the connection breaks
   * @throws DOMException/Error named `AbortError` when `signal` is aborted
   */
  call<V extends Verb>(verb: V, body: Call[V][0], signal?: AbortSignal): Promise<Call[V][1]>;
  /**
   * Watches a job until `signal` is aborted, and resolves then. Messages come in order.
   * @throws HostError `unavailable` when nobody answers, or the connection breaks
   */
  watch(jobId: string, on: (message: HostLiveMessage) => void, signal: AbortSignal): Promise<void>;
  /** Ends idle connections. Calls that are under way go on. */
  close(): void;
};

/** @param socketPath the host's Unix socket */
export function createHostClient(socketPath: string): HostClient {
  const agent = new http.Agent({ keepAlive: true, maxFreeSockets: mostKept });
  return {
    async call<V extends Verb>(verb: V, body: Call[V][0], signal?: AbortSignal) {
      const post = () => exchange({ socketPath, agent, verb, text: JSON.stringify(body), signal });
      const reply = await onFreshConnection(post).catch(unavailable);
      const answer = parse(reply.text);
      if (reply.status === 200) return answer as Call[V][1];
      throw refusal(reply.status, answer);
    },
    watch: (jobId, on, signal) =>
      follow({ socketPath, text: JSON.stringify({ jobId }), signal }, (line) => on(JSON.parse(line) as HostLiveMessage)),
    close: () => agent.destroy(),
  };
}

type Exchange = { socketPath: string; agent: http.Agent; verb: string; text: string; signal: AbortSignal | undefined };
type Reply = { status: number; text: string };

class StaleConnection extends Error {}

const mostKept = 16;

/** A kept connection that the host has just closed says nothing about the host: only the refusal of a new one does. */
async function onFreshConnection(post: () => Promise<Reply>): Promise<Reply> {
  for (let stale = 0; ; stale += 1) {
    try {
      return await post();
    } catch (error) {
      if (!(error instanceof StaleConnection) || stale >= mostKept) throw error;
    }
  }
}

function exchange({ socketPath, agent, verb, text, signal }: Exchange): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const request = http.request({ socketPath, agent, signal, path: `/${verb}`, method: 'POST', headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 500, text: body }));
      response.on('error', reject);
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(stale ? new StaleConnection(error.message) : error);
    });
    request.end(text);
  });
}

type Following = { socketPath: string; text: string; signal: AbortSignal };

/** Each line of an answer without end. @throws HostError `unavailable` when it ends all the same */
async function follow({ socketPath, text, signal }: Following, onLine: (line: string) => void): Promise<void> {
  try {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      http.request({ socketPath, agent: false, signal, path: '/watch', method: 'POST', headers }, resolve).on('error', reject).end(text);
    });
    for await (const line of createInterface({ input: response })) onLine(line);
    throw new Error('the answer ended');
  } catch (error) {
    if (signal.aborted) return;
    unavailable(error);
  }
}

function unavailable(error: unknown): never {
  if (error instanceof Error && error.name === 'AbortError') throw error;
  throw new HostError('unavailable', 503, `The browser host does not answer: ${error instanceof Error ? error.message : String(error)}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { code: 'internal', message: 'The browser host answered with something that is not JSON.' };
  }
}

function refusal(status: number, answer: unknown): HostError {
  const { code, message } = answer as { code?: string; message?: string };
  return new HostError(code ?? 'internal', status, message);
}
