import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Artifact } from '../../src/contract/artifact.ts';
import type { ScreenshotPolicy } from '../../src/contract/evidence.ts';
import { NotStored } from '../../src/artifacts/store.ts';
import { closeBrowser, parkBrowser } from '../../src/activities/control.ts';
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
  await job.visit('/links');
  await worker.pictures.end(job.jobId);
});

afterEach(() => rig.client.call('close', { jobId: job.jobId }));

const rows = (): Artifact[] => rig.rows.filter(({ jobId }) => jobId === job.jobId);
const shots = (): Artifact[] => rows().filter(({ kind, detail }) => kind === 'screenshot' && detail?.because !== 'wait');
const paint = (id: string, colour: string, more: object = {}) => ({
  id,
  action: { type: 'extract' as const, script: `document.body.style.background = '${colour}'` },
  effect: 'idempotent' as const,
  ...more,
});
const missing = (id: string, more: object = {}) => ({
  ...{ id, action: { type: 'click' as const, selector: { id: 'not-there' } }, timeout: 300, retries: 0, ...more },
});
const under = (screenshots: ScreenshotPolicy) => ({ screenshots });
const endings = (list: Artifact[]): (string | null)[] => list.map(({ stepId }) => stepId);

/** No picture is taken until what this gives is called. */
function holdPictures(): () => void {
  const { host } = worker.dependencies;
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  worker.dependencies.host = {
    async call(verb, body, signal) {
      if (verb === 'picture') await held;
      return host.call(verb, body, signal);
    },
  };
  return () => release();
}

test.each<[ScreenshotPolicy, string[]]>([
  ['always', ['red', 'same', 'blue']],
  ['change', ['red', 'blue']],
  ['failure', []],
  ['never', []],
])('under the policy %s of three steps those have a picture: %j', async (policy, expected) => {
  // a page that was painted only just now may look a little different the next time
  for (const id of ['before', 'before']) await job.step(paint(id, 'red'), under(policy));
  await worker.pictures.end(job.jobId);
  await job.step(paint('first', 'green'), under(policy));
  if (expected.length > 0) await expect.poll(() => endings(shots()), { timeout: 5_000 }).toContain('first');
  const before = shots().length;
  const { host } = worker.dependencies;
  let taken = 0;
  worker.dependencies.host = {
    async call(verb, body, signal) {
      const answer = await host.call(verb, body, signal);
      if (verb === 'picture') taken += 1;
      return answer;
    },
  };
  const looks = policy === 'always' || policy === 'change';
  for (const [nth, [id, colour]] of Object.entries({ red: 'red', same: 'red', blue: 'blue' }).entries()) {
    await job.step(paint(id, colour), under(policy));
    // one after the other, as with the pause that is usual between steps
    if (looks) await expect.poll(() => taken, { timeout: 5_000 }).toBe(nth + 1);
  }
  await worker.pictures.end(job.jobId);
  expect(endings(shots().slice(before))).toEqual(expected);
});

test('a picture that came too late does not take that of the next step away', async () => {
  const { host } = worker.dependencies;
  const waiting: (() => void)[] = [];
  worker.dependencies.host = {
    async call(verb, body, signal) {
      if (verb === 'picture') await new Promise<void>((resolve) => waiting.push(resolve));
      return host.call(verb, body, signal);
    },
  };
  await job.step(paint('red', 'red'), under('change'));
  await job.step(paint('blue', 'blue'), under('change'));
  for (let nth = 0; nth < 2; nth += 1) {
    await expect.poll(() => waiting.length).toBe(nth + 1);
    waiting[nth]?.();
  }
  await worker.pictures.end(job.jobId);
  expect(shots().slice(-2)).toMatchObject([
    { stepId: 'red', detail: { note: expect.stringContaining('next step') as string } },
    { stepId: 'blue', detail: expect.not.objectContaining({ note: expect.anything() as unknown }) as object },
  ]);
});

test('a picture tells its step, why it was taken and where the page was', async () => {
  await job.step(paint('red', 'red'), { ...under('always'), iterations: [2, 0] });
  await worker.pictures.end(job.jobId);
  expect(shots().at(-1)).toMatchObject({
    ...{ stepId: 'red', type: 'image/jpeg', name: 'red.jpg', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    detail: { because: 'step', iterations: [2, 0], page: { url: `${rig.site.url}/links` } },
  });
});

test.each<ScreenshotPolicy>(['always', 'change', 'failure', 'never'])(
  'a failed step has its picture under the job’s policy %s',
  async (policy) => {
    const report = await job.step(missing('fails'), under(policy));
    expect(report).toMatchObject({ outcome: 'failed', screenshot: expect.any(String) as string });
    expect(shots().at(-1)).toMatchObject({ stepId: 'fails', detail: { because: 'failure' } });
    expect(rows().at(-1)).toMatchObject({ kind: 'snapshot', stepId: 'fails' });
  },
);

test('a step that says never has neither a picture nor its document, even when it fails', async () => {
  const before = rows().length;
  const report = await job.step(missing('secret', { screenshot: 'never' }), under('never'));
  expect(report.outcome).toBe('failed');
  expect(report).not.toHaveProperty('screenshot', expect.any(String));
  expect(rows()).toHaveLength(before);
});

test('no step waits for a picture, and one that comes after the next step has begun to act says so', async () => {
  const release = holdPictures();
  await job.step(paint('one', 'red'), under('always'));
  const second = await job.step(paint('two', 'blue'), under('always'));
  expect(second.outcome).toBe('done');
  release();
  await worker.pictures.end(job.jobId);
  const [first, next] = shots().slice(-2);
  expect(first).toMatchObject({ stepId: 'one', detail: { note: expect.stringContaining('next step had begun to act') as string } });
  expect(next?.stepId).toBe('two');
  expect(next?.detail).not.toHaveProperty('note');
});

test('a picture that comes after the next page was opened says so, though opening a page only reads', async () => {
  const release = holdPictures();
  await job.step(paint('one', 'red'), under('always'));
  await job.step({ id: 'two', action: { type: 'navigate', url: `${rig.site.url}/alike` }, effect: 'read' }, under('always'));
  release();
  await worker.pictures.end(job.jobId);
  expect(shots().slice(-2)).toMatchObject([
    { stepId: 'one', detail: { note: expect.stringContaining('next step had begun to act') as string } },
    { stepId: 'two', detail: expect.not.objectContaining({ note: expect.anything() as unknown }) as object },
  ]);
});

test('a script that only reads leaves the picture before it as it is', async () => {
  const release = holdPictures();
  await job.step(paint('one', 'red'), under('always'));
  await job.step({ id: 'two', action: { type: 'extract', script: 'document.title' }, effect: 'read' }, under('never'));
  release();
  await worker.pictures.end(job.jobId);
  expect(shots().at(-1)).toMatchObject({ stepId: 'one' });
  expect(shots().at(-1)?.detail).not.toHaveProperty('note');
});

test('a picture during which a step learned a secret is not kept, since nobody knew what to cover, and whoever wants all is told', async () => {
  await rig.client.call('close', { jobId: job.jobId });
  job = await openJob(rig, worker, [{ name: 'token', value: 'none', sensitive: true }]);
  await job.visit('/links');
  await worker.pictures.end(job.jobId);
  const release = holdPictures();
  await job.step(paint('before', 'red'), under('always'));
  const learned = { captures: [{ name: 'token', strategy: 'evaluate' as const, expression: '"t0ken" + 1' }] };
  expect(await job.step(paint('learns', 'blue', learned), under('always'))).toMatchObject({ outcome: 'done' });
  release();
  expect(await worker.pictures.end(job.jobId)).toEqual([
    expect.stringMatching(/picture of one step was not taken: .*what a step captured is secret/),
  ]);
  expect(endings(shots())).not.toContain('before');
  expect(endings(shots())).toContain('learns');
});

test('of steps that come faster than pictures the newest has one, and what always was wanted is told', async () => {
  const release = holdPictures();
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) worker.pictures.done({ ...job.task(paint(id, 'red')), screenshots: 'always' });
  release();
  expect(await worker.pictures.end(job.jobId)).toEqual([expect.stringContaining('Pictures of 4 steps were not taken')]);
  expect(endings(shots()).slice(-2)).toEqual(['a', 'f']);
  expect(await worker.pictures.end(job.jobId)).toEqual([]);
});

test('pictures that are not there when the job ends are told, all of them', async () => {
  const { host } = worker.dependencies;
  worker.dependencies.host = {
    call: (verb, body, signal) => (verb === 'picture' ? new Promise<never>(() => undefined) : host.call(verb, body, signal)),
  };
  for (const id of ['a', 'b', 'c']) worker.pictures.done({ ...job.task(paint(id, 'red')), screenshots: 'always' });
  expect(await worker.pictures.end(job.jobId)).toEqual([expect.stringContaining('Pictures of 3 steps were not taken')]);
});

test('a step that is carried out again replaces its picture', async () => {
  const task = { ...job.task(paint('again', 'red')), screenshots: 'always' as const };
  for (let time = 0; time < 2; time += 1) {
    worker.pictures.done(task);
    await worker.pictures.end(job.jobId);
  }
  expect(new Set(shots().flatMap(({ stepId, id }) => (stepId === 'again' ? [id] : []))).size).toBe(1);
});

test('pictures and documents that cannot be stored are told when the job is parked and when it ends, and fail no step', async () => {
  const { store } = worker.dependencies;
  worker.dependencies.store = { ...store, put: () => Promise.reject(new NotStored('no_space', 'full')) };
  await job.step(paint('one', 'red'), under('always'));
  await job.step(paint('two', 'blue'), under('always'));
  expect(await parkBrowser({ jobId: job.jobId, token: 1 }, worker)).toMatchObject({
    missing: ['2 pictures could not be stored: the disk is full'],
  });
  job = await openJob(rig, worker);
  await job.visit('/links');
  await worker.pictures.end(job.jobId);
  worker.dependencies.lost.take(job.jobId);
  await job.step(missing('fails'), under('never'));
  expect(await closeBrowser({ jobId: job.jobId, screenshots: 'never' }, worker)).toEqual({
    missing: ['A picture could not be stored: the disk is full', 'The document of a failed step could not be stored: the disk is full'],
  });
  expect(worker.dependencies.lost.take(job.jobId)).toEqual([]);
});
