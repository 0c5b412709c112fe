import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chromium } from 'playwright';
import { createHostClient, type HostClient } from '../../src/host/client.ts';
import { startHost, type Host } from '../../src/host/server.ts';
import { blankViewport } from '../../src/host/protocol.ts';
import { createLog } from '../../src/log.ts';
import { createVault } from '../../src/vault/vault.ts';

let dir: string;
let host: Host;
let client: HostClient;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'host-test-'));
  host = await startHost({
    socket: join(dir, 'host.sock'), dir: join(dir, 'host'), name: 'test', slots: 2, chromium: null, sandbox: process.getuid?.() !== 0,
    vault: createVault(randomBytes(32).toString('hex')), protectedAddresses: [], log: createLog('host', 'silent'),
  });
  client = createHostClient(join(dir, 'host.sock'));
});
afterEach(async () => {
  client.close();
  await host.close();
  rmSync(dir, { recursive: true, force: true });
});

test('a worker attaches, opens a browser, carries out a step and closes', async () => {
  const { epoch } = await client.call('attach', {});
  const { endpoint, fresh } = await client.call('open', { jobId: 'a', epoch, values: [{ name: 'x', value: '1', sensitive: false }] });
  expect(fresh).toBe(true);
  const browser = await chromium.connect(endpoint);
  const blank = browser.contexts().filter((context) => context.pages()[0]?.viewportSize()?.width === blankViewport.width);
  expect(browser.contexts()).toHaveLength(2);
  expect(blank).toEqual([browser.contexts()[1]]);
  const ref = { jobId: 'a', epoch, instance: 1 };
  expect(await client.call('begin', { ...ref, after: null, gen: 0, dispatch: 1, effect: 'once' })).toEqual({
    go: 'run', attempt: 1, endpoint, values: [{ name: 'x', value: '1', sensitive: false }],
  });
  const next = client.call('begin', { ...ref, instance: 2, after: 1, gen: 0, dispatch: 2, effect: 'once' });
  await client.call('acting', ref);
  await client.call('done', { ...ref, result: { ok: 1 }, captures: [{ name: 'y', value: '2', sensitive: true }] });
  expect(await next).toMatchObject({ go: 'run', attempt: 1, values: [{ name: 'x' }, { name: 'y', value: '2' }] });
  expect(await client.call('stop', { jobId: 'a', gen: 0 })).toEqual({ open: [2], acting: [] });
  await browser.close();
  await client.call('close', { jobId: 'a' });
  expect((await client.call('stat', {})).used).toBe(0);
});
