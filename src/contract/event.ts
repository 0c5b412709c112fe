/**
 * One vocabulary: the row in `job_events`, the SSE message and the dashboard's update are the same value.
 * `seq` is given by the workflow, rises by one from 1 for each job, and never has a gap.
 */
import { z } from 'zod';
import { Approval, Change } from './approval.ts';
import { Outcome } from './command.ts';
import { StepError } from './error.ts';
import { JobOptions, Trouble } from './evidence.ts';
import {
  CapturedValue,
  InputValue,
  JobAction,
  PageRef,
  PlannedStepSummary,
  RerunRef,
  RunbookRef,
  SeenDialog,
  SkippedBecause,
  StepFile,
} from './job.ts';
import { OnTimeout } from './runbook.ts';

const base = { seq: z.number().int().min(1), at: z.string() };
const by = { actor: z.string(), comment: z.string().optional() };

export const JobEvent = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('job.created'),
    jobId: z.string(),
    title: z.string(),
    runbook: RunbookRef.nullable(),
    requestedBy: z.string(),
    inputs: z.array(InputValue),
    steps: z.array(PlannedStepSummary),
    rerunOf: RerunRef.optional(),
    options: JobOptions.optional(),
  }),
  z.object({ ...base, type: z.literal('job.scheduled'), scheduledFor: z.string() }),
  z.object({ ...base, type: z.literal('job.started_now'), ...by }),
  z.object({ ...base, type: z.literal('job.queued') }),
  z.object({ ...base, type: z.literal('job.started'), host: z.string(), browser: z.string().optional() }),
  z.object({
    ...base,
    type: z.literal('step.succeeded'),
    stepId: z.string(),
    startedAt: z.string(),
    finishedAt: z.string(),
    attempt: z.number().int(),
    retries: z.number().int(),
    matchedBy: z.string().optional(),
    missed: z.array(z.string()).optional(),
    dialogs: z.array(SeenDialog).optional(),
    files: z.array(StepFile).optional(),
    appended: z.record(z.string(), z.number().int()).optional(),
    captures: z.array(CapturedValue),
    troubles: z.array(Trouble).optional(),
    page: PageRef.optional(),
    screenshot: z.string().optional(),
  }),
  z.object({
    ...base,
    type: z.literal('step.failed'),
    stepId: z.string(),
    startedAt: z.string(),
    finishedAt: z.string(),
    attempt: z.number().int(),
    retries: z.number().int(),
    error: StepError,
    dialogs: z.array(SeenDialog).optional(),
    troubles: z.array(Trouble).optional(),
    page: PageRef.optional(),
    screenshot: z.string().optional(),
  }),
  z.object({ ...base, type: z.literal('step.interrupted'), stepId: z.string() }),
  z.object({
    ...base,
    type: z.literal('steps.skipped'),
    stepIds: z.array(z.string()),
    because: SkippedBecause,
  }),
  /** the next time through a loop begins; `iteration` from 0 */
  z.object({
    ...base,
    type: z.literal('loop.iterated'),
    stepId: z.string(),
    iteration: z.number().int().min(0),
    total: z.number().int().optional(),
    label: z.string().nullable(),
  }),
  z.object({ ...base, type: z.literal('loop.ended'), stepId: z.string(), capped: z.boolean() }),
  /** `match` null: the default */
  z.object({ ...base, type: z.literal('branch.taken'), stepId: z.string(), value: z.string().nullable(), match: z.string().nullable() }),
  z.object({ ...base, type: z.literal('job.pausing'), ...by }),
  z.object({ ...base, type: z.literal('job.paused') }),
  z.object({ ...base, type: z.literal('job.resumed'), ...by }),
  z.object({ ...base, type: z.literal('job.cancelling'), ...by }),
  z.object({ ...base, type: z.literal('approval.requested'), approval: Approval }),
  z.object({ ...base, type: z.literal('approval.approved'), approvalId: z.string(), stepId: z.string(), ...by }),
  z.object({ ...base, type: z.literal('approval.rejected'), approvalId: z.string(), stepId: z.string(), ...by }),
  z.object({ ...base, type: z.literal('approval.expired'), approvalId: z.string(), stepId: z.string(), onTimeout: OnTimeout }),
  /** the page was not the same any more when the step was about to act: it did not */
  z.object({ ...base, type: z.literal('approval.voided'), approvalId: z.string(), stepId: z.string(), changes: z.array(Change) }),
  z.object({ ...base, type: z.literal('outcome.resolved'), approvalId: z.string(), stepId: z.string(), outcome: Outcome, ...by }),
  /** the browser was given back; its page is kept as a checkpoint */
  z.object({ ...base, type: z.literal('job.parked'), url: z.string() }),
  /** the browser was lost while the job waited; the checkpoint of the wait is still there */
  z.object({ ...base, type: z.literal('browser.lost') }),
  z.object({ ...base, type: z.literal('browser.restored'), host: z.string(), url: z.string() }),
  /** proof that was asked for and could not be had, in words */
  z.object({ ...base, type: z.literal('evidence.missing'), what: z.array(z.string()) }),
  z.object({
    ...base,
    type: z.literal('command.refused'),
    action: z.union([JobAction, z.string()]),
    actor: z.string(),
    reason: z.string(),
  }),
  z.object({ ...base, type: z.literal('job.finished'), status: z.enum(['completed', 'failed', 'cancelled']), error: StepError.optional() }),
]);
export type JobEvent = z.infer<typeof JobEvent>;
/** An event before the workflow has numbered it. */
export type JobEventBody = JobEvent extends infer E ? (E extends JobEvent ? Omit<E, 'seq' | 'at'> : never) : never;
