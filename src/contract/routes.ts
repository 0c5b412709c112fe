/** The whole HTTP API as one table. The api validates by it, the OpenAPI document is generated from it, the console's client is typed by it. */
import { z } from 'zod';
import { Artifact } from './artifact.ts';
import { AnswerBody, CommandBody, ResolveBody } from './command.ts';
import { JobDetail } from './job.ts';
import { RunbookDetail, RunbookSummary, RunbookVersion, SaveRunbookBody, ValidateBody, Validation } from './library.ts';
import { ApprovalList, JobList, ListJobsQuery } from './lists.ts';
import { ExecutionReport } from './report.ts';
import { RerunBody, RerunPlan, StartJobBody } from './start.ts';
import { JobEventsQuery, StreamQuery } from './stream.ts';
import { Part, SystemInfo } from './system.ts';

const Id = z.object({ id: z.string().max(100) });
const Download = z.strictObject({ download: z.enum(['0', '1']).optional() });
export type Route = {
  method: 'get' | 'post' | 'put';
  path: string;
  summary: string;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  status: number;
  response?: z.ZodType;
  produces?: string;
  headers?: Record<string, string>;
};

export const routes = {
  startJob: {
    method: 'post',
    path: '/api/jobs',
    summary: 'Start a job',
    body: StartJobBody,
    status: 201,
    response: JobDetail,
    headers: { 'Idempotency-Key': 'a repeated request with the same key and body answers with the first job' },
  },
  listJobs: { method: 'get', path: '/api/jobs', summary: 'List jobs, newest first', query: ListJobsQuery, status: 200, response: JobList },
  streamJobs: {
    method: 'get',
    path: '/api/jobs/stream',
    summary: 'Changed rows and counts, live',
    status: 200,
    produces: 'text/event-stream',
  },
  stream: {
    method: 'get',
    path: '/api/stream',
    summary: 'Several streams in one connection',
    query: StreamQuery,
    status: 200,
    produces: 'text/event-stream',
  },
  getJob: { method: 'get', path: '/api/jobs/{id}', summary: 'One job', params: Id, status: 200, response: JobDetail },
  jobReport: {
    method: 'get',
    path: '/api/jobs/{id}/report',
    summary: 'The execution report; of a job that is not over, as far as it has come',
    params: Id,
    status: 200,
    response: ExecutionReport,
  },
  jobReportHtml: {
    method: 'get',
    path: '/api/jobs/{id}/report.html',
    summary: 'The same as one file to keep: pictures inside, no script; ?download=1 as an attachment',
    params: Id,
    query: Download,
    status: 200,
    produces: 'text/html',
  },
  jobEvents: {
    method: 'get',
    path: '/api/jobs/{id}/events',
    summary: 'A snapshot, then every event; resumes by Last-Event-ID; ?live=1 with pictures',
    params: Id,
    query: JobEventsQuery,
    status: 200,
    produces: 'text/event-stream',
  },
  pauseJob: {
    method: 'post',
    path: '/api/jobs/{id}/pause',
    summary: 'Pause',
    params: Id,
    body: CommandBody,
    status: 200,
    response: JobDetail,
  },
  resumeJob: {
    method: 'post',
    path: '/api/jobs/{id}/resume',
    summary: 'Resume',
    params: Id,
    body: CommandBody,
    status: 200,
    response: JobDetail,
  },
  cancelJob: {
    method: 'post',
    path: '/api/jobs/{id}/cancel',
    summary: 'Cancel',
    params: Id,
    body: CommandBody,
    status: 200,
    response: JobDetail,
  },
  approveJob: {
    method: 'post',
    path: '/api/jobs/{id}/approve',
    summary: 'Approve: the step that waits runs',
    params: Id,
    body: AnswerBody,
    status: 200,
    response: JobDetail,
  },
  rejectJob: {
    method: 'post',
    path: '/api/jobs/{id}/reject',
    summary: 'Reject: the step that waits fails',
    params: Id,
    body: AnswerBody,
    status: 200,
    response: JobDetail,
  },
  resolveJob: {
    method: 'post',
    path: '/api/jobs/{id}/resolve',
    summary: 'Say what became of a step of unknown outcome',
    params: Id,
    body: ResolveBody,
    status: 200,
    response: JobDetail,
  },
  startJobNow: {
    method: 'post',
    path: '/api/jobs/{id}/start-now',
    summary: 'Start a scheduled job now',
    params: Id,
    body: CommandBody,
    status: 200,
    response: JobDetail,
  },
  rerunPlan: {
    method: 'get',
    path: '/api/jobs/{id}/rerun',
    summary: 'What a rerun would keep and repeat',
    params: Id,
    query: z.strictObject({ from: z.string().max(100).optional() }),
    status: 200,
    response: RerunPlan,
  },
  rerunJob: {
    method: 'post',
    path: '/api/jobs/{id}/rerun',
    summary: 'Another attempt of a job that is over',
    params: Id,
    body: RerunBody,
    status: 201,
    response: JobDetail,
    headers: { 'Idempotency-Key': 'a repeated request with the same key and body answers with the first job' },
  },
  listApprovals: {
    method: 'get',
    path: '/api/approvals',
    summary: 'What waits for a person, and what was decided lately',
    status: 200,
    response: ApprovalList,
  },
  listArtifacts: {
    method: 'get',
    path: '/api/jobs/{id}/artifacts',
    summary: 'Artifacts of a job',
    params: Id,
    status: 200,
    response: z.object({ artifacts: z.array(Artifact) }),
  },
  getArtifact: {
    method: 'get',
    path: '/api/jobs/{id}/artifacts/{artifactId}',
    summary: 'The bytes; ?download=1 as an attachment',
    params: Id.extend({ artifactId: z.string().max(100) }),
    query: Download,
    status: 200,
    produces: 'image/jpeg',
  },
  artifactsZip: {
    method: 'get',
    path: '/api/jobs/{id}/artifacts.zip',
    summary: 'All artifacts and the report in one archive',
    params: Id,
    status: 200,
    produces: 'application/zip',
  },
  listRunbooks: {
    method: 'get',
    path: '/api/runbooks',
    summary: 'The library of runbooks',
    status: 200,
    response: z.object({ runbooks: z.array(RunbookSummary) }),
  },
  createRunbook: {
    method: 'post',
    path: '/api/runbooks',
    summary: 'Store a runbook',
    body: SaveRunbookBody,
    status: 201,
    response: RunbookDetail,
  },
  validateRunbook: {
    method: 'post',
    path: '/api/runbooks/validate',
    summary: 'All mistakes of a runbook at once',
    body: ValidateBody,
    status: 200,
    response: Validation,
  },
  getRunbook: {
    method: 'get',
    path: '/api/runbooks/{id}',
    summary: 'One runbook',
    params: Id,
    query: z.strictObject({ version: z.coerce.number().int().min(1).optional() }),
    status: 200,
    response: RunbookDetail,
  },
  updateRunbook: {
    method: 'put',
    path: '/api/runbooks/{id}',
    summary: 'Store a new version',
    params: Id,
    body: ValidateBody,
    status: 200,
    response: RunbookDetail,
  },
  listRunbookVersions: {
    method: 'get',
    path: '/api/runbooks/{id}/versions',
    summary: 'Versions, newest first',
    params: Id,
    status: 200,
    response: z.object({ versions: z.array(RunbookVersion) }),
  },
  system: { method: 'get', path: '/api/system', summary: 'What runs, and where', status: 200, response: SystemInfo },
  runbookSchema: {
    method: 'get',
    path: '/api/runbook.schema.json',
    summary: 'JSON Schema of a runbook',
    status: 200,
    produces: 'application/schema+json',
  },
  openapi: { method: 'get', path: '/api/openapi.json', summary: 'This document', status: 200, produces: 'application/json' },
  healthz: { method: 'get', path: '/healthz', summary: 'The process lives', status: 200, response: z.object({ ok: z.literal(true) }) },
  readyz: {
    method: 'get',
    path: '/readyz',
    summary: 'Temporal and Postgres answer',
    status: 200,
    response: z.object({ ok: z.boolean(), parts: z.array(Part) }),
  },
} as const satisfies Record<string, Route>;
export type RouteName = keyof typeof routes;
