/** What jobs leave while the list of files is away: kept with its row, or gone and told. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { checkpointBrowser, closeBrowser } from '../../src/activities/control.ts';
import { listArtifacts, recordArtifact } from '../../src/db/artifacts.ts';
import { openDatabase, type Database } from '../../src/db/database.ts';
import { project } from '../../src/db/projection.ts';
import { createOutageProxy, type OutageProxy } from '../api/outage-proxy.ts';
import { created, tasks } from '../db/jobs.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let made: TestDatabase;
let database: Database;
let postgres: OutageProxy;
let worker: Worker;
let job: TestJob;

beforeAll(async () => {
  rig = await startRig({ slots: 10 });
  made = await createDatabase();
  const { hostname, port } = new URL(inject('databaseUrl'));
  postgres = await createOutageProxy({ host: hostname, port: Number(port) });
  const url = Object.assign(new URL(made.url), { hostname: '127.0.0.1', port: String(postgres.port) }).href;
  database = openDatabase(url);
});
afterAll(async () => {
  await rig.close();
  await database.close();
  await postgres.close();
  await made.drop();
});

async function startWorker(): Promise<Worker> {
  const started = await rig.startWorker();
  started.dependencies.index = {
    record: (row) => recordArtifact(database.db, row),
    list: (jobId) => listArtifacts(database.db, jobId),
  };
  return started;
}

beforeEach(async () => {
  worker = await startWorker();
  job = await openJob(rig, worker);
  await project(database.db, tasks(job.jobId, [created(job.jobId)]).task(0, 1));
  await job.visit('/downloads');
  await worker.pictures.end(job.jobId);
});
afterEach(async () => {
  postgres.open();
  await rig.client.call('close', { jobId: job.jobId });
});

const csv = (more: object = {}) => ({
  ...{ action: { type: 'download' as const, selector: { id: 'csv' } }, screenshot: 'never' as const, ...more },
});
const quiet = { screenshots: 'never' as const };
const missing = (more: object = {}) => ({
  action: { type: 'click' as const, selector: { id: 'not-there' } },
  timeout: 300,
  retries: 0,
  ...more,
});
const storedIds = async (): Promise<string[]> => (await rig.store.list(job.jobId)).map(({ id }) => id).sort();
const listedIds = async (): Promise<string[]> => (await listArtifacts(database.db, job.jobId)).map(({ id }) => id).sort();

test('a download waits for a list that is away for some seconds, and is in it then', async () => {
  const before = await storedIds();
  postgres.shut();
  const step = job.step(csv({ timeout: 20_000 }), quiet);
  await expect.poll(async () => (await storedIds()).length, { timeout: 10_000 }).toBe(before.length + 1);
  postgres.open();
  const report = await step;
  expect(report).toMatchObject({ outcome: 'done', files: [{ name: 'invoice.csv' }] });
  expect(await listedIds()).toEqual(await storedIds());
});

test('when the list stays away until the step’s time is over, nothing is left, and the step says so in plain words', async () => {
  const before = await storedIds();
  postgres.shut();
  const report = await job.step(csv({ timeout: 2_500 }), quiet);
  expect(report).toMatchObject({
    outcome: 'failed',
    error: {
      code: 'action_failed',
      message: 'The file invoice.csv came, but could not be kept: the list of files could not be reached. Nothing of it was kept.',
      hint: expect.stringMatching(/^See that Postgres runs/),
    },
  });
  expect(await storedIds()).toEqual(before);
});

test('a list that refuses the row leaves nothing either, and no SQL is told', async () => {
  const before = await storedIds();
  await database.db.execute('delete from jobs');
  const report = await job.step(csv(), quiet);
  expect(report).toMatchObject({ outcome: 'failed', error: { message: expect.stringContaining('the list of files did not take it') } });
  expect(JSON.stringify(report)).not.toMatch(/insert into|Failed query/);
  expect(await storedIds()).toEqual(before);
});

test('that nobody could be told of a file does not keep it from being listed', async () => {
  const admin = new pg.Client({ connectionString: made.url });
  await admin.connect();
  try {
    await admin.query(
      `create function public.pg_notify(text, text) returns void language plpgsql as $$ begin raise exception 'the queue is full'; end $$`,
    );
    await admin.query(`alter database ${new URL(made.url).pathname.slice(1)} set search_path = public, pg_catalog`);
    const other = openDatabase(made.url);
    worker.dependencies.index.record = (row) => recordArtifact(other.db, row);
    expect(await job.step(csv(), quiet)).toMatchObject({ outcome: 'done', files: [{ name: 'invoice.csv' }] });
    expect(await listedIds()).toEqual(await storedIds());
    await other.close();
  } finally {
    await admin.query(`alter database ${new URL(made.url).pathname.slice(1)} reset search_path`);
    await admin.query('drop function public.pg_notify(text, text)');
    await admin.end();
  }
});

test('proof that cannot be listed is gone from the store and told, however often the end has to be repeated', async () => {
  const before = await storedIds();
  postgres.shut();
  expect(await job.step(missing(), quiet)).toMatchObject({ outcome: 'failed', error: { code: 'element_not_found' } });
  expect(await storedIds()).toEqual(before);
  const { jobs } = worker.dependencies;
  worker.dependencies.jobs = { ...jobs, forget: () => Promise.reject(new Error('Postgres is away')) };
  await expect(closeBrowser({ jobId: job.jobId, ...quiet }, worker)).rejects.toThrow('Postgres is away');
  worker.dependencies.jobs = jobs;
  expect(await closeBrowser({ jobId: job.jobId, ...quiet }, worker)).toEqual({
    missing: [
      'A picture could not be stored: the list of files could not be reached',
      'The document of a failed step could not be stored: the list of files could not be reached',
    ],
  });
  expect(await closeBrowser({ jobId: job.jobId, ...quiet }, worker)).toEqual({});
});

test('a picture and a document that a failed step’s page does not give are told', async () => {
  const { host } = worker.dependencies;
  const script = `Object.defineProperty(Element.prototype, 'attributes', { get() { throw new Error('no') } }); return 1`;
  await job.done({ action: { type: 'extract', script }, effect: 'idempotent' });
  await worker.pictures.end(job.jobId);
  worker.dependencies.host = {
    call: (verb, body, signal) => (verb === 'picture' ? Promise.resolve({ picture: null }) : host.call(verb, body, signal)),
  };
  await job.step(missing(), quiet);
  await job.step(missing(), quiet);
  await job.step(missing({ screenshot: 'never' }), quiet);
  expect((await closeBrowser({ jobId: job.jobId, ...quiet }, worker)).missing).toEqual([
    expect.stringMatching(/^2 pictures of failed steps could not be had: /),
    expect.stringMatching(/^2 documents of failed steps could not be had: /),
  ]);
});

test('a wait that is kept again, and a failed step whose worker died, replace their pictures', async () => {
  const keep = () => checkpointBrowser({ jobId: job.jobId, token: 7, picture: true }, worker);
  const [first, second] = [await keep(), await keep()];
  expect(first).toMatchObject({ outcome: 'taken', screenshot: expect.any(String) });
  expect(second).toMatchObject({ screenshot: (first as { screenshot?: string }).screenshot });
  const before = await storedIds();
  const task = job.task(missing({ effect: 'idempotent' }), { gen: job.gen(), ...quiet });
  const { host } = worker.dependencies;
  worker.dependencies.host = {
    call: (verb, body, signal) => (verb === 'failed' ? Promise.reject(new Error('the worker dies here')) : host.call(verb, body, signal)),
  };
  await expect(job.run(task)).rejects.toThrow('dies here');
  const once = await storedIds();
  expect(once).toHaveLength(before.length + 2);
  worker = await startWorker();
  expect(await worker.runStep(task, { heartbeat: () => undefined, signal: new AbortController().signal })).toMatchObject({
    outcome: 'failed',
    attempt: 2,
  });
  expect(await storedIds()).toEqual(once);
});
