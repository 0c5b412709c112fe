import { afterEach, expect, test } from 'vitest';
import { WorkflowUpdateFailedError, type ApplicationFailure } from '@temporalio/client';
import type { Approval } from '../../src/contract/approval.ts';
import type { JobAction, JobHeader } from '../../src/contract/job.ts';
import { askingStep, openBench, plannedStep, type Bench, type JobHandle } from './job-bench.ts';
import type { Script } from './stub-host.ts';

let bench: Bench;
const open = async (script?: Script) => (bench = await openBench(script));
afterEach(() => bench.close());

const asking = [plannedStep('one'), askingStep('pay'), plannedStep('three')];
const update = (job: JobHandle, action: JobAction, more: object = {}) =>
  job.executeUpdate<JobHeader, [object]>(action, { args: [{ action, actor: 'Ama', ...more }] });
const stored = (type: string, times = 1) =>
  bench.host.until(() => bench.host.projected.flatMap((task) => task.events).filter((event) => event.type === type).length >= times);
const typesOf = async (job: JobHandle) => (await bench.events(job)).map((event) => event.type);

async function untilAsked(job: JobHandle, times = 1): Promise<Approval> {
  await stored('approval.requested', times);
  const { approval } = await bench.header(job);
  if (!approval) throw new Error('nothing is asked');
  return approval;
}

async function refusalOf(refused: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await refused.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  return (error as WorkflowUpdateFailedError).cause as ApplicationFailure;
}

test('a step that needs confirmation is looked at, asked about, and runs only after approve', async () => {
  await open();
  const job = await bench.start(asking);
  const approval = await untilAsked(job);
  expect(bench.host.began).toEqual(['one']);
  expect(bench.host.looked).toEqual(['pay']);
  expect(approval).toMatchObject({ kind: 'step', stepId: 'pay', ordinal: 2, ask: 1, riskLevel: 'high', effect: 'once' });
  expect(await bench.header(job)).toMatchObject({ status: 'waiting_for_approval' });
  const answer = await update(job, 'approve', { approvalId: approval.approvalId, comment: 'looks right' });
  expect(answer).toMatchObject({ status: 'running', approval: { answer: { verdict: 'approved', actor: 'Ama', comment: 'looks right' } } });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.began).toEqual(['one', 'pay', 'three']);
  expect(bench.host.approved[0]?.approved).toEqual({ runbook: null, approvalId: approval.approvalId, digest: 'digest of 10' });
  await bench.record(job, 'approved');
});

test('reject fails the step with the comment and stops the job', async () => {
  await open();
  const job = await bench.start(asking);
  const { approvalId } = await untilAsked(job);
  await update(job, 'reject', { approvalId, comment: 'wrong payee' });
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(bench.host.began).toEqual(['one']);
  const failed = (await bench.events(job)).find((event) => event.type === 'step.failed');
  expect(failed).toMatchObject({ stepId: 'pay', error: { code: 'rejected', message: expect.stringContaining('wrong payee') as string } });
  await bench.record(job, 'rejected');
});

test('after a reject the job goes on when stopOnError is off', async () => {
  await open();
  const job = await bench.start(asking, { stopOnError: false });
  await update(job, 'reject', { approvalId: (await untilAsked(job)).approvalId });
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(bench.host.began).toEqual(['one', 'three']);
});

test('an answer must name the ask, and an older one is superseded', async () => {
  await open({ pay: ['void', 'done'] });
  const job = await bench.start(asking);
  const first = await untilAsked(job);
  expect((await refusalOf(update(job, 'approve'))).type).toBe('approval_id_missing');
  await update(job, 'approve', { approvalId: first.approvalId });
  const second = await untilAsked(job, 2);
  expect(second.approvalId).not.toBe(first.approvalId);
  expect((await refusalOf(update(job, 'approve', { approvalId: first.approvalId }))).type).toBe('approval_superseded');
  expect(bench.host.approved).toHaveLength(1);
  await update(job, 'approve', { approvalId: second.approvalId });
  expect(await job.result()).toEqual({ status: 'completed' });
});

test('an approval is void when the page is not the same any more, and the next ask tells what changed', async () => {
  await open({ pay: ['void', 'done'] });
  const job = await bench.start(asking);
  await update(job, 'approve', { approvalId: (await untilAsked(job)).approvalId });
  const second = await untilAsked(job, 2);
  expect(second).toMatchObject({ ask: 2, changes: [{ what: 'amount', was: '10', now: '99' }] });
  await update(job, 'approve', { approvalId: second.approvalId });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.approved.map((task) => task.approved?.digest)).toEqual(['digest of 10', 'digest of 99']);
  await bench.record(job, 'approved-again');
});

test('after two voids the step fails with session_lost', async () => {
  await open({ pay: 'void' });
  const job = await bench.start(asking);
  await update(job, 'approve', { approvalId: (await untilAsked(job)).approvalId });
  await update(job, 'approve', { approvalId: (await untilAsked(job, 2)).approvalId });
  expect(await job.result()).toEqual({ status: 'failed' });
  const failed = (await bench.events(job)).find((event) => event.type === 'step.failed');
  expect(failed?.error.code).toBe('session_lost');
  expect(await typesOf(job)).not.toContain('step.succeeded.pay');
});

test('a bare signal answers the first ask, and no later one', async () => {
  await open({ pay: ['void', 'done'] });
  const job = await bench.start(asking);
  await untilAsked(job);
  await job.signal('approve');
  const second = await untilAsked(job, 2);
  await job.signal('approve', { actor: 'ledger-sync' });
  await stored('command.refused');
  expect(bench.host.approved).toHaveLength(1);
  await job.signal('approve', { actor: 'ledger-sync', approvalId: second.approvalId });
  expect(await job.result()).toEqual({ status: 'completed' });
  const answers = (await bench.events(job)).filter((event) => event.type === 'approval.approved');
  expect(answers.map((event) => event.actor)).toEqual(['a signal', 'ledger-sync']);
});

test.each(['reject', 'cancel'] as const)('a deadline that passes does what the step says: %s', async (onTimeout) => {
  await open();
  const step = askingStep('pay', { approval: { onTimeout, timeoutMs: 300, changingParameters: [] } });
  const job = await bench.start([step, plannedStep('two')]);
  const { deadline, onTimeout: told } = await untilAsked(job);
  expect(told).toBe(onTimeout);
  expect(Date.parse(deadline ?? '')).toBeGreaterThan(0);
  expect(await job.result()).toEqual({ status: onTimeout === 'reject' ? 'failed' : 'cancelled' });
  expect(bench.host.began).toEqual([]);
  expect(await typesOf(job)).toContain('approval.expired');
  await bench.record(job, `deadline-${onTimeout}`);
});

test('what comes to a waiting job and is not for it is refused: pause and resume', async () => {
  await open();
  const job = await bench.start(asking);
  const { approvalId } = await untilAsked(job);
  for (const action of ['pause', 'resume', 'start_now'] as const) {
    const refusal = await refusalOf(update(job, action));
    expect(refusal).toMatchObject({ type: 'action_not_allowed' });
    expect(refusal.details?.[0]).toMatchObject({ status: 'waiting_for_approval', allowed: ['approve', 'reject', 'cancel'] });
  }
  await update(job, 'approve', { approvalId });
  expect(await job.result()).toEqual({ status: 'completed' });
});

test('cancel ends a job that waits for an approval, and keeps its evidence', async () => {
  await open();
  const job = await bench.start(asking);
  await untilAsked(job);
  await update(job, 'cancel', { comment: 'not today' });
  expect(await job.result()).toEqual({ status: 'cancelled' });
  expect(bench.host.closed).toEqual([job.workflowId]);
  expect(bench.host.began).toEqual(['one']);
});

test('pause interrupts the look before an approval, and resume looks again', async () => {
  await open({ 'pay-look': ['wait', 'done'] });
  const job = await bench.start(asking);
  await bench.host.until(() => bench.host.looked.length === 1);
  await update(job, 'pause');
  await stored('job.paused');
  await update(job, 'resume');
  await update(job, 'approve', { approvalId: (await untilAsked(job)).approvalId });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.looked).toEqual(['pay', 'pay']);
});

test('a target that is not there fails the step before anybody is asked', async () => {
  await open({ 'pay-look': 'failed' });
  const job = await bench.start(asking);
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(await typesOf(job)).not.toContain('approval.requested');
});

test('a pause between approve and the act keeps the approval', async () => {
  await open({ pay: ['wait', 'done'] });
  const job = await bench.start(asking);
  await update(job, 'approve', { approvalId: (await untilAsked(job)).approvalId });
  await bench.host.until(() => bench.host.began.includes('pay'));
  await update(job, 'pause');
  await stored('job.paused');
  await update(job, 'resume');
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.approved).toHaveLength(2);
  expect((await typesOf(job)).filter((type) => type === 'approval.requested')).toHaveLength(1);
});
