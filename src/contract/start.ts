/** Starting a job, and starting it again. */
import { z } from 'zod';
import { JobOptions } from './evidence.ts';
import { StepStatus } from './job.ts';
import { Effect } from './runbook.ts';

const Inputs = z.record(z.string(), z.string());

/** Exactly one of runbookId and runbook (YAML). `version` defaults to the latest. Values of `secrets` never leave the vault. */
export const StartJobBody = z.strictObject({
  runbookId: z.string().optional(),
  version: z.number().int().min(1).optional(),
  runbook: z.string().optional(),
  inputs: Inputs.optional(),
  secrets: Inputs.optional(),
  /** a row: column → value */
  data: z.record(z.string().min(1).max(200), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  /** who asks, as claimed; default "api" */
  requestedBy: z.string().max(200).optional(),
  /** when it starts: in the future, at most a year ahead; default: at once */
  scheduledFor: z.iso.datetime({ offset: true }).optional(),
  options: JobOptions.optional(),
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
  /** default: those of the job before */
  options: JobOptions.optional(),
});
export type RerunBody = z.infer<typeof RerunBody>;

/** `fate`: `kept` (an earlier attempt did it), `repeats` (it was done and is done again), `runs` (it was not done yet). */
export const RerunStep = z.object({
  id: z.string(),
  ordinal: z.number().int(),
  description: z.string(),
  action: z.string(),
  effect: Effect,
  /** a rerun can begin only at steps that stand in no other (depth 0) */
  depth: z.number().int(),
  container: z.enum(['loop', 'branches']).optional(),
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
