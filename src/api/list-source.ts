/** One source of the list for all who watch it: changed rows at most about four times a second for each job, counts once a second. */
import type { JobRow, StatusCounts } from '../contract/job.ts';
import { countJobs, findRows, findRowsChangedSince } from '../db/jobs.ts';
import type { Notice } from '../db/notify.ts';
import type { Queryable } from '../db/database.ts';
import { findQueue } from '../db/job-queue.ts';
import type { ApiDependencies } from './dependencies.ts';
import { throttled } from './throttled.ts';

type Deps = Pick<ApiDependencies, 'database' | 'notifications' | 'log'>;
export type ListViewer = { row(row: JobRow): void; counts(counts: StatusCounts): void };
export type ListSource = {
  /** Counts at once, then changes; with `since` (of an earlier visit) the rows that changed meanwhile come first. @returns ends the watching */
  watch(viewer: ListViewer, since?: Date): Promise<() => void>;
  close(): void;
};

const rowsMs = 250;
const countsMs = 1_000;
/** Places beyond these are not kept fresh. */
const mostQueued = 200;
/** A visitor who was away for longer than these reads the list again by itself. */
const caughtUp = 200;
/** Transactions commit a little after the clock that their rows bear. */
const slackMs = 5_000;

export function createListSource(deps: Deps): ListSource {
  const { db } = deps.database;
  const viewers = new Set<ListViewer>();
  const dirty = new Set<string>();
  const queue = new Queue();
  const tell = async (found: readonly JobRow[]): Promise<void> => {
    for (const row of [...found, ...(await queue.moved(db, found))]) viewers.forEach((viewer) => viewer.row(row));
  };
  const rows = throttled(rowsMs, deps, async () => {
    const ids = [...dirty];
    dirty.clear();
    const found = findRows(db, ids).then(tell);
    await found.catch((error: unknown) => {
      ids.forEach((id) => dirty.add(id));
      throw error;
    });
  });
  const counts = throttled(countsMs, deps, async () => {
    const found = await countJobs(db);
    viewers.forEach((viewer) => viewer.counts(found));
  });
  let deafSince: Date | undefined;
  const missed = throttled(rowsMs, deps, async () => {
    await tell(await findRowsChangedSince(db, deafSince ?? new Date(), caughtUp));
    deafSince = undefined;
  });
  const unsubscribe = deps.notifications.subscribe((notice: Notice) => {
    if (notice.type === 'down') deafSince ??= new Date(Date.now() - slackMs);
    if (viewers.size === 0 || notice.type === 'down' || notice.type === 'artifact') return;
    if (notice.type === 'changed') {
      dirty.add(notice.jobId);
      rows.soon();
    } else if (deafSince) missed.soon();
    counts.soon();
  });
  return {
    async watch(viewer, since) {
      // nobody looked at the queue while nobody watched
      if (viewers.size === 0) queue.forget();
      viewers.add(viewer);
      await greet(deps, viewer, since);
      return () => viewers.delete(viewer);
    },
    close() {
      unsubscribe();
      for (const job of [rows, counts, missed]) job.stop();
      viewers.clear();
    },
  };
}

/** Remembers who stood where: one job that comes or goes moves all those behind it. */
class Queue {
  #places = new Map<string, number>();

  forget(): void {
    this.#places = new Map();
  }

  /** Rows of the jobs whose place is not what it was, except those that are `told` of anyway. */
  async moved(db: Queryable, told: readonly JobRow[]): Promise<JobRow[]> {
    const queue = await findQueue(db, mostQueued);
    const moved = queue.filter(({ jobId, queuePlace }) => this.#places.get(jobId) !== queuePlace).map(({ jobId }) => jobId);
    const known = new Set(told.map(({ id }) => id));
    const found = await findRows(
      db,
      moved.filter((id) => !known.has(id)),
    );
    this.#places = new Map(queue.map(({ jobId, queuePlace }) => [jobId, queuePlace]));
    return found;
  }
}

async function greet({ database: { db }, log }: Deps, viewer: ListViewer, since: Date | undefined): Promise<void> {
  try {
    const changed = since ? await findRowsChangedSince(db, new Date(since.getTime() - slackMs), caughtUp) : [];
    const queued = since ? (await findQueue(db, mostQueued)).map(({ jobId }) => jobId) : [];
    for (const row of [...changed, ...(await findRows(db, queued))]) viewer.row(row);
    viewer.counts(await countJobs(db));
  } catch (err) {
    log.debug({ err }, 'the list cannot be read now; its watchers hear of the next change');
  }
}
