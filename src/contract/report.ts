/** The execution report: what became of a job, step by step. The names are those that users of this format know; times are ISO 8601, durations ms. */
import { z } from 'zod';
import { ApprovalRecord } from './approval.ts';
import { Artifact } from './artifact.ts';
import { StepError } from './error.ts';
import { JobOptions, Trouble } from './evidence.ts';
import { InputValue, Iteration, JobStatus, Notice, PageRef, RerunRef, Runs, SeenDialog, StepFile, StepStatus } from './job.ts';

const count = z.number().int();

/** `executed` = succeeded + failed. A step inside a loop is one result, whose `runs` tell how often it was carried out. */
export const StepExecutionResult = z.object({
  ordinal: count,
  id: z.string(),
  description: z.string(),
  depth: count,
  status: StepStatus,
  durationMs: z.number(),
  error: z.string().optional(),
  errorDetails: StepError.optional(),
  capturedValues: z.record(z.string(), z.string()).optional(),
  truncatedValues: z.array(z.string()).optional().describe('names of captured values of which only the first 2,000 characters were kept'),
  actionType: z.string().optional(),
  retries: count,
  attempts: count,
  matchedBy: z.string().optional(),
  missedSelectors: z.array(z.string()).optional(),
  skippedBecause: z.string().optional(),
  runs: Runs.optional(),
  iterations: z.array(Iteration).optional(),
  files: z.array(StepFile).optional(),
  dialogs: z.array(SeenDialog).optional(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  page: PageRef.optional(),
  troubles: z.array(Trouble).optional(),
  approvals: z.array(ApprovalRecord).optional(),
  container: z.enum(['loop', 'branches']).optional(),
});
export type StepExecutionResult = z.infer<typeof StepExecutionResult>;

/**
 * Something that a reader of the report should know beside the steps' own results. `approval`: who answered what; `restored`: the browser came back from a checkpoint;
 * `repeated`: a step was carried out again after a worker had died; `retried`: its element was looked for again; `kept`: an earlier attempt of the job did it.
 */
export const ReportNote = z.object({
  at: z.string(),
  kind: z.enum(['approval', 'restored', 'repeated', 'retried', 'kept', 'command', 'warning']),
  title: z.string(),
  detail: z.string().optional(),
  stepId: z.string().optional(),
});
export type ReportNote = z.infer<typeof ReportNote>;

export const ExecutionReport = z.object({
  jobId: z.string(),
  status: JobStatus,
  runbookTitle: z.string(),
  runbook: z.object({ id: z.string(), version: count }).nullable(),
  startUrl: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  totalSteps: count,
  executed: count,
  succeeded: count,
  failed: count,
  skipped: count,
  retries: count,
  aborted: z.boolean().describe('it ended before its last step'),
  steps: z.array(StepExecutionResult),
  totalDurationMs: z.number(),
  memoryCollections: z.record(z.string(), count).optional().describe('collection → number of items'),
  downloadedFiles: z.array(z.string()).optional().describe('names of what steps have downloaded and written'),
  videoPaths: z.array(z.string()).optional().describe('addresses of the videos on this server, oldest first'),
  warnings: z.array(z.string()),
  outcome: z.string().describe('what became of it, in one or two sentences'),
  requestedBy: z.string(),
  inputs: z.array(InputValue),
  rerunOf: RerunRef.optional(),
  options: JobOptions.optional(),
  notes: z.array(ReportNote).describe('in order of time'),
  notices: z.array(Notice),
  artifacts: z.array(Artifact),
  missing: z.array(z.string()).describe('proof that was asked for and is not there'),
  versions: z.object({ understudy: z.string(), browser: z.string().optional(), runbook: count.optional() }),
  reportedAt: z.string(),
  error: StepError.optional(),
});
export type ExecutionReport = z.infer<typeof ExecutionReport>;
