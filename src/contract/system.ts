/** What runs, and where. */
import { z } from 'zod';

export const Part = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() });
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
});
export type SystemInfo = z.infer<typeof SystemInfo>;
