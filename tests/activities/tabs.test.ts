import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
  worker = await rig.startWorker();
});
beforeEach(async () => {
  job = await openJob(rig, worker);
  await job.visit('/tabs');
});
afterEach(() => rig.client.call('close', { jobId: job.jobId }));
afterAll(() => rig.close());

const click = (id: string) => job.done({ action: { type: 'click', selector: { id } } });

test.each([
  ['a link into a new tab', 'blank', '/forms'],
  ['window.open', 'open', '/links'],
])('after a click on %s the job goes on there', async (_, id, path) => {
  const report = await click(id);
  expect(report.page?.url).toBe(rig.site.url + path);
  expect(await job.read('location.pathname')).toBe(path);
});

test('a tab that a key opens is the job’s too, and its captures are taken there', async () => {
  const report = await job.done({
    action: { type: 'key', key: 'Enter', selector: { id: 'key' } },
    captures: [{ name: 'where', strategy: 'evaluate', expression: 'location.pathname' }],
  });
  expect(report.captures).toEqual([{ name: 'where', value: '/forms' }]);
});

test('a tab that opens late is searched by the step that waits for its element', async () => {
  await click('later');
  const report = await job.done({ action: { type: 'hover', selector: { id: 'late' } } });
  expect(report.page?.url).toContain('/late');
});

test('when the tab is closed the job goes back', async () => {
  await click('open');
  await job.done({ action: { type: 'navigate', url: '/tabs?second' } });
  const report = await click('close');
  expect(report.page?.url).toBe(`${rig.site.url}/tabs`);
  await click('blank');
  expect(await job.read('location.pathname')).toBe('/forms');
});

test('a window that closes itself leaves the job where it was', async () => {
  await click('small');
  expect(await job.read('location.pathname + location.search')).toBe('/tabs');
});

test('another worker goes on in the newest tab', async () => {
  await click('open');
  const successor = await rig.startWorker();
  const taken = await successor.runStep(job.task({ action: { type: 'wait', url: '/links' } }, { gen: job.gen() }), {
    heartbeat: () => undefined,
    signal: new AbortController().signal,
  });
  expect(taken).toMatchObject({ outcome: 'done', page: { url: `${rig.site.url}/links` } });
  worker = successor;
});
