/** Server-Sent Events. */
import { z } from 'zod';
import { Artifact } from './artifact.ts';
import { JobEvent } from './event.ts';
import { Doing, LiveFrame, LiveState } from './evidence.ts';
import { JobRow, JobState, StatusCounts } from './job.ts';

/** Query of `/api/stream`: `list=1` for rows and counts, `jobs=a,b` for the events of jobs, at most 20; `live=a` for the pictures of some of those, at most 4. */
export const StreamQuery = z.strictObject({
  list: z.enum(['0', '1']).optional(),
  jobs: z.string().max(1_000).optional(),
  live: z.string().max(500).optional(),
});
export const JobEventsQuery = z.strictObject({ live: z.enum(['0', '1']).optional() });

/**
 * Messages of the streams, by SSE event name. On `/api/jobs/{id}/events`: `snapshot` and `event`, ids are the seq, and `progress`, which has no id and is not
 * repeated. On `/api/jobs/stream`: `job` and `counts`. On `/api/stream` all of them, ids opaque; `ready` follows the snapshots; `gone` names a watched job that
 * does not exist. `artifact` (a file of a watched job is there, or replaced), `live` and `screenshot` have no id and are not repeated; a picture is left out for a
 * client that reads slowly. `live` and `screenshot` come only to who asks for them.
 */
export const StreamMessages = {
  snapshot: z.object({ jobId: z.string(), state: JobState }),
  event: z.object({ jobId: z.string(), event: JobEvent }),
  progress: z.object({ jobId: z.string(), queuePlace: z.number().int().nullable() }),
  artifact: z.object({ jobId: z.string(), artifact: Artifact }),
  live: z.object({ jobId: z.string(), state: LiveState, since: z.number().describe('ms since the epoch'), doing: Doing.nullable() }),
  screenshot: z.object({ jobId: z.string(), frame: LiveFrame }),
  job: JobRow,
  counts: StatusCounts,
  ready: z.object({ at: z.string() }),
  gone: z.object({ jobId: z.string() }),
} as const;
