/** Requests to the server, and what they come to when it is not there or refuses. */
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../contract/error.ts';
import { CommandError, exit } from './exit.ts';
import type { Server } from './settings.ts';

type JsonRequest = { body?: unknown; headers?: Record<string, string>; patient?: boolean };

export type ApiClient = {
  readonly server: Server;
  /** The JSON of the answer. `patient`: a connection that breaks is tried again (give an idempotency key with what is not harmless to repeat) */
  json<T>(method: 'GET' | 'POST', path: string, more?: JsonRequest): Promise<T>;
  /** Any answer; the caller looks at its status. @throws CommandError when there is none */
  get(path: string, more?: { headers?: Record<string, string>; signal?: AbortSignal }): Promise<Response>;
};

/** The server refused; `problem` when it said so in its own words. */
export class RefusedError extends CommandError {
  override name = 'RefusedError';
  readonly problem: Problem | undefined;

  constructor(message: string, problem: Problem | undefined, status: number) {
    super(message, status >= 500 ? exit.unreachable : exit.wrongUse);
    this.problem = problem;
  }
}

const retryAfterMs = [300, 1_000, 3_000];

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return String(cause);
}

function unreachable({ url }: Server, error: unknown): CommandError {
  const remedy = 'Start it with `npm start` in its folder, or say where it is with --url or UNDERSTUDY_URL.';
  return new CommandError(`Understudy does not answer at ${url.origin} (${reasonOf(error)}). ${remedy}`, exit.unreachable, {
    cause: error,
  });
}

async function refusal(response: Response, { key, keySought }: Server): Promise<RefusedError> {
  const text = await response.text().catch(() => '');
  const problem = Problem.safeParse(safeJson(text)).data;
  if (problem?.code === 'forbidden_origin') {
    const which = key === undefined ? `No key was found (looked for: ${keySought}).` : 'The server has another key.';
    return new RefusedError(`${which} Give the server's key as UNDERSTUDY_API_KEY; it is in its file api-key.`, problem, response.status);
  }
  const detail = problem?.detail ?? `it answered ${response.status}, which is no answer of Understudy; is the address right?`;
  return new RefusedError(`${problem?.title ?? response.url}: ${detail}`, problem, response.status);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function createApiClient(server: Server): ApiClient {
  const { url, key } = server;
  const addressOf = (path: string): URL => new URL(`${url.pathname.replace(/\/$/, '')}${path}`, url);
  const auth: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };

  async function send(path: string, init: RequestInit, patient: boolean): Promise<Response> {
    for (const pause of [...(patient ? retryAfterMs : []), null]) {
      try {
        // a redirect would carry the key to somebody else
        return await fetch(addressOf(path), { redirect: 'error', ...init });
      } catch (error) {
        if (pause === null || init.signal?.aborted) throw unreachable(server, error);
        await wait(pause);
      }
    }
    throw unreachable(server, undefined);
  }

  return {
    server,
    async json<T>(method: 'GET' | 'POST', path: string, { body, headers = {}, patient = false }: JsonRequest = {}): Promise<T> {
      const content: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
      const init = { method, headers: { ...auth, ...content, ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const response = await send(path, init, patient);
      if (!response.ok) throw await refusal(response, server);
      const answer = safeJson(await response.text());
      if (answer === undefined) throw new RefusedError(`${response.url} is no Understudy: its answer is not JSON`, undefined, 500);
      return answer as T;
    },
    get: (path, { headers = {}, signal } = {}) => send(path, { headers: { ...auth, ...headers }, signal }, false),
  };
}
