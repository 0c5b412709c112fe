import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDatabase, type Database } from '../../src/db/database.ts';
import { findEventsAfter } from '../../src/db/job-events.ts';
import { insertJobValues, loadJobValues } from '../../src/db/job-values.ts';
import { findJob, insertJob } from '../../src/db/jobs.ts';
import { listenForJobs } from '../../src/db/notify.ts';
import { project } from '../../src/db/projection.ts';
import { createVault } from '../../src/vault/vault.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { created, tasks } from './jobs.ts';

let made: TestDatabase;
let database: Database;
beforeAll(async () => {
  made = await createDatabase();
  database = openDatabase(made.url);
});
afterAll(async () => {
  await database.close();
  await made.drop();
});

const vault = createVault(randomBytes(32).toString('hex'));

test('stores the events of a job and its row, and a repetition changes nothing', async () => {
  const { db } = database;
  const job = tasks('j-repeat', [created('j-repeat'), { type: 'job.queued' }, { type: 'job.started', host: 'h' }]);
  await project(db, job.task(0, 3));
  await project(db, job.task(0, 3));
  expect(await findEventsAfter(db, 'j-repeat', 0)).toEqual(job.events);
  expect((await findJob(db, 'j-repeat'))?.header).toEqual(job.header);
});

test('a task that arrives late adds its events and leaves the newer row', async () => {
  const { db } = database;
  const job = tasks('j-late', [created('j-late'), { type: 'job.queued' }, { type: 'job.started', host: 'h' }]);
  await project(db, job.task(2, 3));
  expect(await findEventsAfter(db, 'j-late', 0)).toEqual([]);
  await project(db, job.task(0, 2));
  expect((await findJob(db, 'j-late'))?.header).toMatchObject({ status: 'running', seq: 3 });
  expect(await findEventsAfter(db, 'j-late', 0)).toEqual(job.events);
});

test('the events after a gap are held back', async () => {
  const { db } = database;
  const job = tasks('j-gap', [created('j-gap'), { type: 'job.queued' }, { type: 'job.started', host: 'h' }, { type: 'job.paused' }]);
  await project(db, job.task(0, 2));
  await project(db, job.task(3, 4));
  expect((await findEventsAfter(db, 'j-gap', 0)).map((event) => event.seq)).toEqual([1, 2]);
});

test('the end of a job removes its sealed values', async () => {
  const { db } = database;
  const job = tasks('j-values', [created('j-values'), { type: 'job.finished', status: 'completed' }]);
  await insertJob(db, { header: job.header, line: '', bar: '' }).catch(() => undefined);
  await project(db, job.task(0, 1));
  const values = { values: [{ name: 'password', value: 'hunter2', sensitive: true }], expressions: [] };
  await insertJobValues(db, vault, { jobId: 'j-values', values });
  const { rows } = await database.pool.query<{ sealed: Buffer }>("select sealed from job_values where job_id = 'j-values'");
  expect(rows[0]?.sealed.toString('latin1')).not.toContain('hunter2');
  expect(await loadJobValues(db, vault, 'j-values')).toEqual(values);
  await project(
    db,
    tasks('j-values', [created('j-values'), { type: 'job.queued' }, { type: 'job.finished', status: 'completed' }]).task(1, 3),
  );
  expect(await loadJobValues(db, vault, 'j-values')).toBeUndefined();
});

test('text that Postgres refuses is cleaned instead of stopping the projection', async () => {
  const { db } = database;
  const job = tasks('j-dirty', [
    created('j-dirty', 'a\0b\ud800c'),
    { type: 'command.refused', action: 'x', actor: '\udfff', reason: '\0' },
  ]);
  await project(db, job.task(0, 2));
  expect((await findJob(db, 'j-dirty'))?.header.title).toBe('a\ufffdb\ufffdc');
  expect((await findEventsAfter(db, 'j-dirty', 1))[0]).toMatchObject({ actor: '\ufffd', reason: '\ufffd' });
});

test('a listener hears of a change once it is committed, and of a gap when its connection was lost', async () => {
  const notices: unknown[] = [];
  const notifications = listenForJobs(made.url);
  const unsubscribe = notifications.subscribe((notice) => notices.push(notice));
  await vi.waitFor(() => expect(notifications.up).toBe(true));
  await project(database.db, tasks('j-bell', [created('j-bell')]).task(0, 1));
  await vi.waitFor(() => expect(notices).toContainEqual({ type: 'changed', jobId: 'j-bell', seq: 1 }));
  notices.length = 0;
  await database.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'understudy listen' and datname = current_database()",
  );
  await vi.waitFor(() => expect(notices).toEqual([{ type: 'down' }, { type: 'gap' }]), { timeout: 5_000 });
  unsubscribe();
  await notifications.close();
});
