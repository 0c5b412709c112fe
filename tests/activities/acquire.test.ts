import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { acquireBrowser, Superseded } from '../../src/activities/acquire.ts';
import { closeBrowser, parkBrowser } from '../../src/activities/control.ts';
import { openJob, startRig, type Rig, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
const jobs: string[] = [];
beforeAll(async () => {
  rig = await startRig({ slots: 2 });
});
afterAll(() => rig.close());
beforeEach(async () => {
  worker = await rig.startWorker();
});
afterEach(async () => {
  for (const jobId of jobs.splice(0)) await rig.client.call('close', { jobId });
});

const going = () => new AbortController().signal;
const statOf = () => rig.client.call('stat', {});
const newJob = (name: string): string => {
  jobs.push(name);
  return name;
};
const pageOf = async (jobId: string) => (await worker.pages.current(jobId))?.page();

async function fill(): Promise<string[]> {
  const names = [newJob('one'), newJob('two')];
  for (const jobId of names) await acquireBrowser({ jobId }, going(), worker);
  return names;
}

test('a fresh browser first opens the address that it is given; one in which steps have run is left where it is', async () => {
  const jobId = newJob('open-at');
  const task = { jobId, openAt: `${rig.site.url}/links` };
  expect(await acquireBrowser(task, going(), worker)).toMatchObject({ outcome: 'acquired' });
  expect((await pageOf(jobId))?.url()).toBe(task.openAt);
  await rig.client.call('begin', {
    jobId,
    instance: 1,
    epoch: worker.dependencies.epoch,
    after: null,
    gen: 0,
    dispatch: 1,
    effect: 'read',
  });
  await (await pageOf(jobId))?.goto(`${rig.site.url}/forms`);
  await acquireBrowser(task, going(), worker);
  expect((await pageOf(jobId))?.url()).toBe(`${rig.site.url}/forms`);
});

test.each([
  ['http://no-such-server.invalid/', 'navigation_failed', 'no server of that name'],
  ['/status?code=404', 'navigation_failed', 'status 404'],
  ['file:///etc/passwd', 'blocked_address', 'Only http and https'],
  ['nonsense', 'navigation_failed', 'is not an address'],
])('a beginning at %s is refused', async (where, code, message) => {
  const openAt = where.startsWith('/') ? `${rig.site.url}${where}` : where;
  const refused = await acquireBrowser({ jobId: newJob('refused'), openAt }, going(), worker);
  expect(refused).toMatchObject({
    outcome: 'refused',
    error: { code, message: expect.stringContaining(message), hint: expect.any(String) },
  });
});

test('a cancel while it waits for a browser leaves no place in the queue', async () => {
  await fill();
  const cancel = new AbortController();
  const waiting = acquireBrowser({ jobId: newJob('waits') }, cancel.signal, worker);
  await expect.poll(async () => (await statOf()).waiting, { timeout: 15_000 }).toBe(1);
  cancel.abort();
  await expect(waiting).rejects.toThrow();
  expect(await statOf()).toMatchObject({ used: 2, waiting: 0 });
});

async function hangingReturn(signal: AbortSignal): Promise<{ jobId: string; returning: Promise<unknown> }> {
  const job = await openJob(rig, worker);
  jobs.push(job.jobId);
  await job.visit('/forms');
  await parkBrowser({ jobId: job.jobId, token: 1 }, worker);
  const kept = rig.kept.get(job.jobId);
  rig.kept.set(job.jobId, { token: 1, plain: (kept?.plain ?? '').replaceAll('/forms"', '/never"') });
  const before = rig.site.requests.length;
  const returning = acquireBrowser({ jobId: job.jobId, restore: true }, signal, worker);
  await expect.poll(() => rig.site.requests.slice(before), { timeout: 15_000 }).toContain('/never');
  return { jobId: job.jobId, returning };
}

test('a cancel while a page is put back leaves no browser', async () => {
  const cancel = new AbortController();
  const { returning } = await hangingReturn(cancel.signal);
  expect((await statOf()).used).toBe(1);
  const pressed = Date.now();
  cancel.abort();
  await expect(returning).rejects.toThrow();
  expect(Date.now() - pressed).toBeLessThan(3_000);
  expect(await statOf()).toMatchObject({ used: 0, waiting: 0, jobs: [] });
});

test('an attempt that was only superseded leaves the browser to the next one', async () => {
  const superseded = new AbortController();
  const { jobId, returning } = await hangingReturn(superseded.signal);
  superseded.abort(new Superseded());
  await expect(returning).rejects.toThrow();
  expect(await statOf()).toMatchObject({ used: 1, jobs: [{ jobId, alive: true }] });
});

test('a browser that dies while its page is put back is no lost session: asked again, the job gets another one', async () => {
  const { jobId, returning } = await hangingReturn(going());
  const ended = expect(returning).rejects.toThrow();
  await rig.client.call('close', { jobId });
  await ended;
  const kept = rig.kept.get(jobId);
  rig.kept.set(jobId, { token: 1, plain: (kept?.plain ?? '').replaceAll('/never"', '/forms"') });
  expect(await acquireBrowser({ jobId, restore: true }, going(), worker)).toMatchObject({ outcome: 'acquired', page: { title: 'Forms' } });
});

test('ten parked jobs hold no browser and no slot, and their leftovers can be closed', { timeout: 120_000 }, async () => {
  const parked: string[] = [];
  for (let n = 0; n < 10; n += 1) {
    const { jobId } = await openJob(rig, worker);
    parked.push(newJob(jobId));
    expect((await parkBrowser({ jobId, token: 1 }, worker)).outcome).toBe('taken');
  }
  expect(await statOf()).toMatchObject({ used: 0, waiting: 0, jobs: [] });
  for (const jobId of parked) await closeBrowser({ jobId }, worker);
  expect(rig.forgotten).toEqual(expect.arrayContaining(parked));
});

test('a job that comes back gets its browser before one that has not begun', { timeout: 60_000 }, async () => {
  const back = await openJob(rig, worker);
  jobs.push(back.jobId);
  await back.visit('/forms');
  await parkBrowser({ jobId: back.jobId, token: 1 }, worker);
  const [one = '', two = ''] = await fill();
  const order: string[] = [];
  const fresh = acquireBrowser({ jobId: newJob('new') }, going(), worker).then(() => order.push('new'));
  await expect.poll(async () => (await statOf()).waiting, { timeout: 15_000 }).toBe(1);
  const returned = acquireBrowser({ jobId: back.jobId, restore: true }, going(), worker).then(() => order.push('back'));
  await expect.poll(async () => (await statOf()).waiting, { timeout: 15_000 }).toBe(2);
  await rig.client.call('close', { jobId: one });
  await returned;
  await rig.client.call('close', { jobId: two });
  await fresh;
  expect(order).toEqual(['back', 'new']);
});
