/** The execution report: what became of a job, step by step. The names are those that users of this format know; times are ISO 8601, durations ms. */
import { z } from 'zod';
import { StepError } from './error.ts';
import { Iteration, JobStatus, Runs, SeenDialog, StepFile, StepStatus } from './job.ts';

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
});
export type StepExecutionResult = z.infer<typeof StepExecutionResult>;

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
  downloadedFiles: z.array(z.string()).optional(),
  warnings: z.array(z.string()),
  error: StepError.optional(),
});
export type ExecutionReport = z.infer<typeof ExecutionReport>;
