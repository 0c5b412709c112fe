import { Client, Connection } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { initialState } from '../../src/api/job-reader.ts';
import { reconcile } from '../../src/api/reconciler.ts';
import type { JobInput } from '../../src/contract/step-task.ts';
import { insertJob } from '../../src/db/jobs.ts';
import { project } from '../../src/db/projection.ts';
import { jobs } from '../../src/db/schema.ts';
import { headerOf } from '../../src/domain/reduce.ts';
import { created, jobInput, tasks } from '../db/jobs.ts';
import { temporalAddress } from '../support/temporal.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
let client: Client;
beforeAll(async () => {
  bench = await openApiBench();
  client = new Client({ connection: await Connection.connect({ address: temporalAddress() }) });
});
afterAll(async () => {
  await client.connection.close();
  await bench.close();
});

const until = (id: string, status: string) =>
  vi.waitFor(async () => expect(await bench.job(id)).toMatchObject({ status }), { timeout: 10_000 });
/** every open job is looked at, at once */
const now = { unstartedSeconds: -1, silentSeconds: -1 };

test('a job that was stored but never started is started', async () => {
  const id = `j-orphan-${Date.now()}`;
  const input = jobInput(id);
  await insertJob(bench.deps.database.db, { header: headerOf(initialState(input)), line: '', bar: 'p', input });
  await reconcile(bench.deps);
  expect(await bench.job(id)).toMatchObject({ status: 'queued', seq: 0 });
  await Promise.all([reconcile(bench.deps, now), reconcile(bench.deps, now)]);
  await until(id, 'completed');
});

test('a job that cannot be repaired does not keep the others waiting', async () => {
  const [bad, good] = [`j-bad-${Date.now()}`, `j-good-${Date.now()}`];
  const { db } = bench.deps.database;
  const insert = (input: JobInput) => insertJob(db, { header: headerOf(initialState(input)), line: '', bar: 'p', input });
  await insert(jobInput(bad, { title: 'x'.repeat(3_000_000) }));
  await insert(jobInput(good));
  await reconcile(bench.deps, now);
  await until(good, 'completed');
  await db.delete(jobs).where(eq(jobs.id, bad));
});

test('a terminated workflow ends its job as failed, and says so in the order of its events', async () => {
  const { id } = await bench.start('one', 'hold', 'three');
  await vi.waitFor(async () => expect((await bench.job(id)).counts.succeeded).toBe(1), { timeout: 10_000 });
  await client.workflow.getHandle(id).terminate('an operator');
  await reconcile(bench.deps, now);
  const job = await bench.job(id);
  expect(job).toMatchObject({
    status: 'failed',
    actions: [],
    error: { code: 'unknown', message: 'the workflow was terminated' },
    counts: { succeeded: 1, skipped: 2 },
  });
  await reconcile(bench.deps, now);
  expect((await bench.job(id)).seq).toBe(job.seq);
});

test('a command to a terminated job repairs it at once and is refused', async () => {
  const { id } = await bench.start('hold');
  await until(id, 'running');
  await client.workflow.getHandle(id).terminate();
  expect(await bench.send('POST', `/api/jobs/${id}/pause`, {})).toMatchObject({
    status: 409,
    body: { code: 'action_not_allowed', jobStatus: 'failed', allowed: [] },
  });
  expect(await bench.job(id)).toMatchObject({ status: 'failed' });
});

test('a workflow that Temporal knows no more ends its job as failed', async () => {
  const id = `j-gone-${Date.now()}`;
  await project(bench.deps.database.db, tasks(id, [created(id), { type: 'job.queued' }, { type: 'job.started', host: 'h' }]).task(0, 3));
  await reconcile(bench.deps, now);
  expect(await bench.job(id)).toMatchObject({
    status: 'failed',
    error: { message: 'the workflow is gone in Temporal' },
    steps: [{ status: 'skipped' }],
    seq: 5,
  });
});

test('a running job is left alone', async () => {
  const { id } = await bench.start('hold');
  await until(id, 'running');
  const before = await bench.job(id);
  await reconcile(bench.deps, now);
  expect(await bench.job(id)).toEqual(before);
  bench.host(id).letGo('hold');
  await until(id, 'completed');
});

test('a cancellation from Temporal ends the job as cancelled', async () => {
  const { id } = await bench.start('hold');
  await until(id, 'running');
  await client.workflow.getHandle(id).cancel();
  await until(id, 'cancelled');
});
