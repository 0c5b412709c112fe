/** What runs, and where. */
import { z } from 'zod';

export const Part = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() });
/** Video needs Business and up. */
export const PlanName = z.enum(['community', 'pro', 'team', 'business', 'enterprise']);
export type PlanName = z.infer<typeof PlanName>;
export const SystemInfo = z.object({
  version: z.string(),
  parts: z.array(Part),
  temporalUi: z.string().nullable(),
  namespace: z.string(),
  firstRun: z.boolean(),
  browsers: z.object({ used: z.number().int(), slots: z.number().int() }).nullable(),
  sandbox: z.boolean().nullable(),
  practiceSite: z.string().nullable(),
  /** how long a job that waits for a person keeps its browser */
  parkAfterMs: z.number().int(),
  plan: PlanName,
  /** whether jobs can be recorded as video; `because`: in words, why not */
  video: z.object({ available: z.boolean(), because: z.string().nullable() }),
});
export type SystemInfo = z.infer<typeof SystemInfo>;
