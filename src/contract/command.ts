/** Commands to a job, by Update (the api) or by signal (outside systems). */
import { z } from 'zod';
import { JobAction } from './job.ts';

export const Command = z.object({
  action: JobAction,
  /** who asks; a claim, as long as there are no accounts */
  actor: z.string(),
  comment: z.string().optional(),
});
export type Command = z.infer<typeof Command>;

/** The body of `POST /api/jobs/{id}/pause` and its siblings. */
export const CommandBody = z.strictObject({ comment: z.string().max(1_000).optional(), actor: z.string().max(200).optional() });
export type CommandBody = z.infer<typeof CommandBody>;
