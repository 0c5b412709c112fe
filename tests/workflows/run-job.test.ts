import { afterEach, expect, test } from 'vitest';
import { openBench, plannedStep, type Bench, type JobHandle } from './job-bench.ts';
import type { Script } from './stub-host.ts';

let bench: Bench;
const open = async (script?: Script) => (bench = await openBench(script));
afterEach(() => bench.close());

const five = ['one', 'two', 'three', 'four', 'five'].map((id) => plannedStep(id));
const typesOf = async (job: JobHandle) => (await bench.events(job)).map((event) => event.type);
const skipped = async (job: JobHandle) => (await bench.events(job)).find((event) => event.type === 'steps.skipped');

test('runs the steps in order, tells every one, and closes the browser', async () => {
  await open();
  const job = await bench.start(five);
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.began).toEqual(['one', 'two', 'three', 'four', 'five']);
  expect(bench.host.closed).toEqual([job.workflowId]);
  expect(await typesOf(job)).toEqual([
    'job.created',
    'job.queued',
    'job.started',
    ...Array<string>(5).fill('step.succeeded'),
    'job.finished',
  ]);
  await bench.record(job, 'completed');
});

test('numbers events without a gap and stores each of them once', async () => {
  await open();
  const job = await bench.start(five);
  await job.result();
  const stored = bench.host.projected.flatMap((task) => task.events.map((event) => event.seq));
  expect(stored).toEqual(Array.from({ length: 9 }, (_, index) => index + 1));
  expect(bench.host.projected.at(-1)?.header).toMatchObject({ status: 'completed', seq: 9, counts: { total: 5, succeeded: 5 } });
});

test('has three steps dispatched at once and not a fourth', async () => {
  await open({ one: 'wait' });
  const job = await bench.start(five);
  await bench.host.until(() => bench.host.began.includes('one'));
  const { raw } = await job.describe();
  expect(raw.pendingActivities?.map((activity) => activity.activityId).sort()).toEqual(['001-one', '002-two', '003-three']);
  bench.host.letGo('one');
  expect(await job.result()).toEqual({ status: 'completed' });
});

test('stops at the first failed step and marks the rest as not reached', async () => {
  await open({ two: 'failed' });
  const job = await bench.start(five);
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(bench.host.began).toEqual(['one', 'two']);
  expect(await skipped(job)).toMatchObject({ stepIds: ['three', 'four', 'five'], because: 'not_reached' });
  await bench.record(job, 'failed');
});

test('goes on after a failed step when stopOnError is off, and ends failed', async () => {
  await open({ two: 'failed', four: 'failed' });
  const job = await bench.start(five, { stopOnError: false });
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(bench.host.began).toEqual(['one', 'two', 'three', 'four', 'five']);
  expect((await bench.header(job)).counts).toMatchObject({ succeeded: 3, failed: 2, skipped: 0 });
});

test('goes on after a failed step that says continueOnError', async () => {
  await open({ one: 'failed' });
  const job = await bench.start([plannedStep('one', { continueOnError: true }), plannedStep('two')]);
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(bench.host.began).toEqual(['one', 'two']);
});

test('never goes on after a step whose browser is lost, whatever stopOnError says', async () => {
  await open({ two: 'lost' });
  const job = await bench.start(five, { stopOnError: false });
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(bench.host.began).toEqual(['one', 'two']);
  const failed = (await bench.events(job)).find((event) => event.type === 'step.failed');
  expect(failed?.error.code).toBe('browser_crashed');
});

test('goes on while the store is away and stores everything when it is back', async () => {
  await open({ five: 'wait' });
  bench.host.projectionFails = true;
  const job = await bench.start(five);
  await bench.host.until(() => bench.host.began.includes('five'));
  await expect.poll(async () => (await bench.header(job)).counts.succeeded).toBe(4);
  expect(bench.host.projected).toEqual([]);
  bench.host.projectionFails = false;
  bench.host.letGo('five');
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.projected.flatMap((task) => task.events.map((event) => event.seq))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await bench.record(job, 'store-away');
});

test('a long job continues as new, and neither events nor steps are lost or repeated', async () => {
  await open();
  const ids = Array.from({ length: 90 }, (_, index) => `s${index + 1}`);
  const job = await bench.start(ids.map((id) => plannedStep(id)));
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.began).toEqual(ids);
  expect((await job.describe()).runId).not.toBe(job.firstExecutionRunId);
  const stored = bench.host.projected.flatMap((task) => task.events.map((event) => event.seq));
  expect(stored).toEqual(Array.from({ length: 94 }, (_, index) => index + 1));
  expect(await bench.header(bench.client.workflow.getHandle(job.workflowId))).toMatchObject({
    status: 'completed',
    counts: { succeeded: 90 },
  });
  await bench.record({ workflowId: job.workflowId, runId: job.firstExecutionRunId }, 'continued-first-run');
  await bench.record({ workflowId: job.workflowId }, 'continued');
});
