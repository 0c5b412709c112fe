import { and, count, desc, eq, gt, gte, ilike, inArray, lt, lte, sql, type SQL } from 'drizzle-orm';
import { JobStatus, type JobHeader, type JobRow, type StatusCounts } from '../contract/job.ts';
import type { JobInput } from '../contract/step-task.ts';
import { isOver } from '../domain/decide.ts';
import { rowOf } from '../domain/row.ts';
import type { Queryable } from './database.ts';
import { jobs } from './schema.ts';

export type StoredJob = { header: JobHeader; line: string; bar: string; input: JobInput | null; finished: boolean; updatedAt: Date };
export type JobFilter = { status?: JobStatus[]; runbook?: string; q?: string; from?: string; to?: string };
type NewJob = Pick<StoredJob, 'header' | 'line' | 'bar'> & { input?: JobInput | null; chain?: string; sealedSource?: Buffer };

const columns = {
  header: jobs.header,
  line: jobs.line,
  bar: jobs.bar,
  input: jobs.input,
  finished: jobs.finished,
  updatedAt: jobs.updatedAt,
};
/**
 * From 1; jobs that come back first, then by age. Rows that were stored before there was a queue know only when they were made. Written out: in a query of one
 * table, columns are named without it, and would be those of `waiting`.
 */
const queuePlace = sql<number | null>`case when jobs.status = 'queued' then (
  select count(*)::int from jobs waiting
  where waiting.status = 'queued'
    and (not waiting.returning, coalesce(waiting.queued_at, waiting.created_at), waiting.id)
      <= (not jobs.returning, coalesce(jobs.queued_at, jobs.created_at), jobs.id)
) end`;
const rowColumns = { header: jobs.header, line: jobs.line, bar: jobs.bar, queuePlace };

function queueColumns({ status, queuedAt, parked }: JobHeader) {
  if (status !== 'queued') return { queuedAt: null, returning: false };
  return { queuedAt: queuedAt ? new Date(queuedAt) : null, returning: parked !== undefined };
}

function toValues({ header, line, bar, input, chain, sealedSource }: NewJob) {
  const search = [header.title, header.id, header.runbook?.id ?? '', header.requestedBy].join('\n');
  return {
    ...{
      id: header.id,
      status: header.status,
      finished: isOver(header.status),
      runbookId: header.runbook?.id ?? null,
      seq: header.seq,
      ...queueColumns(header),
    },
    ...{
      header,
      line,
      bar,
      input: input ?? null,
      chain: chain ?? null,
      sealedSource: sealedSource ?? null,
      search,
      createdAt: new Date(header.createdAt),
      updatedAt: sql`clock_timestamp()`,
    },
  };
}

type FoundRow = Pick<StoredJob, 'header' | 'line' | 'bar'> & { queuePlace: number | null };
const toRow = ({ header, line, bar, queuePlace: place }: FoundRow): JobRow => rowOf(header, { line, bar }, place);

export async function insertJob(db: Queryable, job: NewJob): Promise<void> {
  await db.insert(jobs).values(toValues(job));
  await notifyJobChanged(db, job.header);
}

/** What the api wrote (input, chain, source) is never overwritten. */
function changesOf(job: NewJob) {
  const { input: _kept, createdAt: _first, chain: _chain, sealedSource: _source, ...changed } = toValues(job);
  return changed;
}

/** Inserts the row, or updates it when `header.seq` is newer and the row has not ended; says whether it did. The row is locked in any case. */
export async function upsertJob(db: Queryable, job: NewJob): Promise<boolean> {
  const written = await db
    .insert(jobs)
    .values(toValues(job))
    .onConflictDoUpdate({
      target: jobs.id,
      set: changesOf(job),
      setWhere: and(lt(jobs.seq, job.header.seq), eq(jobs.finished, false)),
    })
    .returning({ id: jobs.id });
  return written.length > 0;
}

/** Writes the row whatever its seq, as long as it is open and nobody has written it since it had `seq`; says whether it did. */
export async function overwriteJob(db: Queryable, job: NewJob, seq: number): Promise<boolean> {
  const written = await db
    .update(jobs)
    .set(changesOf(job))
    .where(and(eq(jobs.id, job.header.id), eq(jobs.seq, seq), eq(jobs.finished, false)))
    .returning({ id: jobs.id });
  return written.length > 0;
}

/** The last event of a job that has ended; undefined while it has not. */
export async function lastSeqOfEnded(db: Queryable, id: string): Promise<number | undefined> {
  const [found] = await db
    .select({ seq: jobs.seq })
    .from(jobs)
    .where(and(eq(jobs.id, id), eq(jobs.finished, true)));
  return found?.seq;
}

/** Rings the doorbell of `notify.ts`, when the transaction commits. */
export async function notifyJobChanged(db: Queryable, { id, seq }: Pick<JobHeader, 'id' | 'seq'>): Promise<void> {
  await db.execute(sql`select pg_notify('job_changed', ${`${id}:${seq}`})`);
}

export async function findJob(db: Queryable, id: string): Promise<StoredJob | undefined> {
  const [found] = await db.select(columns).from(jobs).where(eq(jobs.id, id));
  return found;
}

export type Cursor = { createdAt: string; id: string };

/** Newest first; one keyset page. `limit` rows after `after`, and the cursor of the next page, null when there is none. */
export async function listJobs(
  db: Queryable,
  filter: JobFilter,
  page: { limit: number; after?: Cursor },
): Promise<{ rows: JobRow[]; next: Cursor | null }> {
  const found = await db
    .select(rowColumns)
    .from(jobs)
    .where(and(...conditions(filter), page.after && olderThan(page.after)))
    .orderBy(desc(jobs.createdAt), desc(jobs.id))
    .limit(page.limit + 1);
  const rows = found.slice(0, page.limit).map(toRow);
  const last = rows.at(-1);
  return { rows, next: found.length > page.limit && last ? { createdAt: last.createdAt, id: last.id } : null };
}

/** Postgres refuses year 0, and five-digit years as JavaScript writes them. */
const instant = (iso: string): Date => new Date(Math.min(Math.max(Date.parse(iso), 0), Date.UTC(9999, 0)));

const olderThan = (cursor: Cursor): SQL =>
  sql`(${jobs.createdAt}, ${jobs.id}) < (${instant(cursor.createdAt).toISOString()}::timestamptz, ${cursor.id})`;

function conditions(filter: JobFilter): (SQL | undefined)[] {
  return [
    filter.status && filter.status.length > 0 ? inArray(jobs.status, filter.status) : undefined,
    filter.runbook === undefined ? undefined : eq(jobs.runbookId, filter.runbook),
    filter.q ? ilike(jobs.search, `%${filter.q.replace(/[\\%_]/g, '\\$&')}%`) : undefined,
    filter.from === undefined ? undefined : gte(jobs.createdAt, instant(filter.from)),
    filter.to === undefined ? undefined : lte(jobs.createdAt, instant(filter.to)),
  ];
}

/** How many jobs each status has; `filter.status` is left out, so that tabs can show what the others hold. */
export async function countJobs(db: Queryable, filter: Omit<JobFilter, 'status'> = {}): Promise<StatusCounts> {
  const found = await db
    .select({ status: jobs.status, n: count() })
    .from(jobs)
    .where(and(...conditions(filter)))
    .groupBy(jobs.status);
  const counts = Object.fromEntries(['all', ...JobStatus.options].map((name) => [name, 0])) as StatusCounts;
  for (const { status, n } of found) {
    counts[status] = n;
    counts.all += n;
  }
  return counts;
}

export async function findRows(db: Queryable, ids: string[]): Promise<JobRow[]> {
  if (ids.length === 0) return [];
  return (await db.select(rowColumns).from(jobs).where(inArray(jobs.id, ids))).map(toRow);
}

/** What waits for a person to answer, oldest first. */
export async function findWaitingRows(db: Queryable, limit: number): Promise<JobRow[]> {
  const since = sql`${jobs.header} ->> 'waitingSince'`;
  return (await db.select(rowColumns).from(jobs).where(eq(jobs.status, 'waiting_for_approval')).orderBy(since, jobs.id).limit(limit)).map(
    toRow,
  );
}

/** Rows written after `since` (the database's clock), oldest change first. */
export async function findRowsChangedSince(db: Queryable, since: Date, limit: number): Promise<JobRow[]> {
  return (await db.select(rowColumns).from(jobs).where(gt(jobs.updatedAt, since)).orderBy(jobs.updatedAt).limit(limit)).map(toRow);
}

/** Open jobs whose row nobody has written or checked for `seconds`, the longest silent first, at most 200; with `unstarted`, only those without any event. */
export async function findSilentJobs(
  db: Queryable,
  { seconds, unstarted = false }: { seconds: number; unstarted?: boolean },
): Promise<StoredJob[]> {
  const heard = sql`greatest(${jobs.updatedAt}, ${jobs.checkedAt})`;
  const silent = sql`${heard} < clock_timestamp() - make_interval(secs => ${seconds})`;
  return db
    .select(columns)
    .from(jobs)
    .where(and(eq(jobs.finished, false), silent, unstarted ? eq(jobs.seq, 0) : undefined))
    .orderBy(heard)
    .limit(200);
}

/** Moves the job to the end of `findSilentJobs`: somebody has looked and found it well. The row has not changed for those who watch it. */
export async function touchJob(db: Queryable, id: string): Promise<void> {
  await db
    .update(jobs)
    .set({ checkedAt: sql`clock_timestamp()` })
    .where(eq(jobs.id, id));
}

export async function anyJob(db: Queryable): Promise<boolean> {
  return (await db.select({ id: jobs.id }).from(jobs).limit(1)).length > 0;
}
