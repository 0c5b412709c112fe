/** A job as everybody sees it: the state that the reducer gives, and the row of the list. All times are ISO 8601 in UTC. */
import { z } from 'zod';
import { Approval, ApprovalBrief, ApprovalRecord } from './approval.ts';
import { StepError } from './error.ts';
import { Effect, RiskLevel } from './runbook.ts';

export const JobStatus = z.enum(['scheduled', 'queued', 'running', 'waiting_for_approval', 'paused', 'completed', 'failed', 'cancelled']);
export type JobStatus = z.infer<typeof JobStatus>;

export const StepStatus = z.enum(['pending', 'running', 'waiting', 'succeeded', 'failed', 'skipped']);
export type StepStatus = z.infer<typeof StepStatus>;

/** A value that a step captured. `value` is null when it is sensitive; long ones are cut at 2,000 characters and say so. */
export const CapturedValue = z.object({ name: z.string(), value: z.string().nullable(), truncated: z.boolean().optional() });
export type CapturedValue = z.infer<typeof CapturedValue>;

export const InputValue = z.object({ name: z.string(), value: z.string().nullable() });
export type InputValue = z.infer<typeof InputValue>;

/** What is known of a step before it runs. */
export const PlannedStepSummary = z.object({
  id: z.string(),
  ordinal: z.number().int(),
  description: z.string(),
  action: z.string(),
  effect: Effect,
  riskLevel: RiskLevel.optional(),
  /** a person is asked before it runs */
  asks: z.boolean().optional(),
});
export type PlannedStepSummary = z.infer<typeof PlannedStepSummary>;

export const PageRef = z.object({ url: z.string(), title: z.string() });
export type PageRef = z.infer<typeof PageRef>;

export const StepState = PlannedStepSummary.extend({
  status: StepStatus,
  /** Rises with every attempt that began, deaths of workers included; 0 before the first. */
  attempt: z.number().int(),
  /** How often the selector was looked for again. */
  retries: z.number().int(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  durationMs: z.number().optional(),
  /** The selector field that found the element. */
  matchedBy: z.string().optional(),
  captures: z.array(CapturedValue),
  page: PageRef.optional(),
  error: StepError.optional(),
  screenshot: z.string().optional().describe('artifact id'),
  /** `kept`: an earlier attempt of the job did it */
  skippedBecause: z.enum(['not_reached', 'cancelled', 'kept']).optional(),
  approvals: z.array(ApprovalRecord).optional(),
});
export type StepState = z.infer<typeof StepState>;

export const JobCounts = z.object({
  total: z.number().int(),
  succeeded: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
  /** Sum of the steps' selector retries. */
  retries: z.number().int(),
});
export type JobCounts = z.infer<typeof JobCounts>;

export const RunbookRef = z.object({ id: z.string(), version: z.number().int() });
export type RunbookRef = z.infer<typeof RunbookRef>;

/** What may be asked of a job. `start_now` and `resolve` have routes `start-now` and `resolve`. */
export const JobAction = z.enum(['pause', 'resume', 'cancel', 'approve', 'reject', 'start_now', 'resolve']);
export type JobAction = z.infer<typeof JobAction>;

/** The job that this one is another attempt of; `attempt` counts from 2. */
export const RerunRef = z.object({ jobId: z.string(), attempt: z.number().int(), from: z.string().optional().describe('step id') });
export type RerunRef = z.infer<typeof RerunRef>;

/** A refused command, another thing worth knowing that changed no status, or what happened to the job beside its steps (`happening`). */
export const Notice = z.object({ at: z.string(), kind: z.enum(['command_refused', 'warning', 'happening']), text: z.string() });
export type Notice = z.infer<typeof Notice>;

/** Everything about a job but its steps: what the workflow keeps, answers and projects. */
export const JobHeader = z.object({
  id: z.string(),
  title: z.string(),
  /** null: the runbook was given with the request and not stored. */
  runbook: RunbookRef.nullable(),
  requestedBy: z.string(),
  status: JobStatus,
  /** pause was accepted and a step that has begun to act is being waited for */
  pausing: z.boolean(),
  cancelling: z.boolean(),
  seq: z.number().int(),
  counts: JobCounts,
  inputs: z.array(InputValue),
  createdAt: z.string(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  /** name of the browser host that carries it */
  host: z.string().optional(),
  /** who paused, resumed or cancelled last, as claimed */
  lastCommand: z.object({ action: JobAction, actor: z.string(), at: z.string(), comment: z.string().optional() }).optional(),
  /** why the job as a whole failed, when no step says it */
  error: StepError.optional(),
  /** when a scheduled job starts, or was to start */
  scheduledFor: z.string().optional(),
  /** since when it waits for a browser */
  queuedAt: z.string().optional(),
  /** since when it waits for a person, be it an answer or a resume */
  waitingSince: z.string().optional(),
  /** the open question, or the answered one whose step has not ended yet */
  approval: Approval.optional(),
  /** the browser was given back while the job waits: when, and where it stood */
  parked: z.object({ at: z.string(), url: z.string() }).optional(),
  rerunOf: RerunRef.optional(),
});
export type JobHeader = z.infer<typeof JobHeader>;

export const JobState = JobHeader.extend({ steps: z.array(StepState), notices: z.array(Notice) });
export type JobState = z.infer<typeof JobState>;

/** What `GET /api/jobs/{id}` answers. */
export const JobDetail = JobState.extend({
  actions: z.array(JobAction),
  /** approximate place among the jobs that wait for a browser, from 1; null when it does not wait */
  queuePlace: z.number().int().nullable(),
  /** this job, the ones it repeats and the ones that repeat it, oldest first; one entry when there are none */
  attempts: z.array(z.object({ jobId: z.string(), attempt: z.number().int(), status: JobStatus })),
  temporal: z.object({ workflowId: z.string(), namespace: z.string(), url: z.string().nullable() }),
});
export type JobDetail = z.infer<typeof JobDetail>;

/** A row of the list. `line` is one sentence: what it does, needs or ended with. `bar` is one letter a step: p r w(aiting) s f k (skipped). */
export const JobRow = JobHeader.pick({
  id: true,
  title: true,
  runbook: true,
  requestedBy: true,
  status: true,
  pausing: true,
  seq: true,
  counts: true,
  createdAt: true,
  startedAt: true,
  finishedAt: true,
  scheduledFor: true,
  waitingSince: true,
  parked: true,
  rerunOf: true,
}).extend({
  line: z.string(),
  bar: z.string(),
  actions: z.array(JobAction),
  /** the open question */
  approval: ApprovalBrief.nullable(),
  queuePlace: z.number().int().nullable(),
});
export type JobRow = z.infer<typeof JobRow>;

const Count = z.number().int();
export const StatusCounts = z.object({
  all: Count,
  scheduled: Count,
  queued: Count,
  running: Count,
  waiting_for_approval: Count,
  paused: Count,
  completed: Count,
  failed: Count,
  cancelled: Count,
});
export type StatusCounts = Record<JobStatus | 'all', number>;
