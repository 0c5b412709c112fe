import type { Artifact } from '../../../src/contract/artifact.ts';
import type { JobEvent } from '../../../src/contract/event.ts';
import type { Doing, LiveFrame, LiveState } from '../../../src/contract/evidence.ts';
import type { JobRow, JobState, StatusCounts } from '../../../src/contract/job.ts';

/** What the stream says, by name. See `StreamMessages` in the contract. */
export type Messages = {
  snapshot: { jobId: string; state: JobState };
  event: { jobId: string; event: JobEvent };
  progress: { jobId: string; queuePlace: number | null };
  artifact: { jobId: string; artifact: Artifact };
  /** `since` in ms since the epoch, by the server's clock */
  live: { jobId: string; state: LiveState; since: number; doing: Doing | null };
  screenshot: { jobId: string; frame: LiveFrame };
  job: JobRow;
  counts: StatusCounts;
  ready: { at: string };
  gone: { jobId: string };
};
export type MessageName = keyof Messages;
export const messageNames: readonly MessageName[] = [
  'snapshot',
  'event',
  'progress',
  'artifact',
  'live',
  'screenshot',
  'job',
  'counts',
  'ready',
  'gone',
];

/** What somebody on the page watches, and whom to tell. */
export type Listener = { [N in MessageName]?: (message: Messages[N]) => void };
/** `live`: jobs whose pictures are wanted; each of them is in `jobs` too. */
export type Wanted = { list?: boolean; jobs?: string[]; live?: string[] };

/** The server sends the pictures of so many jobs in one stream. */
const mostLive = 4;
const distinct = (ids: string[]): string[] => [...new Set(ids)];

/** All that is watched, in an order that does not depend on who came first. Where more pictures are wanted than may be, those that were asked for last are sent. */
export function sumOf(wanted: Iterable<Wanted>): Required<Wanted> {
  const all = [...wanted];
  const live = distinct(all.flatMap((w) => w.live ?? []).reverse()).slice(0, mostLive);
  return { list: all.some((w) => w.list), jobs: distinct(all.flatMap((w) => w.jobs ?? [])).sort(), live: live.sort() };
}

/** The address of one stream for everything that is watched; null when nothing is. */
export function streamUrl(wanted: Iterable<Wanted>): string | null {
  const { list, jobs, live } = sumOf(wanted);
  if (!list && jobs.length === 0) return null;
  const params = new URLSearchParams({
    ...(list ? { list: '1' } : {}),
    ...(jobs.length > 0 ? { jobs: jobs.join(',') } : {}),
    ...(live.length > 0 ? { live: live.join(',') } : {}),
  });
  return `/api/stream?${params.toString()}`;
}

/** Pictures are many and large: they go only to those who want the pictures of their job. */
export function concerns<N extends MessageName>(wanted: Wanted, name: N, message: Messages[N]): boolean {
  if (name !== 'screenshot' && name !== 'live') return true;
  return wanted.live?.includes((message as Messages['screenshot' | 'live']).jobId) ?? false;
}
