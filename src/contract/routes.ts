/** The whole HTTP API as one table. The api validates by it, the OpenAPI document is generated from it, the console's client is typed by it. */
import { z } from 'zod';
import { AnswerBody, CommandBody, ResolveBody } from './command.ts';
import { Verdict } from './approval.ts';
import { JobEvent } from './event.ts';
import { JobDetail, JobRow, JobState, JobStatus, StatusCounts, StepStatus } from './job.ts';
import { Effect, Runbook, RunbookMistake, Variable } from './runbook.ts';

const Inputs = z.record(z.string(), z.string());

/** Exactly one of runbookId and runbook (YAML). `version` defaults to the latest. Values of `secrets` never leave the vault. */
export const StartJobBody = z.strictObject({
  runbookId: z.string().optional(),
  version: z.number().int().min(1).optional(),
  runbook: z.string().optional(),
  inputs: Inputs.optional(),
  secrets: Inputs.optional(),
  /** who asks, as claimed; default "api" */
  requestedBy: z.string().max(200).optional(),
  /** when it starts: in the future, at most a year ahead; default: at once */
  scheduledFor: z.iso.datetime({ offset: true }).optional(),
});
export type StartJobBody = z.infer<typeof StartJobBody>;

/**
 * Another attempt of a job that is over. `from` is a step id: the steps before it are kept. `inputs` and `secrets` replace those of the job before; sensitive
 * ones must be given again. `repeat` ticks the steps that happen once, were done already, and would happen again.
 */
export const RerunBody = z.strictObject({
  from: z.string().max(100).optional(),
  inputs: Inputs.optional(),
  secrets: Inputs.optional(),
  repeat: z.array(z.string().max(100)).max(1_000).optional(),
  requestedBy: z.string().max(200).optional(),
});
export type RerunBody = z.infer<typeof RerunBody>;

/** `fate`: `kept` (an earlier attempt did it), `repeats` (it was done and is done again), `runs` (it was not done yet). */
export const RerunStep = z.object({
  id: z.string(),
  ordinal: z.number().int(),
  description: z.string(),
  action: z.string(),
  effect: Effect,
  status: StepStatus,
  fate: z.enum(['kept', 'repeats', 'runs']),
  /** happens once and may have happened: must be in `repeat` */
  needsTick: z.boolean(),
});
export type RerunStep = z.infer<typeof RerunStep>;

/** What a rerun would do. `suggestedFrom`: where to begin so that the work goes on (mostly the log-in step), with the reason. */
export const RerunPlan = z.object({
  attempt: z.number().int(),
  from: z.string().nullable(),
  suggestedFrom: z.object({ stepId: z.string(), because: z.string() }).nullable(),
  steps: z.array(RerunStep),
  /** address that the fresh browser opens first when steps are kept */
  openAt: z.string().nullable(),
  /** why it cannot begin at `from`: values of kept steps that are gone */
  obstacles: z.array(z.string()),
  /** variables that a person may set; value null: sensitive or too long to be kept, give it again */
  inputs: z.array(
    z.object({
      name: z.string(),
      description: z.string().optional(),
      required: z.boolean(),
      sensitive: z.boolean(),
      value: z.string().nullable(),
    }),
  ),
});
export type RerunPlan = z.infer<typeof RerunPlan>;

/** `waiting`: oldest first. `decided`: newest first, the last 24 hours, at most 50. */
export const ApprovalList = z.object({
  waiting: z.array(JobRow),
  decided: z.array(
    z.object({
      jobId: z.string(),
      title: z.string(),
      sentence: z.string(),
      verdict: Verdict,
      actor: z.string(),
      at: z.string(),
      comment: z.string().optional(),
    }),
  ),
});
export type ApprovalList = z.infer<typeof ApprovalList>;

const list = <T extends z.ZodType>(item: T, error: string) =>
  z.union([item, z.array(item)], { error }).transform((v) => (Array.isArray(v) ? v : [v]) as z.output<T>[]);
/** `status` may repeat; `q` searches title, id, runbook, requester; `from` and `to` bound createdAt; `after` is the `next` of the page before. */
export const ListJobsQuery = z.strictObject({
  status: list(JobStatus, `must be one of ${JobStatus.options.join(', ')}`).optional(),
  runbook: z.string().optional(),
  q: z.string().max(200).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(400).optional(),
});
export type ListJobsQuery = z.infer<typeof ListJobsQuery>;

export const JobList = z.object({ jobs: z.array(JobRow), next: z.string().nullable(), counts: StatusCounts });
export type JobList = { jobs: JobRow[]; next: string | null; counts: StatusCounts };

export const Artifact = z.object({
  id: z.string(),
  jobId: z.string(),
  stepId: z.string().nullable(),
  kind: z.enum(['screenshot']),
  name: z.string(),
  type: z.string(),
  bytes: z.number().int(),
  createdAt: z.string(),
});
export type Artifact = z.infer<typeof Artifact>;

export const RunbookSummary = z.object({
  id: z.string(),
  title: z.string(),
  version: z.number().int(),
  steps: z.number().int(),
  summary: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type RunbookSummary = z.infer<typeof RunbookSummary>;
export const RunbookDetail = RunbookSummary.extend({ source: z.string(), runbook: Runbook, variables: z.record(z.string(), Variable) });
export type RunbookDetail = z.infer<typeof RunbookDetail>;
export const RunbookVersion = z.object({ version: z.number().int(), createdAt: z.string() });
export type RunbookVersion = z.infer<typeof RunbookVersion>;
/** `id` defaults to a slug of the title. */
export const SaveRunbookBody = z.strictObject({
  source: z.string(),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .optional(),
});
export type SaveRunbookBody = z.infer<typeof SaveRunbookBody>;
export const ValidateBody = z.strictObject({ source: z.string() });
export const Validation = z.object({
  errors: z.array(RunbookMistake),
  title: z.string().nullable(),
  variables: z.record(z.string(), Variable),
  steps: z.array(
    z.object({ id: z.string(), ordinal: z.number().int(), description: z.string(), action: z.string(), line: z.number().int() }),
  ),
});
export type Validation = z.infer<typeof Validation>;

export const Part = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() });
export const SystemInfo = z.object({
  version: z.string(),
  parts: z.array(Part),
  temporalUi: z.string().nullable(),
  namespace: z.string(),
  firstRun: z.boolean(),
  browsers: z.object({ used: z.number().int(), slots: z.number().int() }).nullable(),
  sandbox: z.boolean().nullable(),
  practiceSite: z.string().nullable(),
  /** how long a job that waits for a person keeps its browser */
  parkAfterMs: z.number().int(),
});
export type SystemInfo = z.infer<typeof SystemInfo>;

/** Query of `/api/stream`: `list=1` for rows and counts, `jobs=a,b` for the events of jobs; at most 20 jobs. */
export const StreamQuery = z.strictObject({ list: z.enum(['0', '1']).optional(), jobs: z.string().max(1_000).optional() });

/**
 * Messages of the streams, by SSE event name. On `/api/jobs/{id}/events`: `snapshot` and `event`, ids are the seq, and `progress`, which has no id and is not
 * repeated. On `/api/jobs/stream`: `job` and `counts`. On `/api/stream` all of them, ids opaque; `ready` follows the snapshots; `gone` names a watched job that
 * does not exist.
 */
export const StreamMessages = {
  snapshot: z.object({ jobId: z.string(), state: JobState }),
  event: z.object({ jobId: z.string(), event: JobEvent }),
  progress: z.object({ jobId: z.string(), queuePlace: z.number().int().nullable() }),
  job: JobRow,
  counts: StatusCounts,
  ready: z.object({ at: z.string() }),
  gone: z.object({ jobId: z.string() }),
} as const;

const Id = z.object({ id: z.string().max(100) });
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
  jobEvents: {
    method: 'get',
    path: '/api/jobs/{id}/events',
    summary: 'A snapshot, then every event; resumes by Last-Event-ID',
    params: Id,
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
    query: z.strictObject({ download: z.enum(['0', '1']).optional() }),
    status: 200,
    produces: 'image/jpeg',
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
