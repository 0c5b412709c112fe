/** A job as everybody sees it: the state that the reducer gives, and the row of the list. All times are ISO 8601 in UTC. */
import { z } from 'zod';
import { Approval, ApprovalBrief, ApprovalRecord } from './approval.ts';
import { StepError } from './error.ts';
import { JobOptions, Trouble } from './evidence.ts';
import { Effect, RiskLevel } from './runbook.ts';

export const JobStatus = z.enum(['scheduled', 'queued', 'running', 'waiting_for_approval', 'paused', 'completed', 'failed', 'cancelled']);
export type JobStatus = z.infer<typeof JobStatus>;

export const StepStatus = z.enum(['pending', 'running', 'waiting', 'succeeded', 'failed', 'skipped']);
export type StepStatus = z.infer<typeof StepStatus>;

/** A value that a step captured. `value` is null when it is sensitive; long ones are cut at 2,000 characters and say so. */
export const CapturedValue = z.object({ name: z.string(), value: z.string().nullable(), truncated: z.boolean().optional() });
export type CapturedValue = z.infer<typeof CapturedValue>;

/** A file that a step has left; `artifactId` leads to it. */
export const StepFile = z.object({
  artifactId: z.string(),
  kind: z.enum(['download', 'export']),
  name: z.string(),
  bytes: z.number().int(),
  /** a sentence about a file that is not what it is called: an empty one, or a web page called invoice.pdf */
  note: z.string().optional(),
});
export type StepFile = z.infer<typeof StepFile>;

/** A dialog that the page opened during a step. `asked`: the step said what becomes of it; any other one is dismissed. */
export const SeenDialog = z.object({
  type: z.string().describe('alert, confirm, prompt or beforeunload'),
  message: z.string(),
  answer: z.enum(['accepted', 'dismissed']),
  asked: z.boolean(),
});
export type SeenDialog = z.infer<typeof SeenDialog>;

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
  /** steps are listed in the order of the runbook; those inside a container follow it and are one deeper. Absent: 0 */
  depth: z.number().int().optional(),
  /** only decides about the steps inside it; does not count as a step */
  container: z.enum(['loop', 'branches']).optional(),
  /** the case of the branches that the step belongs to; null: the default. Only on the outermost steps of a case */
  branch: z.string().nullable().optional(),
});
export type PlannedStepSummary = z.infer<typeof PlannedStepSummary>;

/** One time through a loop. `label`: the item, when it may be shown. */
export const Iteration = z.object({
  /** from 0 */
  index: z.number().int(),
  label: z.string().nullable(),
  /** `skipped`: the job ended in the middle of it */
  status: z.enum(['running', 'succeeded', 'failed', 'skipped']),
  startedAt: z.string(),
  durationMs: z.number().optional(),
  /** the first step that failed in it */
  failedStepId: z.string().optional(),
  message: z.string().optional(),
});
export type Iteration = z.infer<typeof Iteration>;

/** What is known of a loop that has begun. */
export const LoopState = z.object({
  /** how many iterations have begun */
  begun: z.number().int(),
  /** of a loop over a list */
  total: z.number().int().optional(),
  failed: z.number().int(),
  /** it ended because of maxIterations, though there was more to do */
  capped: z.boolean().optional(),
  /** the job ended before it did: nobody knows what was left to do */
  cut: z.boolean().optional(),
  /** the last 50, and the first 50 that failed */
  iterations: z.array(Iteration),
});
export type LoopState = z.infer<typeof LoopState>;

/** How often a step inside a loop has ended so far, and how; the present time is in it once the loop has ended (`whole`). */
export const Runs = z.object({
  succeeded: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
  whole: z.literal(true).optional(),
});
export type Runs = z.infer<typeof Runs>;

export const SkippedBecause = z.enum(['not_reached', 'cancelled', 'kept', 'condition', 'branch', 'no_iteration']);
export type SkippedBecause = z.infer<typeof SkippedBecause>;

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
  /** more dependable selector fields that matched nothing, as `id "x"`: a hint to repair the runbook */
  missed: z.array(z.string()).optional(),
  dialogs: z.array(SeenDialog).optional(),
  files: z.array(StepFile).optional(),
  /** console errors and failed requests while it ran, at most 5; of a step inside a loop, the last time */
  troubles: z.array(Trouble).optional(),
  /** of a step inside a loop */
  runs: Runs.optional(),
  loop: LoopState.optional(),
  /** of branches: the value, and the case that was taken (null: the default) */
  taken: z.object({ value: z.string().nullable(), match: z.string().nullable() }).optional(),
  captures: z.array(CapturedValue),
  page: PageRef.optional(),
  error: StepError.optional(),
  screenshot: z.string().optional().describe('artifact id'),
  /** `kept`: an earlier attempt of the job did it; `condition`: its `when`; `branch`: another case was taken, or none; `no_iteration`: its loop had nothing to do */
  skippedBecause: SkippedBecause.optional(),
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
export const Notice = z.object({
  at: z.string(),
  kind: z.enum(['command_refused', 'warning', 'happening']),
  text: z.string(),
  /** of a happening: what it belongs to. `command`: what a person asked of the job; `restored`: its browser went, was lost or came back */
  about: z.enum(['command', 'approval', 'restored']).optional(),
});
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
  /** as in Chromium 156.0.7444.59 */
  browser: z.string().optional(),
  /** absent: all defaults */
  options: JobOptions.optional(),
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
  /** collection → number of rows */
  collections: z.record(z.string(), z.number().int()).optional(),
  /** proof that was asked for and could not be had, in words; the last 50 */
  missing: z.array(z.string()).optional(),
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
