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
/** `title` and number of `steps` (those inside others included) as they were in that version. */
export const RunbookVersion = z.object({ version: z.number().int(), createdAt: z.string(), title: z.string(), steps: z.number().int() });
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
/** What a text is: a runbook, one in the short dialect, or a recording of Chrome DevTools. */
export const SourceKind = z.enum(['runbook', 'short', 'recording']);
export type SourceKind = z.infer<typeof SourceKind>;
/** One line of a runbook's outline. `line` is where the step stands in the text, from 1; in a translation when there is one. */
export const OutlineStep = z.object({
  id: z.string(),
  ordinal: z.number().int(),
  description: z.string(),
  action: z.string(),
  line: z.number().int(),
  depth: z.number().int(),
  container: z.enum(['loop', 'branches']).optional(),
  /** of which case it is; null: the default */
  branch: z.string().nullable().optional(),
});
export type OutlineStep = z.infer<typeof OutlineStep>;
export const Validation = z.object({
  kind: SourceKind,
  /** the runbook that it becomes (YAML), for the short dialect and recordings; null for a runbook, and when it cannot be translated */
  translation: z.string().nullable(),
  errors: z.array(RunbookMistake),
  /** fields that are not known, and other things worth knowing; the runbook runs */
  warnings: z.array(RunbookMistake),
  title: z.string().nullable(),
  variables: z.record(z.string(), Variable),
  steps: z.array(OutlineStep),
});
export type Validation = z.infer<typeof Validation>;
