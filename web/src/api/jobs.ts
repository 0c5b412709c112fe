import type { CommandBody } from '../../../src/contract/command.ts';
import type { JobAction, JobDetail, JobStatus } from '../../../src/contract/job.ts';
import type { Artifact, JobList, StartJobBody, SystemInfo } from '../../../src/contract/routes.ts';
import { query, request } from './client.ts';

const jobPath = (id: string): string => `/api/jobs/${encodeURIComponent(id)}`;

export type ListQuery = { status?: JobStatus; runbook?: string; q?: string; after?: string; limit?: number };

export const listJobs = (params: ListQuery, signal?: AbortSignal): Promise<JobList> => request(`/api/jobs${query(params)}`, { signal });

export const getJob = (id: string, signal?: AbortSignal): Promise<JobDetail> => request(jobPath(id), { signal });

/** @throws RequestError 409 with `jobStatus` and `allowed` when the job's state does not allow it */
export const commandJob = (id: string, action: JobAction, body: CommandBody): Promise<JobDetail> =>
  request(`${jobPath(id)}/${action}`, { method: 'POST', body });

export const listArtifacts = async (id: string): Promise<Artifact[]> =>
  (await request<{ artifacts: Artifact[] }>(`${jobPath(id)}/artifacts`)).artifacts;

export const artifactUrl = (jobId: string, artifactId: string): string => `${jobPath(jobId)}/artifacts/${encodeURIComponent(artifactId)}`;

/** A press that is repeated (double click, retry after a lost answer) starts one job: `key` is made once per intention. */
export const startJob = (body: StartJobBody, key: string): Promise<JobDetail> =>
  request('/api/jobs', { method: 'POST', body, headers: { 'idempotency-key': key } });

export const getSystem = (): Promise<SystemInfo> => request('/api/system');
