/** One source of the list for all who watch it: changed rows at most about four times a second for each job, counts once a second. */
import type { JobRow, StatusCounts } from '../contract/job.ts';
import { countJobs, findRows, findRowsChangedSince } from '../db/jobs.ts';
import type { Notice } from '../db/notify.ts';
import type { ApiDependencies } from './dependencies.ts';

type Deps = Pick<ApiDependencies, 'database' | 'notifications' | 'log'>;
export type ListViewer = { row(row: JobRow): void; counts(counts: StatusCounts): void };
export type ListSource = {
  /** Counts at once, then changes; with `since` (of an earlier visit) the rows that changed meanwhile come first. @returns ends the watching */
  watch(viewer: ListViewer, since?: Date): Promise<() => void>;
  close(): void;
};

const rowsMs = 250;
const countsMs = 1_000;
/** A visitor who was away for longer than these reads the list again by itself. */
const caughtUp = 200;
/** Transactions commit a little after the clock that their rows bear. */
const slackMs = 5_000;

export function createListSource(deps: Deps): ListSource {
  const viewers = new Set<ListViewer>();
  const dirty = new Set<string>();
  const rows = throttled(rowsMs, deps, async () => {
    const ids = [...dirty];
    dirty.clear();
    const found = await findRows(deps.database.db, ids).catch((error: unknown) => {
      ids.forEach((id) => dirty.add(id));
      throw error;
    });
    for (const row of found) viewers.forEach((viewer) => viewer.row(row));
  });
  const counts = throttled(countsMs, deps, async () => {
    const found = await countJobs(deps.database.db);
    viewers.forEach((viewer) => viewer.counts(found));
  });
  let deafSince: Date | undefined;
  const missed = throttled(rowsMs, deps, async () => {
    const found = await findRowsChangedSince(deps.database.db, deafSince ?? new Date(), caughtUp);
    for (const row of found) viewers.forEach((viewer) => viewer.row(row));
    deafSince = undefined;
  });
  const unsubscribe = deps.notifications.subscribe((notice: Notice) => {
    if (notice.type === 'down') deafSince ??= new Date(Date.now() - slackMs);
    if (viewers.size === 0 || notice.type === 'down') return;
    if (notice.type === 'changed') {
      dirty.add(notice.jobId);
      rows.soon();
    } else if (deafSince) missed.soon();
    counts.soon();
  });
  return {
    async watch(viewer, since) {
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

async function greet({ database: { db }, log }: Deps, viewer: ListViewer, since: Date | undefined): Promise<void> {
  try {
    const changed = since ? await findRowsChangedSince(db, new Date(since.getTime() - slackMs), caughtUp) : [];
    for (const row of changed) viewer.row(row);
    viewer.counts(await countJobs(db));
  } catch (err) {
    log.debug({ err }, 'the list cannot be read now; its watchers hear of the next change');
  }
}

/** Works soon after it is asked, at most once per interval; a failure is tried again after the next interval. */
function throttled(intervalMs: number, { log }: Pick<Deps, 'log'>, work: () => Promise<void>): { soon(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let asked = false;
  let stopped = false;
  const run = async (): Promise<void> => {
    asked = false;
    await work().catch((err: unknown) => {
      asked = true;
      log.debug({ err }, 'the list could not be read; it is tried again');
    });
    timer = setTimeout(() => {
      timer = undefined;
      if (asked && !stopped) start();
    }, intervalMs);
  };
  const start = (): void => {
    timer = setTimeout(() => undefined, 0);
    void run();
  };
  return {
    soon() {
      asked = true;
      if (timer === undefined && !stopped) start();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
