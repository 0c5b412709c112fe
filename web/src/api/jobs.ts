import type { AnswerBody, CommandBody, ResolveBody } from '../../../src/contract/command.ts';
import type { JobAction, JobDetail, JobStatus } from '../../../src/contract/job.ts';
import type { Artifact } from '../../../src/contract/artifact.ts';
import type { JobList } from '../../../src/contract/lists.ts';
import type { ExecutionReport } from '../../../src/contract/report.ts';
import type { RerunBody, RerunPlan, StartJobBody } from '../../../src/contract/start.ts';
import type { SystemInfo } from '../../../src/contract/system.ts';
import { query, request } from './client.ts';

const jobPath = (id: string): string => `/api/jobs/${encodeURIComponent(id)}`;

export type ListQuery = { status?: JobStatus; runbook?: string; q?: string; after?: string; limit?: number };

export const listJobs = (params: ListQuery, signal?: AbortSignal): Promise<JobList> => request(`/api/jobs${query(params)}`, { signal });

export const getJob = (id: string, signal?: AbortSignal): Promise<JobDetail> => request(jobPath(id), { signal });

/** approve and reject name the `approvalId`, resolve the step, its attempt and the outcome. @throws RequestError 409 with `jobStatus` and `allowed` when the job's state does not allow it */
export const commandJob = (id: string, action: JobAction, body: CommandBody | AnswerBody | ResolveBody): Promise<JobDetail> =>
  request(`${jobPath(id)}/${action.replace('_', '-')}`, { method: 'POST', body });

/** What another attempt would keep and repeat; `from`: a step's id, undefined is the whole job. */
export const getRerunPlan = (id: string, from: string | undefined, signal?: AbortSignal): Promise<RerunPlan> =>
  request(`${jobPath(id)}/rerun${query({ from })}`, { signal });

/** @throws RequestError 422 `missing_inputs`, `repeats_unconfirmed`, `invalid_request` with `errors` by field */
export const rerunJob = (id: string, body: RerunBody, key: string): Promise<JobDetail> =>
  request(`${jobPath(id)}/rerun`, { method: 'POST', body, headers: { 'idempotency-key': key } });

export const listArtifacts = async (id: string): Promise<Artifact[]> =>
  (await request<{ artifacts: Artifact[] }>(`${jobPath(id)}/artifacts`)).artifacts;

export const artifactUrl = (jobId: string, artifactId: string): string => `${jobPath(jobId)}/artifacts/${encodeURIComponent(artifactId)}`;

/** Of a job that is not over, as far as it has come. */
export const getReport = (id: string, signal?: AbortSignal): Promise<ExecutionReport> => request(`${jobPath(id)}/report`, { signal });

/** Where the report, and everything beside it, can be fetched to keep. */
export const reportFiles = (id: string): { html: string; json: string; zip: string } => ({
  html: `${jobPath(id)}/report.html?download=1`,
  json: `${jobPath(id)}/report`,
  zip: `${jobPath(id)}/artifacts.zip`,
});

/** A press that is repeated (double click, retry after a lost answer) starts one job: `key` is made once per intention. */
export const startJob = (body: StartJobBody, key: string): Promise<JobDetail> =>
  request('/api/jobs', { method: 'POST', body, headers: { 'idempotency-key': key } });

export const getSystem = (): Promise<SystemInfo> => request('/api/system');
