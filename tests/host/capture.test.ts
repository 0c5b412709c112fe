import { expect, onTestFinished, test, vi } from 'vitest';
import type { HostLiveMessage } from '../../src/host/protocol.ts';
import { openJob, site, testHost, type TestHost } from './harness.ts';

type Frame = Extract<HostLiveMessage, { type: 'frame' }>;
type Watching = { messages: HostLiveMessage[]; frames: () => Frame[]; state: () => string | undefined; leave: () => Promise<void> };

function watch(host: TestHost, jobId = 'job'): Watching {
  const messages: HostLiveMessage[] = [];
  const over = new AbortController();
  const ended = host.client.watch(jobId, (message) => messages.push(message), over.signal);
  const leave = async (): Promise<void> => {
    over.abort();
    await ended;
  };
  onTestFinished(leave);
  return {
    messages,
    frames: () => messages.filter((message) => message.type === 'frame'),
    state: () => messages.findLast((message) => message.type === 'state')?.state,
    leave,
  };
}

const framesTaken = async (host: TestHost): Promise<number> => (await host.client.call('stat', {})).frames ?? 0;
const animated = `<!doctype html><style>div { width: 90px; height: 90px; background: red; animation: turn 1s linear infinite } @keyframes turn { to { transform: rotate(1turn) } }</style><div></div>`;
const still =
  '<!doctype html><title>Still</title><h1>Still</h1><button onclick="this.textContent = Number(this.textContent) + 1">0</button>';

test('whoever watches sees the page at once, and again when it has changed; a page at rest is quiet', async () => {
  const host = await testHost();
  const { url } = await site({ '/': still });
  const { page } = await openJob(host);
  await page.goto(url);
  const seen = watch(host);
  await vi.waitFor(() => expect(seen.state()).toBe('quiet'), { timeout: 5_000 });
  const before = seen.frames().length;
  expect(before).toBeGreaterThan(0);
  expect(seen.frames().at(-1)).toMatchObject({ url: `${url}/`, width: 1280, height: 720 });
  await page.click('button');
  await vi.waitFor(() => expect(seen.frames().length).toBeGreaterThan(before));
  await vi.waitFor(() => expect(seen.state()).toBe('quiet'), { timeout: 5_000 });
});

test('nothing is captured while nobody watches, and one capture serves everybody', async () => {
  const host = await testHost();
  const { url } = await site({ '/': animated });
  const { page } = await openJob(host);
  await page.goto(url);
  expect(await framesTaken(host)).toBe(0);
  const watchers = Array.from({ length: 20 }, () => watch(host));
  await vi.waitFor(() => expect(Math.min(...watchers.map((one) => one.frames().length))).toBeGreaterThan(4), { timeout: 10_000 });
  const most = Math.max(...watchers.map((one) => one.frames().length));
  expect(await framesTaken(host)).toBeLessThanOrEqual(most + 3);
  await Promise.all(watchers.map((one) => one.leave()));
  // whoever has left is known of only a little later
  let taken = -1;
  await vi.waitFor(
    async () => {
      const now = await framesTaken(host);
      const before = taken;
      taken = now;
      expect(now).toBe(before);
    },
    { interval: 500, timeout: 10_000 },
  );
});

test('whoever comes later gets the last picture of a quiet page', async () => {
  const host = await testHost();
  const { url } = await site({ '/': still });
  const { page } = await openJob(host);
  await page.goto(url);
  const first = watch(host);
  await vi.waitFor(() => expect(first.state()).toBe('quiet'), { timeout: 5_000 });
  const taken = await framesTaken(host);
  const late = watch(host);
  await vi.waitFor(() => expect(late.frames()).toHaveLength(1));
  expect(late.frames()[0]?.jpeg).toBe(first.frames().at(-1)?.jpeg);
  expect(await framesTaken(host)).toBe(taken);
});

test('the pictures follow the job into a new tab, and back when that is closed', async () => {
  const host = await testHost();
  const { url } = await site({ '/': `${still}<a href="/two" target="_blank">two</a>`, '/two': '<!doctype html><h1>Two</h1>' });
  const { page } = await openJob(host);
  await page.goto(url);
  const seen = watch(host);
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.click('a')]);
  await vi.waitFor(() => expect(seen.frames().at(-1)?.url).toBe(`${url}/two`), { timeout: 5_000 });
  await popup.close();
  await vi.waitFor(() => expect(seen.frames().at(-1)?.url).toBe(`${url}/`), { timeout: 5_000 });
});

test('watching begins before the job has a browser, and goes on after it has ended', async () => {
  const host = await testHost();
  const { url } = await site({ '/': still });
  const seen = watch(host);
  await vi.waitFor(() => expect(seen.state()).toBe('none'));
  const { page, epoch } = await openJob(host);
  await page.goto(url);
  await vi.waitFor(() => expect(seen.frames().at(-1)?.url).toBe(`${url}/`), { timeout: 5_000 });
  await host.client.call('close', { jobId: 'job' });
  await vi.waitFor(() => expect(seen.state()).toBe('none'));
  await host.client.call('open', { jobId: 'job', epoch, values: [] });
  await vi.waitFor(() => expect(seen.state()).not.toBe('none'), { timeout: 5_000 });
});

test('a job whose secrets are told while its picture begins is seen all the same', async () => {
  const host = await testHost();
  const { epoch } = await host.client.call('attach', {});
  const values = [{ name: 'pin', value: 'Geheim-4711', sensitive: true }];
  for (const jobId of ['first', 'second', 'third']) {
    const seen = watch(host, jobId);
    await vi.waitFor(() => expect(seen.state()).toBe('none'));
    await host.client.call('open', { jobId, epoch, values });
    await vi.waitFor(() => expect(seen.frames().length).toBeGreaterThan(0), { timeout: 5_000 });
    await host.client.call('close', { jobId });
  }
});

test('of an address and a title without end, a picture has the beginning', async () => {
  const host = await testHost();
  const { url } = await site({ '/': still });
  const { page, epoch } = await openJob(host);
  await page.goto(`${url}/#${'a'.repeat(1_000_000)}`);
  await page.evaluate(() => (document.title = 'b'.repeat(1_000_000)));
  const seen = watch(host);
  await vi.waitFor(() => expect(seen.frames().length).toBeGreaterThan(0), { timeout: 5_000 });
  expect(seen.frames().at(-1)?.url).toBe(`${url}/#${'a'.repeat(2_000)}`.slice(0, 2_000));
  const { picture } = await host.client.call('picture', { jobId: 'job', epoch });
  expect([picture?.url.length, picture?.title]).toEqual([2_000, 'b'.repeat(2_000)]);
});

test('with a new secret the pictures so far are taken back, and new ones come', async () => {
  const host = await testHost();
  const { url } = await site({ '/': still });
  const { page, epoch } = await openJob(host);
  await page.goto(url);
  const seen = watch(host);
  await vi.waitFor(() => expect(seen.state()).toBe('quiet'), { timeout: 5_000 });
  await host.client.call('values', { jobId: 'job', epoch, values: [{ name: 'pin', value: 'Geheim-4711', sensitive: true }] });
  await vi.waitFor(() => expect(seen.messages.some(({ type }) => type === 'forget')).toBe(true));
  const taken = seen.messages.findIndex(({ type }) => type === 'forget');
  await vi.waitFor(() => expect(seen.messages.slice(taken).some(({ type }) => type === 'frame')).toBe(true), { timeout: 5_000 });
});

test('a job that may not be watched is not captured', async () => {
  const host = await testHost();
  const { epoch } = await host.client.call('attach', {});
  await host.client.call('open', { jobId: 'job', epoch, values: [], record: { live: false } });
  const seen = watch(host);
  await vi.waitFor(() => expect(seen.state()).toBe('off'));
  expect(await framesTaken(host)).toBe(0);
});

test('what the step does is told: it looks, looks again, acts, and is over', async () => {
  const host = await testHost();
  const { epoch } = await openJob(host);
  const seen = watch(host);
  const ref = { jobId: 'job', epoch, instance: 1 };
  const doing = () => seen.messages.findLast((message) => message.type === 'doing')?.doing;
  await host.client.call('begin', { ...ref, after: null, gen: 0, dispatch: 1, effect: 'once', stepId: 'pay' });
  await vi.waitFor(() => expect(doing()).toMatchObject({ stepId: 'pay', phase: 'looking', attempt: 1, retries: 0 }));
  await host.client.call('progress', { ...ref, retries: 2 });
  await vi.waitFor(() => expect(doing()).toMatchObject({ retries: 2 }));
  const mark = { x: 0.1, y: 0.2, width: 0.3, height: 0.1 };
  await host.client.call('acting', { ...ref, mark });
  await vi.waitFor(() => expect(doing()).toMatchObject({ phase: 'acting', mark }));
  await host.client.call('done', { ...ref, result: {}, captures: [] });
  await vi.waitFor(() => expect(doing()).toBeNull());
});

test('a reader that reads nothing holds up nobody', async () => {
  const host = await testHost();
  const { url } = await site({ '/': animated });
  const { page } = await openJob(host);
  await page.goto(url);
  const seen = watch(host);
  const { request } = await import('node:http');
  const deaf = request({
    socketPath: host.options.socket,
    path: '/watch',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  onTestFinished(() => void deaf.destroy());
  deaf.on('error', () => undefined).end('{"jobId":"job"}');
  deaf.on('response', (response) => response.pause());
  await vi.waitFor(() => expect(seen.frames().length).toBeGreaterThan(10), { timeout: 15_000 });
});
