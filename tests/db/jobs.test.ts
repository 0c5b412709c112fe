import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobStatus } from '../../src/contract/job.ts';
import { openDatabase, type Database } from '../../src/db/database.ts';
import { countJobs, findRowsChangedSince, findSilentJobs, insertJob, listJobs, touchJob, type Cursor } from '../../src/db/jobs.ts';
import { headerOf } from '../../src/domain/reduce.ts';
import { initialState } from '../../src/api/job-reader.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { jobInput } from './jobs.ts';

let made: TestDatabase;
let database: Database;

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

async function store(id: string, changes: { minute: number; status?: JobStatus; title?: string; runbook?: string }): Promise<void> {
  const runbook = changes.runbook === undefined ? null : { id: changes.runbook, version: 1 };
  const input = jobInput(id, { createdAt: at(changes.minute), title: changes.title ?? 'A job', runbook });
  const header = { ...headerOf(initialState(input)), status: changes.status ?? 'running' };
  await insertJob(database.db, { header, line: 'a line', bar: 'p', input });
}

beforeAll(async () => {
  made = await createDatabase();
  database = openDatabase(made.url);
  for (let n = 0; n < 7; n += 1) await store(`j-${n}`, { minute: Math.floor(n / 3), status: n % 2 ? 'completed' : 'running' });
  await store('j-bill', { minute: 9, status: 'failed', title: 'Pay 100% of the_bill', runbook: 'bills' });
});
afterAll(async () => {
  await database.close();
  await made.drop();
});

test('pages follow each other newest first, each job once, also when many share a time', async () => {
  const seen: string[] = [];
  let after: Cursor | undefined;
  for (let pages = 0; pages < 10; pages += 1) {
    const { rows, next } = await listJobs(database.db, {}, { limit: 3, after });
    seen.push(...rows.map((row) => row.id));
    if (!next) break;
    after = next;
  }
  expect(seen).toEqual(['j-bill', 'j-6', 'j-5', 'j-4', 'j-3', 'j-2', 'j-1', 'j-0']);
});

test('a page that ends with the last job has no next', async () => {
  expect((await listJobs(database.db, {}, { limit: 8 })).next).toBeNull();
});

test.each([
  [{ status: ['failed' as const] }, ['j-bill']],
  [{ runbook: 'bills' }, ['j-bill']],
  [{ q: 'PAY 100%' }, ['j-bill']],
  [{ q: 'the_bill' }, ['j-bill']],
  [{ q: 'theXbill' }, []],
  [{ q: '%' }, ['j-bill']],
  [{ from: at(9) }, ['j-bill']],
  [{ to: at(0), status: ['completed' as const] }, ['j-1']],
  [{ from: '9999-12-31T23:59:59-14:00' }, []],
])('the filter %j finds %j', async (filter, ids) => {
  expect((await listJobs(database.db, filter, { limit: 50 })).rows.map((row) => row.id)).toEqual(ids);
});

test('counts name every status', async () => {
  expect(await countJobs(database.db)).toEqual({
    ...{ all: 8, scheduled: 0, queued: 0, running: 4, waiting_for_approval: 0, paused: 0, completed: 3, failed: 1, cancelled: 0 },
  });
});

test('jobs are silent only after their time, and finished ones never', async () => {
  expect(await findSilentJobs(database.db, { seconds: 60 })).toEqual([]);
  const silent = await findSilentJobs(database.db, { seconds: -1 });
  expect(silent.map((job) => job.header.id).sort()).toEqual(['j-0', 'j-2', 'j-4', 'j-6']);
});

test('a job that was looked at goes to the end of the line, and its row counts as unchanged', async () => {
  const before = new Date();
  await touchJob(database.db, 'j-0');
  const silent = await findSilentJobs(database.db, { seconds: -1 });
  expect(silent.at(-1)?.header.id).toBe('j-0');
  expect(await findRowsChangedSince(database.db, before, 10)).toEqual([]);
});

test('the list is read by index at ten thousand jobs', async () => {
  await database.pool.query(`insert into jobs (id, status, finished, seq, header, line, bar, search, created_at)
    select 'x-' || n, 'completed', true, 1, '{}', '', '', '', now() - make_interval(secs => n) from generate_series(1, 10000) n`);
  await database.pool.query('analyze jobs');
  const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(
    "explain select id from jobs where status in ('failed') and (created_at, id) < (now(), 'z') order by created_at desc, id desc limit 51",
  );
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index (Only )?Scan/);
});
