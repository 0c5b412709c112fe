import { expect, onTestFinished, test } from 'vitest';
import type { JobEvent } from '../../src/contract/event.ts';
import type { JobState } from '../../src/contract/job.ts';
import type { PlannedStep } from '../../src/contract/step-task.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { openBench, plannedStep, type Bench, type JobHandle } from './job-bench.ts';
import type { Script } from './stub-host.ts';

const loop = (id: string, body: PlannedStep[], more: Partial<PlannedStep> = {}): PlannedStep =>
  plannedStep(id, { action: { type: 'memory' }, loop: { forEach: '{{list}}', maxIterations: 100 }, bodies: [body], ...more });
const branches = (id: string, matches: string[], bodies: PlannedStep[][]): PlannedStep =>
  plannedStep(id, {
    action: { type: 'memory' },
    branches: { variable: 'v', matches, hasDefault: bodies.length > matches.length },
    bodies,
  });

async function bench(script: Script): Promise<Bench> {
  const opened = await openBench(script);
  onTestFinished(() => opened.close());
  return opened;
}

/** All that the job told: what the projection got, since a query gives only the last events. */
function told({ host }: Bench, job: JobHandle): JobState {
  const events = new Map<number, JobEvent>();
  for (const task of host.projected) if (task.jobId === job.workflowId) for (const event of task.events) events.set(event.seq, event);
  const state = reduceAll([...events.values()]);
  if (!state) throw new Error('nothing was told');
  return state;
}

const statuses = (state: JobState) => Object.fromEntries(state.steps.map(({ id, status }) => [id, status]));

test('a loop carries its body out once for each item, and then goes on behind it', async () => {
  const at = await bench({ each: '3/3' });
  const job = await at.start([plannedStep('a'), loop('each', [plannedStep('x'), plannedStep('y')]), plannedStep('z')]);
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(at.host.began).toEqual(['a', 'x', 'y', 'x', 'y', 'x', 'y', 'z']);
  expect(at.host.decided).toEqual(['each?0', 'each?1', 'each?2', 'each?3']);
  const state = told(at, job);
  expect(statuses(state)).toEqual({ a: 'succeeded', each: 'succeeded', x: 'succeeded', y: 'succeeded', z: 'succeeded' });
  expect(state.counts).toMatchObject({ total: 4, succeeded: 4, failed: 0 });
  const each = state.steps.find(({ id }) => id === 'each');
  expect(each?.loop).toMatchObject({ begun: 3, total: 3, failed: 0 });
  expect(each?.loop?.iterations.map(({ label, status }) => `${label} ${status}`)).toEqual([
    'item 0 succeeded',
    'item 1 succeeded',
    'item 2 succeeded',
  ]);
  expect(state.steps.find(({ id }) => id === 'x')?.runs).toEqual({ succeeded: 3, failed: 0, skipped: 0, whole: true });
  await at.record(job, 'loop-over-a-list');
});

test('a loop without items is passed, and its steps are told as skipped', async () => {
  const at = await bench({ each: '0' });
  const job = await at.start([loop('each', [plannedStep('x')]), plannedStep('z')]);
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(at.host.began).toEqual(['z']);
  const state = told(at, job);
  expect(statuses(state)).toEqual({ each: 'succeeded', x: 'skipped', z: 'succeeded' });
  expect(state.steps[1]?.skippedBecause).toBe('no_iteration');
});

test('a loop that reaches its limit ends with a warning, and the job completes', async () => {
  const at = await bench({ more: '2 capped' });
  const job = await at.start([loop('more', [plannedStep('x')], { loop: { condition: 'true', maxIterations: 2 } })]);
  expect(await job.result()).toEqual({ status: 'completed' });
  const state = told(at, job);
  expect(state.notices.filter(({ kind }) => kind === 'warning').map(({ text }) => text)).toEqual([
    'Step 1 (do more) ended after 2 iterations, its maxIterations; there was more to do',
  ]);
  expect(state.steps[0]?.loop?.capped).toBe(true);
});

test('loops in loops, and branches in them, each decide for themselves', async () => {
  const at = await bench({ outer: '2/2', inner: '2/2', which: ['body 0', 'body 1', 'none', 'body 0'] });
  const which = branches('which', ['one', 'two'], [[plannedStep('p')], [plannedStep('q')]]);
  const job = await at.start([loop('outer', [loop('inner', [plannedStep('x'), which]), plannedStep('y')])]);
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(at.host.began).toEqual(['x', 'p', 'x', 'q', 'y', 'x', 'x', 'p', 'y']);
  const state = told(at, job);
  expect(state.steps.find(({ id }) => id === 'p')?.runs).toEqual({ succeeded: 2, failed: 0, skipped: 2, whole: true });
  expect(statuses(state)).toMatchObject({ outer: 'succeeded', inner: 'succeeded', which: 'succeeded', p: 'succeeded', q: 'succeeded' });
  await at.record(job, 'loops-and-branches-nested');
});

test('of branches one case is carried out and the others are told as not taken', async () => {
  const at = await bench({ which: 'body 1' });
  const job = await at.start([
    branches('which', ['EU', 'US'], [[plannedStep('e')], [plannedStep('u'), plannedStep('v')]]),
    plannedStep('z'),
  ]);
  expect(await job.result()).toEqual({ status: 'completed' });
  const state = told(at, job);
  expect(statuses(state)).toEqual({ which: 'succeeded', e: 'skipped', u: 'succeeded', v: 'succeeded', z: 'succeeded' });
  expect(state.steps[0]?.taken).toEqual({ value: 'a value', match: 'US' });
  expect(state.steps[1]?.skippedBecause).toBe('branch');
});

test('branches of which no case fits are skipped whole', async () => {
  const at = await bench({ which: 'none' });
  const job = await at.start([branches('which', ['EU'], [[plannedStep('e')]]), plannedStep('z')]);
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(statuses(told(at, job))).toEqual({ which: 'skipped', e: 'skipped', z: 'succeeded' });
});

test('a step whose condition does not hold is skipped while the steps behind it are in flight already', async () => {
  const at = await bench({ b: 'skip' });
  const job = await at.start([plannedStep('a'), plannedStep('b', { when: 'false' }), plannedStep('c')]);
  expect(await job.result()).toEqual({ status: 'completed' });
  const state = told(at, job);
  expect(statuses(state)).toEqual({ a: 'succeeded', b: 'skipped', c: 'succeeded' });
  expect(state.steps[1]?.skippedBecause).toBe('condition');
  await at.record(job, 'a-step-with-a-condition');
});

test('a step that fails in a loop stops the job, and says what was not reached', async () => {
  const at = await bench({ each: '3/3', y: ['done', 'failed'] });
  const job = await at.start([loop('each', [plannedStep('x'), plannedStep('y'), plannedStep('w')]), plannedStep('z')]);
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(at.host.began).toEqual(['x', 'y', 'w', 'x', 'y']);
  const state = told(at, job);
  expect(statuses(state)).toEqual({ each: 'failed', x: 'succeeded', y: 'failed', w: 'skipped', z: 'skipped' });
  expect(state.counts).toMatchObject({ total: 4, succeeded: 1, failed: 1, skipped: 2 });
  expect(state.steps[3]).toMatchObject({ skippedBecause: 'not_reached', runs: { succeeded: 1, skipped: 1 } });
  expect(state.steps[0]?.loop?.iterations[1]).toMatchObject({ status: 'failed', failedStepId: 'y' });
});

test('a loop that goes on after an error leaves the iteration and takes the next item', async () => {
  const at = await bench({ each: '3/3', y: ['done', 'failed', 'done'] });
  const body = [plannedStep('x'), plannedStep('y'), plannedStep('w')];
  const job = await at.start([loop('each', body, { continueOnError: true }), plannedStep('z')]);
  expect(await job.result()).toEqual({ status: 'failed' });
  expect(at.host.began).toEqual(['x', 'y', 'w', 'x', 'y', 'x', 'y', 'w', 'z']);
  const state = told(at, job);
  expect(statuses(state)).toEqual({ each: 'failed', x: 'succeeded', y: 'failed', w: 'succeeded', z: 'succeeded' });
  expect(state.steps.find(({ id }) => id === 'w')?.runs).toEqual({ succeeded: 2, failed: 0, skipped: 1, whole: true });
  expect(state.steps[0]?.loop).toMatchObject({ begun: 3, failed: 1 });
  await at.record(job, 'loop-that-goes-on-after-an-error');
});

test('a loop that cannot decide fails as a step does', async () => {
  const at = await bench({ each: 'failed' });
  const job = await at.start([loop('each', [plannedStep('x')]), plannedStep('z')]);
  expect(await job.result()).toEqual({ status: 'failed' });
  const state = told(at, job);
  expect(statuses(state)).toEqual({ each: 'failed', x: 'skipped', z: 'skipped' });
  expect(state.counts.failed).toBe(1);
});

test('a job is paused and resumed inside a loop, and does nothing twice', async () => {
  const at = await bench({ each: '2/2', x: ['wait', 'done'] });
  const job = await at.start([loop('each', [plannedStep('x'), plannedStep('y')])]);
  await at.host.until(() => at.host.began.length === 1);
  await job.signal('pause');
  await expect.poll(async () => (await at.header(job)).status).toBe('paused');
  await job.signal('resume');
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(at.host.began).toEqual(['x', 'x', 'y', 'x', 'y']);
  await at.record(job, 'pause-inside-a-loop');
});

test('a step of unknown outcome is asked by its probe: it has happened', async () => {
  const at = await bench({ pay: 'unknown', 'pay-probe': 'happened' });
  const job = await at.start([plannedStep('pay', { effect: 'once', probe: { text: 'Paid' } }), plannedStep('z')]);
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(at.host.began.filter((id) => id === 'pay')).toHaveLength(2);
  expect(statuses(told(at, job))).toEqual({ pay: 'succeeded', z: 'succeeded' });
  await at.record(job, 'probe-says-it-has-happened');
});

test('a step of unknown outcome that its probe denies is tried once more', async () => {
  const at = await bench({ pay: ['unknown', 'done'], 'pay-probe': 'not happened' });
  const job = await at.start([plannedStep('pay', { effect: 'once', probe: { text: 'Paid' } })]);
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(at.host.began).toEqual(['pay', 'pay', 'pay']);
});

test('a step whose probe does not know asks a person', async () => {
  const at = await bench({ pay: 'unknown', 'pay-probe': 'failed' });
  const job = await at.start([plannedStep('pay', { effect: 'once', probe: { text: 'Paid' } })]);
  await expect.poll(async () => (await at.header(job)).approval?.kind).toBe('outcome');
  await job.signal('cancel');
  await expect(job.result()).resolves.toEqual({ status: 'cancelled' });
});

test('a loop of many iterations continues as new and goes on where it stood', async () => {
  const at = await bench({ each: '40/40' });
  const job = await at.start([loop('each', [plannedStep('x')]), plannedStep('z')]);
  await at.host.until(() => at.host.began.length >= 5);
  // each signal is an event of the history: enough of them make the server suggest a new run
  for (let i = 0; i < 320; i += 1) await job.signal('resume').catch(() => undefined);
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(at.host.began).toEqual([...Array<string>(40).fill('x'), 'z']);
  const last = await at.client.workflow.getHandle(job.workflowId).describe();
  expect(last.runId).not.toBe(job.firstExecutionRunId);
});
