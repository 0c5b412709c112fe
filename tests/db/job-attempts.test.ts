import { afterAll, beforeAll, expect, test } from 'vitest';
import { initialState } from '../../src/api/job-reader.ts';
import { openDatabase, type Database } from '../../src/db/database.ts';
import { findAttempts } from '../../src/db/job-attempts.ts';
import { insertJob } from '../../src/db/jobs.ts';
import { headerOf } from '../../src/domain/reduce.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { jobInput } from './jobs.ts';

let made: TestDatabase;
let database: Database;

beforeAll(async () => {
  made = await createDatabase();
  database = openDatabase(made.url);
  const store = async (id: string, attempt: number, chain?: string): Promise<void> => {
    const createdAt = new Date(Date.UTC(2026, 0, attempt)).toISOString();
    const input = jobInput(id, { createdAt, ...(chain && { rerun: { of: { jobId: chain, attempt } } }) });
    await insertJob(database.db, { header: headerOf(initialState(input)), line: '', bar: 'p', input, chain });
  };
  await store('j-third', 3, 'j-first');
  await store('j-first', 1);
  await store('j-second', 2, 'j-first');
  await store('j-alone', 1);
});
afterAll(async () => {
  await database.close();
  await made.drop();
});

test.each(['j-first', 'j-second', 'j-third'])('%s knows all attempts, oldest first', async (id) => {
  expect(await findAttempts(database.db, id)).toEqual([
    { jobId: 'j-first', attempt: 1, status: 'queued' },
    { jobId: 'j-second', attempt: 2, status: 'queued' },
    { jobId: 'j-third', attempt: 3, status: 'queued' },
  ]);
});

test('a job without others has itself, and one that does not exist has nothing', async () => {
  expect(await findAttempts(database.db, 'j-alone')).toEqual([{ jobId: 'j-alone', attempt: 1, status: 'queued' }]);
  expect(await findAttempts(database.db, 'j-nothere')).toEqual([]);
});
