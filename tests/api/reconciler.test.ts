import { Client, Connection } from '@temporalio/client';
import { eq, like } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { initialState } from '../../src/api/job-reader.ts';
import { reconcile } from '../../src/api/reconciler.ts';
import { createTemporalGateway } from '../../src/api/temporal-gateway.ts';
import type { JobEvent, JobEventBody } from '../../src/contract/event.ts';
import type { JobInput } from '../../src/contract/step-task.ts';
import { loadCheckpoint, storeCheckpoint } from '../../src/db/job-checkpoints.ts';
import { insertJobValues, loadJobValues } from '../../src/db/job-values.ts';
import { insertJob } from '../../src/db/jobs.ts';
import { project } from '../../src/db/projection.ts';
import { jobs } from '../../src/db/schema.ts';
import { headerOf } from '../../src/domain/reduce.ts';
import { created, jobInput, tasks } from '../db/jobs.ts';
import { temporalAddress } from '../support/temporal.ts';
import { evidence } from '../workflows/stub-host.ts';
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

test('a parked job whose workflow was deleted is ended, and nothing secret of it stays', async () => {
  const id = `j-parked-${Date.now()}`;
  const { db } = bench.deps.database;
  const about = { kind: 'step', stepId: 'one', ordinal: 1, ask: 1, effect: 'once', askedAt: new Date().toISOString() } as const;
  const parked = tasks(id, [
    ...[created(id), { type: 'job.queued' }, { type: 'job.started', host: 'h' }],
    ...[
      { type: 'approval.requested', approval: { ...about, approvalId: 'a', evidence: evidence() } },
      { type: 'job.parked', url: 'https://a.example' },
    ],
  ] as JobEventBody[]);
  await project(db, parked.task(0, 5));
  await insertJobValues(db, bench.deps.vault, {
    jobId: id,
    values: { values: [{ name: 'pin', value: '4711', sensitive: true }], expressions: [] },
  });
  await storeCheckpoint(db, bench.deps.vault, { jobId: id, token: 1, plain: '{}' });
  await reconcile(bench.deps, now);
  expect(await bench.job(id)).toMatchObject({
    ...{ status: 'failed', error: { message: 'the workflow is gone in Temporal' }, actions: [], steps: [{ status: 'skipped' }] },
    ...{ counts: { skipped: 1 } },
  });
  const ended = await bench.job(id);
  expect([ended.approval, ended.parked, ended.waitingSince]).toEqual([undefined, undefined, undefined]);
  expect(await loadJobValues(db, bench.deps.vault, id)).toBeUndefined();
  expect(await loadCheckpoint(db, bench.deps.vault, id)).toBeUndefined();
  expect((await bench.get<{ waiting: { id: string }[] }>('/api/approvals')).body.waiting.map((row) => row.id)).not.toContain(id);
});

test('a terminated job that waits for a person is ended, and a flush that comes late does not bring it back', async () => {
  const { id } = await bench.start('one', 'ask');
  await until(id, 'waiting_for_approval');
  await client.workflow.getHandle(id).terminate('an operator');
  await reconcile(bench.deps, now);
  const ended = await bench.job(id);
  expect(ended).toMatchObject({
    status: 'failed',
    error: { message: 'the workflow was terminated' },
    counts: { succeeded: 1, skipped: 1 },
  });
  const { cancelling: _, ...rest } = ended;
  const late = { ...rest, cancelling: true, status: 'running' as const, seq: ended.seq + 3 };
  const events = [1, 2, 3].map((n): JobEvent => ({ type: 'job.paused', seq: ended.seq + n, at: new Date().toISOString() }));
  await project(bench.deps.database.db, { jobId: id, header: headerOf(late), events, line: 'late', bar: 'sr' });
  await reconcile(bench.deps, now);
  expect(await bench.job(id)).toEqual(ended);
});

test('hundreds that wait hide nobody: a round looks at the oldest, the next one at those after them', async () => {
  const { db, pool } = bench.deps.database;
  const { id } = await bench.start('hold');
  await until(id, 'running');
  const rows = (n: string) => `update jobs set updated_at = clock_timestamp() - interval '${n}' where`;
  await pool.query(
    `insert into jobs (id, status, finished, seq, header, line, bar, search, created_at, updated_at)
     select $1 || n, 'waiting_for_approval', false, 3, header || jsonb_build_object('id', $1 || n), '', '', '', created_at, clock_timestamp() - interval '2 days'
     from jobs, generate_series(1, 205) n where id = $2`,
    ['j-many-', id],
  );
  await pool.query(`${rows('1 day')} id = $1`, [id]);
  const seen = async (): Promise<number> => {
    const { rows: found } = await pool.query<{ n: number }>("select count(*)::int as n from jobs where id like 'j-many-%' and finished");
    return found[0]?.n ?? 0;
  };
  await client.workflow.getHandle(id).terminate();
  const limits = { unstartedSeconds: 3_600, silentSeconds: 3_600 };
  for (const expected of [200, 205]) {
    await reconcile(bench.deps, limits);
    expect(await seen()).toBe(expected);
  }
  expect(await bench.job(id)).toMatchObject({ status: 'failed' });
  await db.delete(jobs).where(like(jobs.id, 'j-many-%'));
}, 60_000);

test('a round is over when Temporal is away, and repairs nothing by guessing', async () => {
  const id = `j-away-${Date.now()}`;
  await project(bench.deps.database.db, tasks(id, [created(id), { type: 'job.queued' }]).task(0, 2));
  const gateway = createTemporalGateway({ connection: { address: '127.0.0.1:1' }, namespace: 'default', queuePrefix: '' });
  await expect(reconcile({ ...bench.deps, gateway }, now)).rejects.toMatchObject({ code: 'engine_unavailable' });
  await gateway.close();
  expect(await bench.job(id)).toMatchObject({ status: 'queued', seq: 2 });
});
