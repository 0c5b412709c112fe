import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
  worker = await rig.startWorker();
  job = await openJob(rig, worker, [{ name: 'pin', value: 'hush-4711', sensitive: true }]);
});
afterAll(() => rig.close());
beforeEach(() => job.visit('/dialogs'));

const click = (id: string, more: object = {}) => ({ action: { type: 'click' as const, selector: { id } }, ...more });
const said = () => job.read('document.getElementById("said").textContent');

test.each([
  ['alert', undefined, 'undefined', 'dismissed'],
  ['alert', 'accept', 'undefined', 'accepted'],
  ['confirm', undefined, 'false', 'dismissed'],
  ['confirm', 'accept', 'true', 'accepted'],
  ['confirm', 'dismiss', 'false', 'dismissed'],
  ['prompt', undefined, 'null', 'dismissed'],
  ['prompt', { accept: true, text: 'Ada' }, 'Ada', 'accepted'],
  ['prompt', { accept: true }, 'nobody', 'accepted'],
])('%s with %j gives the page %s, and the step tells of it', async (...row) => {
  const [type, dialog, given, answer] = row;
  const { dialogs } = await job.done(click(type, { dialog }));
  expect(dialogs).toEqual([{ type, message: expect.any(String), answer, asked: dialog !== undefined }]);
  expect(await said()).toBe(given);
});

test('a page may be left whatever it says, unless the step wants to stay', async () => {
  await job.done(click('guard'));
  const stay = await job.step({ action: { type: 'navigate', url: '/forms' }, dialog: 'dismiss', timeout: 3_000 });
  expect(stay.outcome).toBe('failed');
  if (stay.outcome === 'failed') expect(stay.dialogs).toMatchObject([{ type: 'beforeunload', answer: 'dismissed', asked: true }]);
  const left = await job.visit('/forms');
  expect(left.dialogs).toMatchObject([{ type: 'beforeunload', answer: 'accepted', asked: false }]);
});

test('a secret in a dialog is masked; a step without a dialog tells of none', async () => {
  await job.visit('/dialogs?hush-4711');
  const { dialogs } = await job.done(click('alert'));
  expect(dialogs?.[0]?.message).toBe('told ?•••');
  expect((await job.done({ action: { type: 'wait', duration: 0 } })).dialogs).toBeUndefined();
});

test('a worker that dies with a dialog open leaves it answered as its step wanted', async () => {
  const { epoch } = worker.dependencies;
  const { instance, gen, dispatch, step } = job.task(click('confirm', { dialog: 'accept' }), { gen: job.gen() });
  await rig.client.call('begin', { jobId: job.jobId, instance, epoch, after: null, gen, dispatch, effect: step.effect });
  await rig.client.call('expectDialog', { jobId: job.jobId, instance, epoch, accept: true });
  await rig.client.call('acting', { jobId: job.jobId, instance, epoch });
  const page = (await worker.pages.current(job.jobId))?.page();
  const shown = page?.waitForEvent('dialog');
  page?.evaluate(() => document.getElementById('confirm')?.click()).catch(() => undefined);
  await shown;
  await page?.context().browser()?.close();
  const successor = await rig.startWorker();
  const again = job.task(
    {
      action: { type: 'extract', script: '1' },
      captures: [{ strategy: 'evaluate', expression: 'document.getElementById("said").textContent' }],
    },
    { gen: 50 },
  );
  await expect
    .poll(async () => {
      const report = await successor.runStep(
        { ...again, instance: (again.instance += 1), dispatch: again.instance },
        { heartbeat: () => undefined, signal: new AbortController().signal },
      );
      return report.outcome === 'done' ? report.captures[0]?.value : report.outcome;
    })
    .toBe('true');
});
