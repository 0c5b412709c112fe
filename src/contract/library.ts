/** The library of runbooks. */
import { z } from 'zod';
import { Runbook, RunbookMistake, Variable } from './runbook.ts';

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
