/** What comes after the reconciler has ended a job. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobEventBody } from '../../src/contract/event.ts';
import { openDatabase, type Database } from '../../src/db/database.ts';
import { loadCheckpoint, storeCheckpoint } from '../../src/db/job-checkpoints.ts';
import { findEventsAfter } from '../../src/db/job-events.ts';
import { findJob } from '../../src/db/jobs.ts';
import { project, projectEnd } from '../../src/db/projection.ts';
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

const started = (id: string): JobEventBody[] => [created(id), { type: 'job.queued' }, { type: 'job.started', host: 'h' }];
const terminated = (id: string) =>
  tasks(id, [
    ...started(id),
    { type: 'steps.skipped', stepIds: ['one'], because: 'not_reached' },
    { type: 'job.finished', status: 'failed' },
  ]);
const wentOn = (id: string) =>
  tasks(id, [
    ...started(id),
    ...['a', 'b', 'c'].map((actor): JobEventBody => ({ type: 'command.refused', action: 'x', actor, reason: 'r' })),
  ]);

test('a flush that comes late neither brings the job back nor adds to its timeline', async () => {
  const { db } = database;
  const end = terminated('j-1');
  await project(db, end.task(0, 3));
  expect(await projectEnd(db, end.task(0, 5), 3)).toBe(true);
  await project(db, wentOn('j-1').task(3, 6));
  expect(await findEventsAfter(db, 'j-1', 0)).toEqual(end.events);
  expect(await findJob(db, 'j-1')).toMatchObject({ finished: true, header: { status: 'failed', seq: 5 } });
});

test('an ending that was thought of before a flush came is not written', async () => {
  const { db } = database;
  await project(db, wentOn('j-2').task(0, 4));
  expect(await projectEnd(db, terminated('j-2').task(0, 5), 3)).toBe(false);
  expect(await findJob(db, 'j-2')).toMatchObject({ finished: false, header: { status: 'running', seq: 4 } });
  expect(await findEventsAfter(db, 'j-2', 0)).toHaveLength(4);
});

test('a row that tells of events which are lost is ended as well', async () => {
  const { db } = database;
  const { header } = wentOn('j-3');
  await project(db, { ...terminated('j-3').task(0, 3), header });
  expect(await projectEnd(db, terminated('j-3').task(0, 5), 6)).toBe(true);
  await project(db, wentOn('j-3').task(3, 6));
  expect(await findJob(db, 'j-3')).toMatchObject({ finished: true, header: { status: 'failed', seq: 5 } });
  expect((await findEventsAfter(db, 'j-3', 0)).map((event) => event.seq)).toEqual([1, 2, 3, 4, 5]);
});

test('the last events of a job that ended by itself may come after its last row', async () => {
  const { db } = database;
  const job = terminated('j-4');
  await project(db, { ...job.task(0, 3), header: job.header });
  await project(db, job.task(3, 5));
  expect(await findEventsAfter(db, 'j-4', 0)).toEqual(job.events);
});

test('a checkpoint that comes after the end is not kept, and one that comes with it goes with it', async () => {
  const { db } = database;
  const vault = createVault('ab'.repeat(32));
  const checkpoint = { jobId: 'j-late', token: 1, plain: 'secret' };
  await project(db, terminated('j-late').task(0, 3));
  await storeCheckpoint(db, vault, checkpoint);
  expect(await loadCheckpoint(db, vault, 'j-late')).toEqual({ token: 1, plain: 'secret' });
  await Promise.all([
    ...Array.from({ length: 4 }, () => storeCheckpoint(db, vault, checkpoint)),
    project(db, terminated('j-late').task(3, 5)),
    ...Array.from({ length: 4 }, () => storeCheckpoint(db, vault, checkpoint)),
  ]);
  await storeCheckpoint(db, vault, checkpoint);
  expect(await loadCheckpoint(db, vault, 'j-late')).toBeUndefined();
});
