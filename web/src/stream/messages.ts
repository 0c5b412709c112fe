import type { JobEvent } from '../../../src/contract/event.ts';
import type { JobRow, JobState, StatusCounts } from '../../../src/contract/job.ts';

/** What the stream says, by name. See `StreamMessages` in the contract. */
export type Messages = {
  snapshot: { jobId: string; state: JobState };
  event: { jobId: string; event: JobEvent };
  progress: { jobId: string; queuePlace: number | null };
  job: JobRow;
  counts: StatusCounts;
  ready: { at: string };
  gone: { jobId: string };
};
export type MessageName = keyof Messages;
export const messageNames: readonly MessageName[] = ['snapshot', 'event', 'progress', 'job', 'counts', 'ready', 'gone'];

/** What somebody on the page watches, and whom to tell. */
export type Listener = { [N in MessageName]?: (message: Messages[N]) => void };
export type Wanted = { list?: boolean; jobs?: string[] };

/** All that is watched, in an order that does not depend on who came first. */
export function sumOf(wanted: Iterable<Wanted>): Required<Wanted> {
  const all = [...wanted];
  return { list: all.some((w) => w.list), jobs: [...new Set(all.flatMap((w) => w.jobs ?? []))].sort() };
}

/** The address of one stream for everything that is watched; null when nothing is. */
export function streamUrl(wanted: Iterable<Wanted>): string | null {
  const { list, jobs } = sumOf(wanted);
  if (!list && jobs.length === 0) return null;
  const params = new URLSearchParams({ ...(list ? { list: '1' } : {}), ...(jobs.length > 0 ? { jobs: jobs.join(',') } : {}) });
  return `/api/stream?${params.toString()}`;
}
