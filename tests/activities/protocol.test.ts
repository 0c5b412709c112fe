import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { closeBrowser, stopSteps } from '../../src/activities/control.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  worker = await rig.startWorker();
  job = await openJob(rig, worker);
  await job.visit('/forms');
});
afterEach(() => rig.client.call('close', { jobId: job.jobId }));

const send = { action: { type: 'click', selector: { id: 'send' } } } as const;
const waiting = { action: { type: 'wait', selector: { id: 'never' } }, timeout: 20_000 } as const;
const untilOpen = (instance: number) => expect.poll(async () => (await ofJob())?.open, { interval: 5 }).toContain(instance);
const ofJob = async () => (await rig.client.call('stat', {})).jobs.find((one) => one.jobId === job.jobId);

test('a step that is delivered again after it was done is answered from the ledger and not done again', async () => {
  const task = job.task(send);
  const before = rig.site.acts();
  const first = await job.run(task);
  expect(first.outcome).toBe('done');
  await expect.poll(() => rig.site.acts()).toBe(before + 1);
  const again = await job.run(task);
  expect(again).toEqual(JSON.parse(JSON.stringify(first)));
  const elsewhere = await (await rig.startWorker()).runStep(task, { heartbeat: () => undefined, signal: new AbortController().signal });
  expect(elsewhere).toEqual(again);
  expect(rig.site.acts()).toBe(before + 1);
});

test('a failed step is answered from the ledger too', async () => {
  const task = job.task({ action: { type: 'click', selector: { id: 'gone' } }, retries: 0 });
  const first = await job.run(task);
  expect(first.outcome).toBe('failed');
  expect(await job.run(task)).toEqual(JSON.parse(JSON.stringify(first)));
});

test('a once step that a dead worker had begun is of unknown outcome; what it only looked at runs again', async () => {
  const { epoch } = worker.dependencies;
  const once = job.task(send);
  const reading = job.task({ action: { type: 'wait', duration: 0 } }, { gen: 5 });
  for (const { instance, gen, dispatch, step } of [reading, once])
    await rig.client.call('begin', { jobId: job.jobId, instance, epoch, after: null, gen, dispatch, effect: step.effect });
  await rig.client.call('acting', { jobId: job.jobId, instance: once.instance, epoch });
  const successor = await rig.startWorker();
  const io = { heartbeat: () => undefined, signal: new AbortController().signal };
  expect(await successor.runStep(reading, io)).toMatchObject({ outcome: 'done', attempt: 2 });
  expect(await successor.runStep(once, io)).toMatchObject({ outcome: 'unknown', attempt: 1, startedAt: expect.any(String) });
});

test('a stop interrupts a step that waits, at once, and what follows does not begin', async () => {
  const first = job.task(waiting);
  const second = job.task(send, { after: first.instance });
  const reports = Promise.all([job.run(first), job.run(second)]);
  await untilOpen(first.instance);
  const started = Date.now();
  await stopSteps({ jobId: job.jobId, gen: first.gen }, worker.dependencies, worker.running);
  expect(await reports).toEqual([
    { instance: first.instance, outcome: 'interrupted' },
    { instance: second.instance, outcome: 'not_started' },
  ]);
  expect(Date.now() - started).toBeLessThan(1_000);
});

test.each([
  ['a search for an element', { action: { type: 'click', selector: { id: 'gone' } } } as const],
  ['a navigation', { action: { type: 'navigate', url: '/never' } } as const],
  ['an element that is not ready', { action: { type: 'click', selector: { id: 'disabled' } } } as const],
  ['a text to come', { action: { type: 'wait', text: 'no such text' } } as const],
  ['a time', { action: { type: 'wait', duration: 7_000 } } as const],
])('a stop interrupts %s', async (_, input) => {
  const task = job.task(input);
  const report = job.run(task);
  await untilOpen(task.instance);
  const started = Date.now();
  await stopSteps({ jobId: job.jobId, gen: task.gen }, worker.dependencies, worker.running);
  expect(await report).toEqual({ instance: task.instance, outcome: 'interrupted' });
  expect(Date.now() - started).toBeLessThan(1_000);
});

test('the pause before a step can be interrupted and is no part of its time', async () => {
  const report = await job.run(job.task({ action: { type: 'wait', duration: 0 }, timeout: 300 }, { pauseBefore: 600 }));
  expect(report).toMatchObject({ outcome: 'done' });
  if (report.outcome === 'done') expect(Date.parse(report.finishedAt) - Date.parse(report.startedAt)).toBeLessThan(300);
  const task = job.task(send, { pauseBefore: 20_000 });
  const interrupted = job.run(task);
  await untilOpen(task.instance);
  const before = rig.site.acts();
  await stopSteps({ jobId: job.jobId, gen: task.gen }, worker.dependencies, worker.running);
  expect(await interrupted).toEqual({ instance: task.instance, outcome: 'interrupted' });
  expect(rig.site.acts()).toBe(before);
});

test('a step that acts is not interrupted: a stop waits for it', async () => {
  const script = 'new Promise((resolve) => setTimeout(() => { fetch("/act", { method: "POST" }); resolve("acted"); }, 700))';
  const task = job.task({ action: { type: 'extract', script }, effect: 'once' });
  const before = rig.site.acts();
  const report = job.run(task);
  await expect.poll(async () => (await ofJob())?.acting, { interval: 5 }).toContain(task.instance);
  await stopSteps({ jobId: job.jobId, gen: task.gen }, worker.dependencies, worker.running);
  expect(await report).toMatchObject({ outcome: 'done' });
  await expect.poll(() => rig.site.acts()).toBe(before + 1);
});

test('a stop between the last look and the effect prevents the effect', async () => {
  const task = job.task(send, { gen: 9 });
  const { host } = worker.dependencies;
  const before = rig.site.acts();
  const io = { heartbeat: () => undefined, signal: new AbortController().signal };
  worker.dependencies.host = {
    call: async (verb, body, signal) => {
      // the stop reaches the host in the very moment in which the worker asks whether it may act
      if (verb === 'acting') await host.call('stop', { jobId: job.jobId, gen: 9 });
      return host.call(verb, body, signal);
    },
  };
  expect(await worker.runStep(task, io)).toEqual({ instance: task.instance, outcome: 'interrupted' });
  expect(rig.site.acts()).toBe(before);
});

test('a step without a browser is lost', async () => {
  const other = await openJob(rig, worker);
  const first = await other.visit('/forms');
  expect(first.outcome).toBe('done');
  await rig.client.call('close', { jobId: other.jobId });
  await expect(other.run(other.task(send))).resolves.toMatchObject({ outcome: 'lost' });
});

test('that a step has no picture since its browser has gone is told when the job ends, once, unless it was to have none', async () => {
  const other = await openJob(rig, worker);
  await other.visit('/forms');
  await rig.client.call('close', { jobId: other.jobId });
  const task = other.task({ ...send, ordinal: 4 });
  for (let time = 0; time < 2; time += 1) expect(await other.run(task)).toMatchObject({ outcome: 'lost' });
  await other.run(other.task({ ...send, ordinal: 5, screenshot: 'never' }, { gen: 1 }));
  expect(await closeBrowser({ jobId: other.jobId }, worker)).toEqual({
    missing: ['The picture of step 4 is missing: its browser has gone'],
  });
});

test('a worker that a newer one has fenced reports nothing and ends', async () => {
  await rig.startWorker();
  await expect(job.run(job.task(send))).rejects.toMatchObject({ code: 'fenced' });
  expect(worker.isFenced()).toBe(true);
});

test('heartbeats go out for as long as a step lasts', async () => {
  let beats = 0;
  const task = job.task({ action: { type: 'wait', duration: 2_500 } });
  await worker.runStep(task, {
    heartbeat: () => {
      beats += 1;
    },
    signal: new AbortController().signal,
  });
  expect(beats).toBeGreaterThanOrEqual(3);
});

test('cancelled by Temporal, a waiting step is interrupted in the ledger', async () => {
  const cancel = new AbortController();
  const task = job.task(waiting);
  const report = job.run(task, cancel.signal);
  await untilOpen(task.instance);
  cancel.abort();
  expect(await report).toEqual({ instance: task.instance, outcome: 'interrupted' });
});
