import { readdirSync } from 'node:fs';
import type { Browser } from 'playwright';
import { expect, test, vi } from 'vitest';
import { isAlive } from '../../src/host/processes.ts';
import { attachPages, begin, openJob, site, testHost } from './harness.ts';

async function processOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.find((one) => one.type === 'browser')?.id ?? 0;
}

test('every worker finds the work page and the blank page, also when popups are open', async () => {
  const host = await testHost();
  const { page, blank, browser, endpoint } = await openJob(host);
  await page.setContent('<title>work</title>');
  await page.evaluate(() => void window.open('about:blank'));
  await vi.waitFor(() => expect(page.context().pages()).toHaveLength(2));
  await page.setViewportSize({ width: 640, height: 480 });
  await blank.evaluate(() => (document.title = 'blank'));
  await browser.close();
  for (let times = 0; times < 5; times += 1) {
    const again = await attachPages(endpoint);
    expect([await again.page.title(), await again.blank.title()]).toEqual(['work', 'blank']);
    await again.browser.close();
  }
});

test('the blank page has no network', async () => {
  const { url, seen } = await site({ '/': 'x' });
  const { blank } = await openJob(await testHost());
  const failed = await blank.evaluate(
    (address) =>
      fetch(address, { mode: 'no-cors' }).then(
        () => 'reached',
        () => 'failed',
      ),
    `${url}/`,
  );
  expect([failed, seen]).toEqual(['failed', []]);
});

test('jobs wait for a slot in the order in which they came; who goes away leaves the queue', async () => {
  const { client } = await testHost({ slots: 1 });
  const { epoch } = await client.call('attach', {});
  const order: string[] = [];
  const open = (jobId: string, signal?: AbortSignal) =>
    client.call('open', { jobId, epoch, values: [] }, signal).then(() => order.push(jobId));
  const waiting = (count: number) => vi.waitFor(async () => expect((await client.call('stat', {})).waiting).toBe(count));
  await open('first');
  const away = new AbortController();
  const left = open('away', away.signal);
  await waiting(1);
  const second = open('second');
  await waiting(2);
  const third = open('third');
  const thirdAgain = open('third');
  await waiting(3);
  away.abort();
  await expect(left).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  await waiting(2);
  await client.call('close', { jobId: 'first' });
  await second;
  await client.call('close', { jobId: 'second' });
  await Promise.all([third, thirdAgain]);
  expect(order).toEqual(['first', 'second', 'third', 'third']);
  expect(await client.call('stat', {})).toMatchObject({ slots: 1, used: 1, waiting: 0 });
});

test('jobs that come back are served before all others, first come, first served among themselves', async () => {
  const { client } = await testHost({ slots: 1 });
  const { epoch } = await client.call('attach', {});
  const order: string[] = [];
  const open = (jobId: string, returning?: boolean) =>
    client.call('open', { jobId, epoch, values: [], ...(returning && { returning }) }).then(() => order.push(jobId));
  await open('first');
  const waiting: Promise<number>[] = [];
  for (const [nth, jobId] of ['new', 'back', 'newer', 'back too'].map((name) => name.replace(' ', '-')).entries()) {
    waiting.push(open(jobId, jobId.startsWith('back')));
    await vi.waitFor(async () => expect((await client.call('stat', {})).waiting).toBe(nth + 1));
  }
  for (const jobId of ['first', 'back', 'back-too', 'new']) {
    const before = order.length;
    await client.call('close', { jobId });
    await vi.waitFor(() => expect(order).toHaveLength(before + 1), { timeout: 10_000 });
  }
  await Promise.all(waiting);
  expect(order).toEqual(['first', 'back', 'back-too', 'new', 'newer']);
});

test('a fresh browser begins with the cookies and storages that it is given; a later request changes nothing', async () => {
  const { url } = await site({ '/': '<title>site</title>' });
  const { client } = await testHost();
  const { epoch } = await client.call('attach', {});
  const cookie = {
    name: 'sid',
    value: 'mine',
    domain: '127.0.0.1',
    path: '/',
    expires: -1,
    httpOnly: true,
    secure: false,
    sameSite: 'Lax',
  };
  const storage = { cookies: [cookie], origins: [{ origin: url, localStorage: [{ name: 'theme', value: 'dark'.repeat(1_000_000) }] }] };
  const { endpoint } = await client.call('open', { jobId: 'job', epoch, values: [], storage });
  const { page } = await attachPages(endpoint);
  await page.goto(`${url}/`);
  const seen = () => page.evaluate(() => localStorage.getItem('theme')?.length);
  expect([await seen(), (await page.context().cookies()).map(({ value }) => value)]).toEqual([4_000_000, ['mine']]);
  await client.call('open', { jobId: 'job', epoch, values: [], storage: { cookies: [], origins: [] } });
  expect(await seen()).toBe(4_000_000);
});

test('a storage that the browser does not take costs the storage, not the browser', async () => {
  const { client } = await testHost();
  const { epoch } = await client.call('attach', {});
  const storage = { cookies: [{ name: 'sid', nonsense: true }], origins: [] };
  const { endpoint } = await client.call('open', { jobId: 'job', epoch, values: [], storage });
  const { page } = await attachPages(endpoint);
  expect(await page.evaluate(() => 6 * 7)).toBe(42);
});

test('a checkpoint is told the way into the browser, every value and what was secret before; without a browser, or by an old worker, it is not', async () => {
  const { client } = await testHost();
  const { epoch } = await client.call('attach', {});
  const value = { name: 'a', value: '1', sensitive: true };
  const { endpoint } = await client.call('open', { jobId: 'job', epoch, values: [value] });
  for (const told of ['first-token', 'second-token'])
    await client.call('values', { jobId: 'job', epoch, values: [{ ...value, name: 'b', value: told }] });
  expect(await client.call('keep', { jobId: 'job', epoch })).toEqual({
    endpoint,
    values: [value, { ...value, name: 'b', value: 'second-token' }],
    earlier: ['first-token'],
    collections: {},
  });
  await expect(client.call('keep', { jobId: 'other', epoch })).rejects.toMatchObject({ code: 'lost', status: 410 });
  await client.call('attach', {});
  await expect(client.call('keep', { jobId: 'job', epoch })).rejects.toMatchObject({ code: 'fenced', status: 409 });
  await client.call('close', { jobId: 'job' });
  await expect(client.call('keep', { jobId: 'job', epoch: epoch + 1 })).rejects.toMatchObject({ code: 'lost', status: 410 });
});

test('a job that is closed while it waits is told so', async () => {
  const { client } = await testHost({ slots: 1 });
  const { epoch } = await client.call('attach', {});
  await client.call('open', { jobId: 'first', epoch, values: [] });
  const waiting = client.call('open', { jobId: 'second', epoch, values: [] });
  const refused = expect(waiting).rejects.toMatchObject({ code: 'closed', status: 410 });
  await vi.waitFor(async () => expect((await client.call('stat', {})).waiting).toBe(1));
  await client.call('close', { jobId: 'second' });
  await refused;
  expect(await client.call('stat', {})).toMatchObject({ used: 1, waiting: 0 });
});

test('a worker that dies while its browser starts leaves it to the next worker', async () => {
  const { client } = await testHost({ slots: 1 });
  const { epoch } = await client.call('attach', {});
  const away = new AbortController();
  const first = client.call('open', { jobId: 'job', epoch, values: [] }, away.signal);
  await vi.waitFor(async () => expect((await client.call('stat', {})).used).toBe(1), { interval: 2 });
  away.abort();
  await expect(first).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  expect(await client.call('open', { jobId: 'job', epoch, values: [] })).toMatchObject({ fresh: true });
  expect((await client.call('stat', {})).used).toBe(1);
});

test('a browser that crashes frees its slot and tells whoever waits; another can be opened', async () => {
  const host = await testHost({ slots: 1 });
  const { client } = host;
  const { browser, epoch, endpoint } = await openJob(host);
  await client.call('begin', begin(1, epoch));
  const held = client.call('begin', begin(2, epoch, { after: 1 }));
  process.kill(await processOf(browser), 'SIGKILL');
  expect(await held).toEqual({ go: 'not_started' });
  await expect(client.call('failed', { ...begin(1, epoch), result: 1 })).rejects.toMatchObject({ code: 'lost', status: 410 });
  expect(await client.call('begin', begin(1, epoch))).toEqual({ go: 'lost', attempt: 1 });
  expect(await client.call('stat', {})).toMatchObject({ used: 0, jobs: [{ jobId: 'job', alive: false }] });
  const next = await client.call('open', { jobId: 'job', epoch, values: [] });
  expect(next.fresh).toBe(true);
  expect(next.endpoint).not.toBe(endpoint);
  expect(await client.call('begin', begin(1, epoch, { gen: 1, dispatch: 11 }))).toMatchObject({ go: 'run', attempt: 2 });
});

test('a Chromium that does not start is an error that says so, and keeps no slot', async () => {
  const { client, options } = await testHost({ chromium: '/bin/false' });
  const { epoch } = await client.call('attach', {});
  await expect(client.call('open', { jobId: 'job', epoch, values: [] })).rejects.toMatchObject({ code: 'launch_failed', status: 500 });
  expect((await client.call('stat', {})).used).toBe(0);
  expect(readdirSync(options.dir).filter((name) => name.startsWith('artifacts'))).toEqual([]);
});

test('dialogs that nobody answers are answered', async () => {
  const { page } = await openJob(await testHost());
  // a worker that listens and never answers: without the host the page would hang
  page.on('dialog', () => undefined);
  expect(await page.evaluate(() => [confirm('sure?'), prompt('name?'), alert('so')])).toEqual([false, null, undefined]);
  await page.setContent('<script>onbeforeunload = (event) => event.preventDefault()</script><button>x</button>');
  await page.click('button');
  await page.goto('about:blank');
  expect(page.url()).toBe('about:blank');
});

test('a loop of alerts stalls neither the host nor another job, and its browser can be closed', async () => {
  const host = await testHost();
  const { page, epoch, browser } = await openJob(host);
  const pid = await processOf(browser);
  let shown = 0;
  page.on('dialog', () => (shown += 1));
  page
    .evaluate(() => {
      for (;;) alert('again');
    })
    .catch(() => undefined);
  await vi.waitFor(() => expect(shown).toBeGreaterThan(20));
  const before = process.cpuUsage();
  const { endpoint } = await host.client.call('open', { jobId: 'other', epoch, values: [] });
  const other = await attachPages(endpoint);
  expect(await other.page.evaluate(() => 6 * 7)).toBe(42);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(3);
  await host.client.call('close', { jobId: 'job' });
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
});

test('a flood of popups leaves five pages, and the work page goes on', async () => {
  const { page } = await openJob(await testHost());
  await page.evaluate(() => {
    for (let n = 0; n < 30; n += 1) window.open('about:blank');
  });
  await vi.waitFor(() => expect(page.context().pages().length).toBeLessThanOrEqual(5), { timeout: 10_000 });
  expect(await page.evaluate(() => 1)).toBe(1);
});
