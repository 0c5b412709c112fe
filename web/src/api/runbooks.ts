import type { RunbookDetail, RunbookSummary, RunbookVersion, Validation } from '../../../src/contract/library.ts';
import type { JsonSchema } from '../components/runbook/source/json-schema.ts';
import { query, request } from './client.ts';

const runbookPath = (id: string): string => `/api/runbooks/${encodeURIComponent(id)}`;

export const listRunbooks = async (): Promise<RunbookSummary[]> =>
  (await request<{ runbooks: RunbookSummary[] }>('/api/runbooks')).runbooks;

export const getRunbook = (id: string, version?: number): Promise<RunbookDetail> => request(`${runbookPath(id)}${query({ version })}`);

/** Newest first. */
export const listVersions = async (id: string): Promise<RunbookVersion[]> =>
  (await request<{ versions: RunbookVersion[] }>(`${runbookPath(id)}/versions`)).versions;

/** @throws RequestError 422 with `errors` (path, line) when the runbook has mistakes */
export const createRunbook = (source: string): Promise<RunbookDetail> => request('/api/runbooks', { method: 'POST', body: { source } });

/** @throws RequestError 422 with `errors` (path, line) when the runbook has mistakes */
export const saveRunbook = (id: string, source: string): Promise<RunbookDetail> =>
  request(runbookPath(id), { method: 'PUT', body: { source } });

export const validateRunbook = (source: string, signal?: AbortSignal): Promise<Validation> =>
  request('/api/runbooks/validate', { method: 'POST', body: { source }, signal });

let schema: Promise<JsonSchema> | undefined;

/** The language, for completion and help. Fetched once; after a failure it is tried again. */
export function getRunbookSchema(): Promise<JsonSchema> {
  schema ??= request<JsonSchema>('/api/runbook.schema.json').catch((error: unknown) => {
    schema = undefined;
    throw error;
  });
  return schema;
}
