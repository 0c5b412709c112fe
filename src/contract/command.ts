/** Commands to a job, by Update (the api) or by signal (outside systems). */
import { z } from 'zod';
import { JobAction } from './job.ts';

/** What became of a step whose outcome nobody knows, as a person says. */
export const Outcome = z.enum(['done', 'again', 'failed']);
export type Outcome = z.infer<typeof Outcome>;

export const Command = z.object({
  action: JobAction,
  /** who asks; a claim, as long as there are no accounts */
  actor: z.string(),
  comment: z.string().optional(),
  /** approve, reject: the ask that is answered */
  approvalId: z.string().optional(),
  /** resolve */
  stepId: z.string().optional(),
  attempt: z.number().int().optional(),
  outcome: Outcome.optional(),
});
export type Command = z.infer<typeof Command>;

const who = { comment: z.string().max(1_000).optional(), actor: z.string().max(200).optional() };

/** The body of `POST /api/jobs/{id}/pause` and its siblings. */
export const CommandBody = z.strictObject(who);
export type CommandBody = z.infer<typeof CommandBody>;

/** Of approve and reject. `approvalId` is required; the job's status is looked at first, so that a wrong moment is always 409. */
export const AnswerBody = z.strictObject({ ...who, approvalId: z.string().max(100).optional() });
export type AnswerBody = z.infer<typeof AnswerBody>;

export const ResolveBody = z.strictObject({ ...who, stepId: z.string().max(100), attempt: z.number().int().min(1), outcome: Outcome });
export type ResolveBody = z.infer<typeof ResolveBody>;
