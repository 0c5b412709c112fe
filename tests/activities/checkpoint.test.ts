import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { acquireBrowser } from '../../src/activities/acquire.ts';
import { decode } from '../../src/activities/checkpoint/checkpoint.ts';
import { keepCheckpoint } from '../../src/activities/checkpoint/keep.ts';
import { checkpointBrowser, closeBrowser, parkBrowser } from '../../src/activities/control.ts';
import type { HostValue } from '../../src/host/protocol.ts';
import { leaveTraces, readTraces } from './checkpoint-page.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

const secret = `canary-${randomUUID()}`;
const values: HostValue[] = [
  { name: 'token', value: secret, sensitive: true },
  { name: 'user', value: 'Ada', sensitive: false },
];
const traces = {
  path: '/account',
  local: 'dark',
  session: '3 things',
  item: [86_400_000, 2],
  fields: ['Ada', 'by position', secret, 'two\nlines', 'late', 'l'],
  many: ['a', 'c'],
  boxes: [true, false, false, true],
  rich: '<b>bold</b> words',
  shadow: 'in the shadow',
  frame: 'in the frame',
  scroll: [777, 300],
  focus: 'note',
};
const going = () => new AbortController().signal;

let rig: Rig;
let worker: Worker;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  worker = await rig.startWorker();
  job = await openJob(rig, worker, values);
});
afterEach(() => rig.client.call('close', { jobId: job.jobId }));

const pageOf = async ({ jobId }: TestJob, { pages }: Worker): Promise<Page> => {
  const attached = await pages.current(jobId);
  if (!attached) throw new Error('not attached');
  return attached.page();
};

async function signIn(path = '/account'): Promise<Page> {
  await job.visit('/sign-in');
  if (path !== '/account') await job.visit(path);
  const page = await pageOf(job, worker);
  if (path === '/account') {
    await page.waitForSelector('#built');
    await page.frameLocator('iframe').locator('#user').waitFor();
    await page.evaluate(leaveTraces, secret);
  }
  return page;
}

const park = (token = 1, by = worker) => parkBrowser({ jobId: job.jobId, token }, by);
const comeBack = (by = worker) => acquireBrowser({ jobId: job.jobId, restore: true }, going(), by);
const statOf = () => rig.client.call('stat', {});

test('a logged-in page with storages, fields, scroll and focus survives parking and a new browser', async () => {
  await signIn();
  expect(await park()).toEqual({ outcome: 'taken', page: { url: `${rig.site.url}/account`, title: 'Account' } });
  expect(await statOf()).toMatchObject({ used: 0, jobs: [] });
  const restored = await comeBack();
  expect(restored).toEqual({
    outcome: 'acquired',
    browser: { host: 'test', queue: 'browser:test', browser: expect.stringMatching(/^Chromium \d/) as string },
    page: { url: `${rig.site.url}/account`, title: 'Account' },
  });
  const page = await pageOf(job, worker);
  expect(await page.evaluate(readTraces)).toEqual(traces);
  expect(await page.evaluate(() => document.querySelector('#heard')?.textContent)).toBe('input;change;');
  // the job's values are those that it had
  expect(
    (await job.done({ action: { type: 'wait', duration: 0 }, captures: [{ strategy: 'expression', expression: '{{user}}' }] })).captures[0]
      ?.value,
  ).toBe('Ada');
});

test('it survives a new worker and a restarted host, and captured values do too', async () => {
  await signIn();
  await job.done({
    action: { type: 'wait', duration: 0 },
    captures: [{ name: 'user', strategy: 'expression', expression: '{{ "Grace" }}' }],
  });
  await park();
  await rig.restartHost();
  const successor = await rig.startWorker();
  rig.jobValues.set(job.jobId, { values, expressions: [{ name: 'late', expression: '{{ 1 }}', sensitive: false, required: true }] });
  expect(await comeBack(successor)).toMatchObject({ outcome: 'acquired' });
  expect(await (await pageOf(job, successor)).evaluate(readTraces)).toEqual(traces);
  const kept = await rig.client.call('keep', { jobId: job.jobId, epoch: successor.dependencies.epoch });
  expect(kept.values).toEqual([
    { name: 'token', value: secret, sensitive: true },
    { name: 'user', value: 'Grace', sensitive: false },
  ]);
});

test('a return that is repeated, since its answer was lost, ends at the same page', async () => {
  await signIn();
  await park();
  await comeBack();
  const first = await pageOf(job, worker);
  await first.evaluate(() => sessionStorage.setItem('cart', 'changed since'));
  expect(await comeBack()).toMatchObject({ outcome: 'acquired' });
  expect(await first.evaluate(readTraces)).toEqual({ ...traces, session: 'changed since' });
});

test('a sessionStorage that the page empties after its return stays empty', async () => {
  await signIn();
  await park();
  await comeBack();
  const page = await pageOf(job, worker);
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

test.each([
  ['the server redirects', '/account'],
  ["the page's own script finds out", '/app'],
])('a log-in that has expired while the job was parked is a lost session with a picture: %s', async (_, path) => {
  await signIn(path);
  await park();
  rig.site.endSessions();
  const lost = await comeBack();
  expect(lost).toMatchObject({
    outcome: 'session_lost',
    browser: { host: 'test', queue: 'browser:test' },
    error: {
      code: 'session_lost',
      message: `The page ${rig.site.url}${path} is out of reach: the site sent the browser to ${rig.site.url}/login.`,
      hint: expect.stringContaining('log-in'),
    },
    page: { title: 'Log in' },
  });
  expect(rig.rows.map(({ id }) => id)).toContain(lost.outcome === 'session_lost' && lost.screenshot);
});

test('nothing of a page is typed into another one that took its place', async () => {
  await signIn();
  await park();
  rig.site.endSessions();
  await comeBack();
  expect(await (await pageOf(job, worker)).evaluate(() => (document.querySelector('#typed') as HTMLInputElement).value)).toBe('');
});

test('an answer of 400 or more, and a checkpoint that is not there, are lost sessions', async () => {
  await job.visit('/forms');
  await park();
  const kept = decode(rig.kept.get(job.jobId)?.plain ?? '');
  rig.kept.set(job.jobId, { token: 1, plain: JSON.stringify({ ...kept, url: `${rig.site.url}/status?code=403` }) });
  expect(await comeBack()).toMatchObject({ outcome: 'session_lost', error: { message: expect.stringContaining('status 403') } });
  await rig.client.call('close', { jobId: job.jobId });
  rig.kept.delete(job.jobId);
  expect(await comeBack()).toMatchObject({ outcome: 'session_lost', error: { message: expect.stringContaining('Nothing is kept') } });
});

test('parking that is repeated after a crash: before the end of the browser it is done again, after it the checkpoint answers', async () => {
  await signIn();
  const page = await keepCheckpoint({ jobId: job.jobId, token: 7 }, worker);
  expect((await statOf()).used).toBe(1);
  const parked = await park(7, await rig.startWorker());
  expect(parked).toEqual({ outcome: 'taken', page });
  expect((await statOf()).used).toBe(0);
  expect(await park(7, await rig.startWorker())).toEqual(parked);
  expect(await park(8, await rig.startWorker())).toEqual({ outcome: 'lost' });
});

test('without a browser there is nothing to keep', async () => {
  await rig.client.call('close', { jobId: job.jobId });
  expect(await keepCheckpoint({ jobId: job.jobId, token: 1 }, worker)).toBeUndefined();
  expect(await park()).toEqual({ outcome: 'lost' });
  expect(await checkpointBrowser({ jobId: job.jobId, token: 1, picture: true }, worker)).toEqual({ outcome: 'lost' });
  await closeBrowser({ jobId: job.jobId }, worker);
});

test('a checkpoint with a picture leaves the browser as it is', async () => {
  const page = await signIn();
  const report = await checkpointBrowser({ jobId: job.jobId, token: 2, picture: true }, await rig.startWorker());
  expect(report).toMatchObject({ outcome: 'taken', page: { title: 'Account' }, screenshot: expect.any(String) });
  expect(await page.evaluate(readTraces)).toEqual(traces);
  expect((await statOf()).used).toBe(1);
});

test(
  'a page that hangs is parked within 6 s with what can be had, and an earlier checkpoint of the same wait stays',
  { timeout: 60_000 },
  async () => {
    const page = await signIn();
    const hang = () =>
      page.evaluate(() => {
        setTimeout(() => {
          for (;;);
        });
      });
    await keepCheckpoint({ jobId: job.jobId, token: 3 }, worker);
    await hang();
    const started = Date.now();
    expect(await keepCheckpoint({ jobId: job.jobId, token: 3 }, worker)).toMatchObject({
      url: `${rig.site.url}/account`,
      title: 'Account',
    });
    expect(decode(rig.kept.get(job.jobId)?.plain ?? '')?.frames.length).toBe(2);
    expect(await park(4)).toMatchObject({ outcome: 'taken', page: { url: `${rig.site.url}/account` } });
    expect(Date.now() - started).toBeLessThan(12_000);
    expect((await statOf()).used).toBe(0);
    // the cookie was kept: still logged in
    expect(await comeBack()).toMatchObject({ outcome: 'acquired', page: { title: 'Account' } });
  },
);

test('nothing that goes into an event has a secret in it', async () => {
  await job.visit(`/forms?token={{token}}`);
  const page = await pageOf(job, worker);
  await page.evaluate((text) => (document.title = text), `about ${secret}`);
  const parked = await park();
  const returned = await comeBack();
  await rig.client.call('close', { jobId: job.jobId });
  const kept = decode(rig.kept.get(job.jobId)?.plain ?? '');
  expect(kept?.url).toContain(secret);
  rig.kept.set(job.jobId, { token: 1, plain: JSON.stringify({ ...kept, url: `${rig.site.url}/status?code=404&x=${secret}` }) });
  const lost = await comeBack();
  expect([parked.outcome, returned.outcome, lost.outcome]).toEqual(['taken', 'acquired', 'session_lost']);
  expect(JSON.stringify([parked, returned, lost])).not.toContain(secret);
  expect(JSON.stringify(parked)).toContain('•••');
});

test('databases that are too large for a checkpoint are left out, the rest stays', async () => {
  const page = await signIn();
  await page.evaluate(async () => {
    const open = indexedDB.open('large', 1);
    open.onupgradeneeded = () => open.result.createObjectStore('items');
    await new Promise((resolve) => (open.onsuccess = resolve));
    const write = open.result.transaction('items', 'readwrite');
    for (let n = 0; n < 25; n += 1) write.objectStore('items').put(crypto.getRandomValues(new Uint8Array(65_536)).join(' ').repeat(6), n);
    await new Promise((resolve) => (write.oncomplete = resolve));
    open.result.close();
  });
  await park();
  expect(rig.kept.get(job.jobId)?.plain.length).toBeLessThan(20_000_000);
  await comeBack();
  expect(await (await pageOf(job, worker)).evaluate(readTraces)).toEqual({ ...traces, item: undefined });
});
