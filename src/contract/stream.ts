/** Server-Sent Events. */
import { z } from 'zod';
import { JobEvent } from './event.ts';
import { JobRow, JobState, StatusCounts } from './job.ts';

/** Query of `/api/stream`: `list=1` for rows and counts, `jobs=a,b` for the events of jobs; at most 20 jobs. */
export const StreamQuery = z.strictObject({ list: z.enum(['0', '1']).optional(), jobs: z.string().max(1_000).optional() });

/**
 * Messages of the streams, by SSE event name. On `/api/jobs/{id}/events`: `snapshot` and `event`, ids are the seq, and `progress`, which has no id and is not
 * repeated. On `/api/jobs/stream`: `job` and `counts`. On `/api/stream` all of them, ids opaque; `ready` follows the snapshots; `gone` names a watched job that
 * does not exist.
 */
export const StreamMessages = {
  snapshot: z.object({ jobId: z.string(), state: JobState }),
  event: z.object({ jobId: z.string(), event: JobEvent }),
  progress: z.object({ jobId: z.string(), queuePlace: z.number().int().nullable() }),
  job: JobRow,
  counts: StatusCounts,
  ready: z.object({ at: z.string() }),
  gone: z.object({ jobId: z.string() }),
} as const;
