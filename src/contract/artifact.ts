/** A file that a job has left. */
import { z } from 'zod';

export const Artifact = z.object({
  id: z.string(),
  jobId: z.string(),
  stepId: z.string().nullable(),
  kind: z.enum(['screenshot', 'download', 'export']),
  name: z.string(),
  type: z.string(),
  bytes: z.number().int(),
  createdAt: z.string(),
});
export type Artifact = z.infer<typeof Artifact>;
