/** Lists of jobs, and of what waits for a person. */
import { z } from 'zod';
import { Verdict } from './approval.ts';
import { JobRow, JobStatus, StatusCounts } from './job.ts';

const list = <T extends z.ZodType>(item: T, error: string) =>
  z.union([item, z.array(item)], { error }).transform((v) => (Array.isArray(v) ? v : [v]) as z.output<T>[]);
/** `status` may repeat; `q` searches title, id, runbook, requester; `from` and `to` bound createdAt; `after` is the `next` of the page before. */
export const ListJobsQuery = z.strictObject({
  status: list(JobStatus, `must be one of ${JobStatus.options.join(', ')}`).optional(),
  runbook: z.string().optional(),
  q: z.string().max(200).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(400).optional(),
});
export type ListJobsQuery = z.infer<typeof ListJobsQuery>;

export const JobList = z.object({ jobs: z.array(JobRow), next: z.string().nullable(), counts: StatusCounts });
export type JobList = { jobs: JobRow[]; next: string | null; counts: StatusCounts };

/** `waiting`: oldest first. `decided`: newest first, the last 24 hours, at most 50. */
export const ApprovalList = z.object({
  waiting: z.array(JobRow),
  decided: z.array(
    z.object({
      jobId: z.string(),
      title: z.string(),
      sentence: z.string(),
      verdict: Verdict,
      actor: z.string(),
      at: z.string(),
      comment: z.string().optional(),
    }),
  ),
});
export type ApprovalList = z.infer<typeof ApprovalList>;
