/** Every request to the api goes through here: JSON in, JSON out, and a `Problem` for whatever goes wrong. */
import type { Problem } from '../../../src/contract/error.ts';

/** `problem` is null when the answer was none of ours: no network, or something in between. `status` is 0 without an answer. */
export class RequestError extends Error {
  readonly status: number;
  readonly problem: Problem | null;
  constructor(message: string, status: number, problem: Problem | null) {
    super(message);
    this.status = status;
    this.problem = problem;
  }
}

export type RequestOptions = { method?: 'GET' | 'POST' | 'PUT'; body?: object; headers?: Record<string, string>; signal?: AbortSignal };

/** @throws RequestError for every answer that is not 2xx, and when there is none */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  if (response.ok) return (await response.json()) as T;
  const problem = await problemOf(response);
  throw new RequestError(problem?.detail ?? `The server answered ${response.status}`, response.status, problem);
}

async function send(path: string, { method = 'GET', body, headers = {}, signal }: RequestOptions): Promise<Response> {
  const type: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
  try {
    return await fetch(path, {
      method,
      headers: { accept: 'application/json', ...type, ...headers },
      body: body && JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new RequestError('The server does not answer', 0, null);
  }
}

async function problemOf(response: Response): Promise<Problem | null> {
  if (!response.headers.get('content-type')?.includes('application/problem+json')) return null;
  return (await response.json().catch(() => null)) as Problem | null;
}

/** Query parameters without those that are undefined or empty. */
export function query(params: Record<string, string | number | undefined>): string {
  const present = Object.entries(params).filter(([, value]) => value !== undefined && value !== '');
  return present.length === 0 ? '' : `?${new URLSearchParams(present.map(([name, value]) => [name, String(value)])).toString()}`;
}

/** What to tell a person about a failed request. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
