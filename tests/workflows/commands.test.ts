import { afterEach, expect, test } from 'vitest';
import { ApplicationFailure, WorkflowUpdateFailedError } from '@temporalio/client';
import type { JobAction } from '../../src/contract/job.ts';
import { openBench, plannedStep, type Bench, type JobHandle } from './job-bench.ts';
import type { Script } from './stub-host.ts';

let bench: Bench;
const open = async (script?: Script) => (bench = await openBench(script));
afterEach(() => bench.close());

const three = ['one', 'two', 'three'].map((id) => plannedStep(id));
const update = (job: JobHandle, action: JobAction, actor = 'Ama') =>
  job.executeUpdate<{ status: string; pausing: boolean }, [object]>(action, { args: [{ action, actor }] });
const status = async (job: JobHandle) => (await bench.header(job)).status;
const stored = (type: string) =>
  bench.host.until(() => bench.host.projected.some((task) => task.events.some((event) => event.type === type)));

async function startAt(stepId: string): Promise<JobHandle> {
  const job = await bench.start(three);
  await bench.host.until(() => bench.host.began.includes(stepId));
  return job;
}

test('pause interrupts a step that only waits, and resume runs it again', async () => {
  await open({ two: 'wait' });
  const job = await startAt('two');
  expect(await update(job, 'pause')).toMatchObject({ pausing: true });
  await stored('job.paused');
  expect(await status(job)).toBe('paused');
  bench.host.letGo('two');
  expect(await update(job, 'resume')).toMatchObject({ status: 'running' });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.began).toEqual(['one', 'two', 'two', 'three']);
  await bench.record(job, 'paused-and-resumed');
});

test('pause waits for a step that acts, and answers pausing until then', async () => {
  await open({ two: 'act' });
  const job = await startAt('two');
  await update(job, 'pause');
  expect(await bench.header(job)).toMatchObject({ status: 'running', pausing: true });
  bench.host.letGo('two');
  await stored('job.paused');
  expect(await bench.header(job)).toMatchObject({ status: 'paused', counts: { succeeded: 2 } });
  await update(job, 'resume');
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.began).toEqual(['one', 'two', 'three']);
});

test('a pause can be taken back before the acting step has ended', async () => {
  await open({ two: 'act' });
  const job = await startAt('two');
  await update(job, 'pause');
  expect(await update(job, 'resume')).toMatchObject({ status: 'running', pausing: false });
  bench.host.letGo('two');
  expect(await job.result()).toEqual({ status: 'completed' });
});

test('a step that fails while a pause is pending still stops the job', async () => {
  await open({ two: 'act and fail' });
  const job = await startAt('two');
  await update(job, 'pause');
  bench.host.letGo('two');
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(bench.host.began).toEqual(['one', 'two']);
});

test('cancel ends a running job, keeps what was done and marks the rest', async () => {
  await open({ two: 'wait' });
  const job = await startAt('two');
  await update(job, 'cancel');
  expect(await job.result()).toEqual({ status: 'cancelled' });
  expect(bench.host.closed).toEqual([job.workflowId]);
  const events = await bench.events(job);
  expect(events.find((event) => event.type === 'steps.skipped')).toMatchObject({ stepIds: ['two', 'three'], because: 'cancelled' });
  expect(events.filter((event) => event.type === 'step.succeeded')).toHaveLength(1);
  await bench.record(job, 'cancelled');
});

test('cancel ends a paused job', async () => {
  await open({ two: 'wait' });
  const job = await startAt('two');
  await update(job, 'pause');
  await stored('job.paused');
  await update(job, 'cancel');
  expect(await job.result()).toEqual({ status: 'cancelled' });
});

test('cancel does not wait for a step that never ends', async () => {
  await open({ two: 'act' });
  const job = await startAt('two');
  await update(job, 'cancel');
  expect(await job.result()).toEqual({ status: 'cancelled' });
  bench.host.letGo('two');
});

test('cancel ends a job that waits for a browser', async () => {
  await open();
  let free: () => void = () => undefined;
  bench.host.holdAcquire = new Promise((resolve) => (free = resolve));
  const job = await bench.start(three);
  await stored('job.queued');
  await update(job, 'cancel');
  free();
  expect(await job.result()).toEqual({ status: 'cancelled' });
  expect(bench.host.began).toEqual([]);
});

test('native cancellation is the same as cancel, and Temporal shows it as cancelled', async () => {
  await open({ two: 'wait' });
  const job = await startAt('two');
  await job.cancel();
  await expect(job.result()).rejects.toThrow('cancelled');
  expect((await job.describe()).status.name).toBe('CANCELLED');
  expect(await bench.header(job)).toMatchObject({ status: 'cancelled', lastCommand: { actor: 'Temporal' } });
});

test('an Update at the wrong moment is refused with the status and what is allowed', async () => {
  await open({ two: 'wait' });
  const job = await startAt('two');
  const refusal = await update(job, 'resume').catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(WorkflowUpdateFailedError);
  const cause = (refusal as WorkflowUpdateFailedError).cause as ApplicationFailure;
  expect(cause.type).toBe('action_not_allowed');
  expect(cause.details?.[0]).toMatchObject({ status: 'running', allowed: ['pause', 'cancel'] });
  bench.host.letGo('two');
  await job.result();
});
