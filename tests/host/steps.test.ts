import { appendFileSync, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createHostClient, HostError } from '../../src/host/client.ts';
import type { Begun } from '../../src/host/protocol.ts';
import { startHost } from '../../src/host/server.ts';
import { begin, openJob, testHost, type TestHost } from './harness.ts';

const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof HostError ? error.code : error),
  );
const held = async (host: TestHost, count: number): Promise<void> =>
  vi.waitFor(async () => expect((await host.client.call('stat', {})).jobs[0]?.held).toBe(count));

test('an attach, an open, steps behind each other with their values, and a close', async () => {
  const { client } = await testHost();
  const { epoch } = await client.call('attach', {});
  const x = { name: 'x', value: '1', sensitive: false };
  const { endpoint, fresh } = await client.call('open', { jobId: 'job', epoch, values: [x] });
  expect(fresh).toBe(true);
  expect(await client.call('begin', begin(1, epoch))).toMatchObject({ go: 'run', attempt: 1, endpoint, values: [x] });
  expect(await client.call('open', { jobId: 'job', epoch, values: [x] })).toEqual({
    endpoint,
    fresh: false,
    version: expect.stringMatching(/^Chromium \d/),
  });
  const next = client.call('begin', begin(2, epoch, { after: 1 }));
  await client.call('acting', begin(1, epoch));
  const y = { name: 'x', value: '2', sensitive: true };
  await client.call('done', { ...begin(1, epoch), result: { ok: 1 }, captures: [y] });
  expect(await next).toMatchObject({ go: 'run', attempt: 1, endpoint, values: [y] });
  expect(await client.call('attach', {})).toMatchObject({ host: 'test', slots: 2, jobs: [{ jobId: 'job', endpoint }] });
  await client.call('close', { jobId: 'job' });
  expect(await client.call('stat', {})).toMatchObject({ used: 0, jobs: [] });
});

test('a second delivery joins the attempt that runs and hears how it ended', async () => {
  const host = await testHost();
  const { epoch } = await openJob(host);
  await host.client.call('begin', begin(1, epoch));
  const joined = host.client.call('begin', begin(1, epoch));
  await held(host, 1);
  await host.client.call('failed', { ...begin(1, epoch), result: { code: 'x' } });
  expect(await joined).toEqual({ go: 'failed', result: { code: 'x' } });
});

test('a request that goes away leaves the gate', async () => {
  const host = await testHost();
  const { epoch } = await openJob(host);
  await host.client.call('begin', begin(1, epoch));
  const away = new AbortController();
  const joined = host.client.call('begin', begin(2, epoch, { after: 1 }), away.signal);
  await held(host, 1);
  away.abort();
  await expect(joined).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  await held(host, 0);
});

test('stop names what runs, refuses effects, and starts nothing that is held', async () => {
  const host = await testHost();
  const { client } = host;
  const { epoch } = await openJob(host);
  await client.call('begin', begin(1, epoch));
  const next = client.call('begin', begin(2, epoch, { after: 1 }));
  await held(host, 1);
  expect(await client.call('stop', { jobId: 'job', gen: 0 })).toEqual({ open: [1], acting: [] });
  expect(await next).toEqual({ go: 'not_started' });
  await expect(client.call('acting', begin(1, epoch))).rejects.toMatchObject({ code: 'stopped', status: 409 });
  await client.call('interrupted', begin(1, epoch));
  expect(await client.call('begin', begin(3, epoch, { gen: 1 }))).toMatchObject({ go: 'run', attempt: 1 });
});

test('a new worker fences the old one, whose acting step is then unknown', async () => {
  const host = await testHost();
  const { client } = host;
  const { epoch } = await openJob(host);
  await client.call('begin', begin(1, epoch));
  await client.call('acting', begin(1, epoch));
  const old = client.call('begin', begin(2, epoch, { after: 1 }));
  await held(host, 1);
  const { epoch: newer } = await client.call('attach', {});
  expect(await old).toEqual({ go: 'fenced' });
  expect(await code(client.call('done', { ...begin(1, epoch), result: 1, captures: [] }))).toBe('fenced');
  expect(await client.call('begin', begin(1, newer))).toMatchObject({ go: 'unknown', attempt: 1 });
  expect(await client.call('begin', begin(2, newer, { after: 1 }))).toEqual({ go: 'not_started' });
});

test('after a restart the ledger answers, a torn line is ignored, the epoch has risen and the browser is lost', async () => {
  const host = await testHost();
  const { epoch } = await openJob(host);
  await host.client.call('begin', begin(1, epoch));
  await host.client.call('done', {
    ...begin(1, epoch),
    result: { text: 'kept' },
    captures: [{ name: 'secret', value: 'hunter2', sensitive: true }],
  });
  await host.client.call('begin', begin(2, epoch, { after: 1 }));
  await host.client.call('acting', begin(2, epoch));
  const file = join(host.options.dir, 'ledgers', 'job.ledger');
  expect(readFileSync(file, 'utf8')).not.toContain('hunter2');
  await host.restart();
  appendFileSync(file, 'dG9ybiBs');
  expect(await host.client.call('begin', begin(1, epoch)).catch((error: HostError) => error.code)).toBe('fenced');

  const { epoch: newer, jobs } = await host.client.call('attach', {});
  expect(newer).toBeGreaterThan(epoch);
  expect(jobs).toEqual([]);
  expect(await host.client.call('begin', begin(1, newer))).toEqual({ go: 'done', result: { text: 'kept' } });
  expect(await host.client.call('begin', begin(2, newer, { after: 1 }))).toMatchObject({ go: 'unknown', attempt: 1 });
  expect(await host.client.call('begin', begin(3, newer, { gen: 1 }))).toEqual({ go: 'lost', attempt: 1 });
  const { fresh, endpoint } = await host.client.call('open', { jobId: 'job', epoch: newer, values: [] });
  expect(fresh).toBe(true);
  expect(await host.client.call('begin', begin(3, newer, { gen: 2, dispatch: 30 }))).toMatchObject({
    go: 'run',
    attempt: 2,
    endpoint,
    values: [{ name: 'secret', value: 'hunter2', sensitive: true }],
  });
  await host.client.call('close', { jobId: 'job' });
  expect(existsSync(file)).toBe(false);
  expect(await host.client.call('begin', begin(4, newer))).toEqual({ go: 'lost', attempt: 1 });
  expect(readdirSync(join(host.options.dir, 'ledgers'))).toEqual([]);
});

test('socket and folder are the owner’s alone, and a second host is refused', async () => {
  const { options } = await testHost();
  expect(statSync(options.socket).mode & 0o777).toBe(0o600);
  expect(statSync(options.dir).mode & 0o777).toBe(0o700);
  await expect(startHost(options)).rejects.toThrow('Another browser host answers');
});

test('what is no proper call is refused, and nobody on the socket is unavailable', async () => {
  const host = await testHost();
  const { client } = host;
  const { epoch } = await client.call('attach', {});
  expect(await code(client.call('open', { jobId: '../../etc/passwd', epoch, values: [] }))).toBe('bad_request');
  expect(await code(client.call('nonsense' as 'stat', {}))).toBe('bad_request');
  expect(await code(client.call('values', { jobId: 'nobody', epoch, values: [] }))).toBe('lost');
  expect(await code(client.call('open', { jobId: 'job', epoch: epoch + 1, values: [] }))).toBe('fenced');
  expect(await code(createHostClient(join(host.dir, 'other.sock')).call('stat', {}))).toBe('unavailable');
});

test('values that are added after the open reach the next step', async () => {
  const host = await testHost();
  const { epoch } = await openJob(host);
  await host.client.call('values', { jobId: 'job', epoch, values: [{ name: 'later', value: 'v', sensitive: false }] });
  const begun: Begun = await host.client.call('begin', begin(1, epoch));
  expect(begun).toMatchObject({ go: 'run', values: [{ name: 'later', value: 'v' }] });
});
