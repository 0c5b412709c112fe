import { afterEach, expect, test } from 'vitest';
import type { Approval } from '../../src/contract/approval.ts';
import type { JobAction, JobHeader } from '../../src/contract/job.ts';
import type { JobInput } from '../../src/contract/step-task.ts';
import { askingStep, openBench, plannedStep, type Bench, type JobHandle } from './job-bench.ts';
import type { Script } from './stub-host.ts';

let bench: Bench;
const open = async (script?: Script) => (bench = await openBench(script));
afterEach(() => bench.close());

const asking = [plannedStep('one'), askingStep('pay'), plannedStep('three')];
const parksAtOnce: Partial<JobInput> = { parkAfterMs: 0 };
const update = (job: JobHandle, action: JobAction, more: object = {}) =>
  job.executeUpdate<JobHeader, [object]>(action, { args: [{ action, actor: 'Ama', ...more }] });
const stored = (type: string, times = 1) =>
  bench.host.until(() => bench.host.projected.flatMap((task) => task.events).filter((event) => event.type === type).length >= times);
const typesOf = async (job: JobHandle) => (await bench.events(job)).map((event) => event.type);

async function untilAsked(job: JobHandle): Promise<Approval> {
  await stored('approval.requested');
  const { approval } = await bench.header(job);
  if (!approval) throw new Error('nothing is asked');
  return approval;
}

test('a job that waits for an approval gives its browser back, and comes back for it', async () => {
  await open();
  const job = await bench.start(asking, {}, parksAtOnce);
  const { approvalId } = await untilAsked(job);
  await stored('job.parked');
  expect(await bench.header(job)).toMatchObject({ status: 'waiting_for_approval', parked: { url: 'https://bank.example/pay' } });
  expect(await update(job, 'approve', { approvalId })).toMatchObject({ status: 'queued' });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.restored).toEqual([{ jobId: job.workflowId, restore: true }]);
  expect(bench.host.began).toEqual(['one', 'pay', 'three']);
  const types = await typesOf(job);
  expect(types.slice(types.indexOf('approval.requested'))).toEqual([
    'approval.requested',
    'job.parked',
    'approval.approved',
    'browser.restored',
    'step.succeeded',
    'step.succeeded',
    'job.finished',
  ]);
  await bench.record(job, 'parked-and-approved');
});

test('the browser is kept for as long as the job says', async () => {
  await open();
  const job = await bench.start(asking, {}, { parkAfterMs: 600_000 });
  const { approvalId } = await untilAsked(job);
  await update(job, 'approve', { approvalId });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.parked).toEqual([]);
});

test('a paused job gives its browser back, too, and goes on where it stood', async () => {
  await open({ two: 'wait' });
  const job = await bench.start([plannedStep('one'), plannedStep('two')], {}, parksAtOnce);
  await bench.host.until(() => bench.host.began.includes('two'));
  await update(job, 'pause');
  await stored('job.parked');
  expect(await bench.header(job)).toMatchObject({ status: 'paused' });
  bench.host.letGo('two');
  expect(await update(job, 'resume')).toMatchObject({ status: 'queued' });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.began).toEqual(['one', 'two', 'two']);
  await bench.record(job, 'parked-and-resumed');
});

test('a session that cannot be put back fails the step with session_lost, and nothing after it runs', async () => {
  await open();
  const job = await bench.start(asking, { stopOnError: false }, parksAtOnce);
  const { approvalId } = await untilAsked(job);
  await stored('job.parked');
  bench.host.comesBack = 'session_lost';
  await update(job, 'approve', { approvalId });
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(bench.host.began).toEqual(['one']);
  const failed = (await bench.events(job)).find((event) => event.type === 'step.failed');
  expect(failed).toMatchObject({ stepId: 'pay', error: { code: 'session_lost' } });
  expect(bench.host.closed).toEqual([job.workflowId]);
});

test('a parked job that is rejected needs no browser to end', async () => {
  await open();
  const job = await bench.start(asking, {}, parksAtOnce);
  const { approvalId } = await untilAsked(job);
  await stored('job.parked');
  await update(job, 'reject', { approvalId });
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(bench.host.restored).toEqual([]);
});

test('a parked job that is cancelled ends without a browser', async () => {
  await open();
  const job = await bench.start(asking, {}, parksAtOnce);
  await stored('job.parked');
  await update(job, 'cancel');
  expect(await job.result()).toEqual({ status: 'cancelled' });
  expect(bench.host.restored).toEqual([]);
});

test('cancel ends a job that waits for a browser to come back', async () => {
  await open();
  const job = await bench.start(asking, {}, parksAtOnce);
  const { approvalId } = await untilAsked(job);
  await stored('job.parked');
  let free: () => void = () => undefined;
  bench.host.holdAcquire = new Promise((resolve) => (free = resolve));
  await update(job, 'approve', { approvalId });
  await update(job, 'cancel');
  free();
  expect(await job.result()).toEqual({ status: 'cancelled' });
  expect(bench.host.began).toEqual(['one']);
});

test('an answer that comes while the browser is being given back waits until that is over', async () => {
  await open();
  let over: () => void = () => undefined;
  bench.host.holdParking = new Promise((resolve) => (over = resolve));
  const job = await bench.start(asking, {}, parksAtOnce);
  const { approvalId } = await untilAsked(job);
  await bench.host.until(() => bench.host.parked.length === 1);
  await update(job, 'approve', { approvalId });
  over();
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.restored).toHaveLength(1);
  expect(await typesOf(job)).toEqual(expect.arrayContaining(['job.parked', 'job.queued', 'browser.restored']));
});

test('a browser that is lost while a person is waited for is taken again, once', async () => {
  await open({ pay: ['lost', 'done'] });
  const job = await bench.start(asking, {}, { parkAfterMs: 600_000 });
  await update(job, 'approve', { approvalId: (await untilAsked(job)).approvalId });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(await typesOf(job)).toEqual(expect.arrayContaining(['browser.lost', 'browser.restored']));
  expect(bench.host.restored).toHaveLength(1);
  await bench.record(job, 'lost-while-waiting');
});

test('a browser that is lost again after it was taken again fails the job', async () => {
  await open({ pay: 'lost' });
  const job = await bench.start(asking, {}, { parkAfterMs: 600_000 });
  await update(job, 'approve', { approvalId: (await untilAsked(job)).approvalId });
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(bench.host.restored).toHaveLength(1);
});

test.each(['done', 'again', 'failed'] as const)('a person says what became of a step of unknown outcome: %s', async (outcome) => {
  await open({ two: ['unknown', 'done'] });
  const job = await bench.start([plannedStep('one'), plannedStep('two', { effect: 'once' }), plannedStep('three')], {}, parksAtOnce);
  const question = await untilAsked(job);
  expect(question).toMatchObject({ kind: 'outcome', stepId: 'two', attempt: 1, evidence: { sentence: 'Did “do two” happen?' } });
  await job.signal('approve');
  await stored('command.refused');
  await update(job, 'resolve', { stepId: 'two', attempt: 1, outcome, comment: 'I looked' });
  expect(await job.result()).toEqual({ status: outcome === 'failed' ? 'failed' : 'completed' });
  const began = { done: ['one', 'two', 'three'], again: ['one', 'two', 'two', 'three'], failed: ['one', 'two'] };
  expect(bench.host.began).toEqual(began[outcome]);
  await bench.record(job, `resolved-${outcome}`);
});

test('an answer about another step or attempt is refused', async () => {
  await open({ two: ['unknown', 'done'] });
  const job = await bench.start([plannedStep('one'), plannedStep('two', { effect: 'once' })]);
  await untilAsked(job);
  await expect(update(job, 'resolve', { stepId: 'two', attempt: 2, outcome: 'done' })).rejects.toMatchObject({
    cause: { type: 'approval_superseded' },
  });
  await expect(update(job, 'resolve', { outcome: 'done' })).rejects.toMatchObject({ cause: { type: 'approval_id_missing' } });
  await update(job, 'resolve', { stepId: 'two', attempt: 1, outcome: 'done' });
  expect(await job.result()).toEqual({ status: 'completed' });
});

/** The stub's counterpart of a store that is away: the activity does not come back before the test says so. */
function held(): { until: Promise<void>; letGo: () => void } {
  let letGo: () => void = () => undefined;
  const until = new Promise<void>((resolve) => (letGo = resolve));
  return { until, letGo };
}

test('a cancel does not wait for a browser that is being given back', async () => {
  await open();
  const { until, letGo } = held();
  bench.host.holdParking = until;
  const job = await bench.start(asking, {}, parksAtOnce);
  await bench.host.until(() => bench.host.parked.length === 1);
  const began = performance.now();
  await update(job, 'cancel');
  expect(await job.result()).toEqual({ status: 'cancelled' });
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(bench.host.closed).toEqual([job.workflowId]);
  letGo();
});

test('a cancel does not wait for the checkpoint of a question of outcome', async () => {
  await open({ two: 'unknown' });
  const { until, letGo } = held();
  bench.host.holdKeeping = until;
  const job = await bench.start([plannedStep('one'), plannedStep('two', { effect: 'once' })]);
  await bench.host.until(() => bench.host.kept.length === 1);
  const began = performance.now();
  await update(job, 'cancel');
  expect(await job.result()).toEqual({ status: 'cancelled' });
  expect(performance.now() - began).toBeLessThan(2_000);
  letGo();
});

test('a deadline that passes while the browser is being given back counts', async () => {
  await open();
  const { until, letGo } = held();
  bench.host.holdParking = until;
  const approval = { onTimeout: 'cancel' as const, timeoutMs: 500, changingParameters: [] };
  const job = await bench.start([askingStep('pay', { approval })], {}, parksAtOnce);
  expect(await job.result()).toEqual({ status: 'cancelled' });
  expect(bench.host.began).toEqual([]);
  letGo();
}, 20_000);

test('a question that comes while the job is pausing can be answered when it has been resumed', async () => {
  await open({ 'pay-look': 'act' });
  const job = await bench.start(asking, {}, parksAtOnce);
  await bench.host.until(() => bench.host.looked.length === 1);
  await update(job, 'pause');
  bench.host.letGo('pay-look');
  await stored('job.parked');
  expect(await update(job, 'resume')).toMatchObject({ status: 'waiting_for_approval' });
  await update(job, 'approve', { approvalId: (await bench.header(job)).approval?.approvalId });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.began).toEqual(['one', 'pay', 'three']);
});

test('a browser that comes back to a second question and is lost again is taken once more', async () => {
  await open({ pay: ['void', 'lost', 'done'] });
  const job = await bench.start(asking, {}, parksAtOnce);
  await update(job, 'approve', { approvalId: (await untilAsked(job)).approvalId });
  await stored('job.parked', 2);
  await update(job, 'approve', { approvalId: (await bench.header(job)).approval?.approvalId });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.began.filter((id) => id === 'pay')).toHaveLength(3);
});
