import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { askingStep, openBench, plannedStep, type Bench, type JobHandle } from './job-bench.ts';
import type { Script } from './stub-host.ts';

let bench: Bench;
const open = async (script?: Script) => (bench = await openBench(script));
afterEach(() => bench.close());

const three = ['one', 'two', 'three'].map((id) => plannedStep(id));
const stored = (type: string) =>
  bench.host.until(() => bench.host.projected.some((task) => task.events.some((event) => event.type === type)));
const refusals = async (job: JobHandle) => (await bench.events(job)).filter((event) => event.type === 'command.refused');

async function startAt(stepId: string): Promise<JobHandle> {
  const job = await bench.start(three);
  await bench.host.until(() => bench.host.began.includes(stepId));
  return job;
}

/** As an outside system may send it, whatever it is. */
async function signalRaw(job: JobHandle, signalName: string, payload: { encoding: string; data: Buffer }): Promise<void> {
  await bench.client.workflowService.signalWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: job.workflowId },
    signalName,
    input: { payloads: [{ metadata: { encoding: Buffer.from(payload.encoding) }, data: payload.data }] },
  });
}

test('signals do what Updates do, keep their order, and tell who asked', async () => {
  await open({ two: 'wait' });
  const job = await startAt('two');
  await job.signal('pause', { actor: 'ledger-sync', comment: 'month end', unknown: 1 });
  await job.signal('resume');
  bench.host.letGo('two');
  expect(await job.result()).toEqual({ status: 'completed' });
  const commands = (await bench.events(job)).filter((event) => event.type === 'job.pausing' || event.type === 'job.resumed');
  expect(commands).toMatchObject([
    { type: 'job.pausing', actor: 'ledger-sync', comment: 'month end' },
    { type: 'job.resumed', actor: 'a signal' },
  ]);
});

test.each<[what: string, payload: unknown, says: RegExp]>([
  ['a number', 42, /must be a JSON object/],
  ['a list', ['a', 'list'], /must be a JSON object/],
  ['a text', 'please', /must be a JSON object/],
  ['an actor that is a number', { actor: 5 }, /actor must be text/],
  ['an approvalId that is a list', { approvalId: [] }, /approvalId must be text/],
])('a pause with %s is refused, and people can see it', async (_what, payload, says) => {
  await open({ two: 'wait' });
  const job = await startAt('two');
  await job.signal('pause', payload);
  await stored('command.refused');
  expect(await refusals(job)).toMatchObject([{ action: 'pause', reason: expect.stringMatching(says) as string }]);
  expect(await bench.header(job)).toMatchObject({ status: 'running', pausing: false });
  bench.host.letGo('two');
  expect(await job.result()).toEqual({ status: 'completed' });
});

test.each([
  ['broken JSON', { encoding: 'json/plain', data: Buffer.from('{"actor": ') }],
  ['an unknown encoding', { encoding: 'morse/plain', data: Buffer.from('-.-.') }],
  ['a binary payload', { encoding: 'binary/plain', data: Buffer.from([0, 1, 2]) }],
])('%s does not jam the job: the signal is refused', async (_what, payload) => {
  await open({ two: 'wait' });
  const job = await startAt('two');
  await signalRaw(job, 'cancel', payload);
  await stored('command.refused');
  expect(await refusals(job)).toHaveLength(1);
  bench.host.letGo('two');
  expect(await job.result()).toEqual({ status: 'completed' });
});

test('signals at the wrong moment, with an unknown name, or far too large change nothing but the list of refusals', async () => {
  await open({ two: 'wait' });
  const job = await startAt('two');
  await job.signal('resume');
  await job.signal('self-destruct', { now: true });
  await job.signal('approve', { comment: randomBytes(500_000).toString('hex') });
  await stored('command.refused');
  bench.host.letGo('two');
  expect(await job.result()).toEqual({ status: 'completed' });
  expect((await refusals(job)).map((event) => event.action)).toEqual(['resume', 'self-destruct', 'approve']);
});

test('a comment of a megabyte is cut, and the command counts', async () => {
  await open({ two: 'wait' });
  const job = await startAt('two');
  await job.signal('pause', { comment: 'x'.repeat(1_000_000) });
  await stored('job.paused');
  const pausing = (await bench.events(job)).find((event) => event.type === 'job.pausing');
  expect(pausing).toMatchObject({ comment: 'x'.repeat(1_000) });
  await job.signal('cancel');
  expect(await job.result()).toEqual({ status: 'cancelled' });
});

test('a thousand signals in a row: the job goes on, and refusals beyond a hundred are not recorded', async () => {
  await open({ two: 'wait' });
  const job = await startAt('two');
  await Promise.all(Array.from({ length: 1_000 }, () => job.signal('resume', { actor: 'a loop' })));
  bench.host.letGo('two');
  expect(await job.result()).toEqual({ status: 'completed' });
  // a flush may come twice: storing is idempotent
  const events = [...new Map(bench.host.projected.flatMap((task) => task.events).map((event) => [event.seq, event])).values()];
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  const told = events.filter((event) => event.type === 'command.refused');
  expect(told).toHaveLength(101);
  expect(told.at(100)).toMatchObject({ reason: expect.stringMatching(/further refusals are not recorded/) as string });
});

test('signals that arrive before the first workflow task are heard in their order', async () => {
  await open({ one: 'wait' });
  const job = await bench.start([askingStep('one')]);
  await job.signal('resume', { actor: 'first' });
  await job.signal('self-destruct');
  await job.signal('pause', { actor: 'too early' });
  await stored('approval.requested');
  expect((await refusals(job)).map((event) => event.action)).toEqual(['resume', 'self-destruct', 'pause']);
  await job.signal('cancel');
  expect(await job.result()).toEqual({ status: 'cancelled' });
});

test('hundreds of signals while a person is waited for continue the job as new, and the question stays open', async () => {
  await open();
  const job = await bench.start([askingStep('one')]);
  await stored('approval.requested');
  const asked = (await bench.header(job)).approval;
  await Promise.all(Array.from({ length: 300 }, () => job.signal('pause', { actor: 'a loop' })));
  const current = bench.client.workflow.getHandle(job.workflowId);
  await expect.poll(async () => (await current.describe()).runId, { timeout: 20_000 }).not.toBe(job.firstExecutionRunId);
  expect((await bench.header(current)).approval).toEqual(asked);
  await current.signal('approve', { approvalId: asked?.approvalId });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.began).toEqual(['one']);
});
