import { afterAll, beforeAll, expect, test } from 'vitest';
import { initialState } from '../../src/api/job-reader.ts';
import type { JobHeader } from '../../src/contract/job.ts';
import { openDatabase, type Database } from '../../src/db/database.ts';
import { findPlaces, findQueue } from '../../src/db/job-queue.ts';
import { findRows, insertJob } from '../../src/db/jobs.ts';
import { headerOf } from '../../src/domain/reduce.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { jobInput } from './jobs.ts';

let made: TestDatabase;
let database: Database;

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const store = async (id: string, changes: Partial<JobHeader>): Promise<void> => {
  const input = jobInput(id, { createdAt: at(30) });
  await insertJob(database.db, { header: { ...headerOf(initialState(input)), ...changes }, line: '', bar: 'p', input });
};
const parked = { at: at(0), url: 'https://a.example/' };

beforeAll(async () => {
  made = await createDatabase();
  database = openDatabase(made.url);
  await store('j-new', { queuedAt: at(9) });
  await store('j-old', { queuedAt: at(1) });
  await store('j-same-b', { queuedAt: at(5) });
  await store('j-same-a', { queuedAt: at(5) });
  await store('j-back-late', { queuedAt: at(20), parked });
  await store('j-back', { queuedAt: at(10), parked });
  await store('j-before-there-was-a-queue', { queuedAt: undefined });
  await store('j-running', { status: 'running', queuedAt: undefined });
  await store('j-parked', { status: 'waiting_for_approval', queuedAt: undefined, parked });
  await store('j-scheduled', { status: 'scheduled', queuedAt: undefined });
});
afterAll(async () => {
  await database.close();
  await made.drop();
});

const expected = ['j-back', 'j-back-late', 'j-old', 'j-same-a', 'j-same-b', 'j-new', 'j-before-there-was-a-queue'];

test('jobs that come back are first, then the oldest; each place is held once', async () => {
  expect(await findQueue(database.db, 100)).toEqual(expected.map((jobId, index) => ({ jobId, queuePlace: index + 1 })));
  expect((await findQueue(database.db, 2)).map(({ jobId }) => jobId)).toEqual(['j-back', 'j-back-late']);
});

test('a row tells the same place, and none for a job that does not wait for a browser', async () => {
  const rows = await findRows(database.db, [...expected, 'j-running', 'j-parked', 'j-scheduled']);
  const places = new Map(rows.map((row) => [row.id, row.queuePlace]));
  expect(expected.map((id) => places.get(id))).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(['j-running', 'j-parked', 'j-scheduled'].map((id) => places.get(id))).toEqual([null, null, null]);
});

test('places of some jobs count all that wait', async () => {
  const found = await findPlaces(database.db, ['j-new', 'j-running', 'j-old', 'j-nothere']);
  expect(found.sort((a, b) => a.queuePlace - b.queuePlace)).toEqual([
    { jobId: 'j-old', queuePlace: 3 },
    { jobId: 'j-new', queuePlace: 6 },
  ]);
  expect(await findPlaces(database.db, [])).toEqual([]);
});
