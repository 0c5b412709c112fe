import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apply, emptyGate, type GateState } from '../../src/host/gate.ts';
import { keptOf } from '../../src/host/earlier.ts';
import { begin, openJob, testHost } from './harness.ts';
import { entriesOf } from '../e2e/zip-entries.ts';
import { closeAndFetch, openRecorded, step } from './recordings.ts';

const token = (value: string, sensitive = true) => ({ name: 'token', value, sensitive });

test('a sensitive value that is replaced is still masked: steps are told of it, also after a restart, and a job that is parked takes it along', async () => {
  const host = await testHost();
  const { client } = host;
  const { epoch } = await openJob(host);
  await client.call('values', { jobId: 'job', epoch, values: [token('first-token'), { name: 'open', value: 'a', sensitive: false }] });
  await client.call('values', { jobId: 'job', epoch, values: [token('second-token'), { name: 'open', value: 'b', sensitive: false }] });
  await client.call('begin', begin(1, epoch));
  await client.call('done', { ...begin(1, epoch), result: 1, captures: [token('shown', false)] });
  await client.call('mask', { jobId: 'job', epoch, texts: ['of-a-failed-step'] });
  const told = await client.call('begin', begin(2, epoch, { after: 1 }));
  expect(told).toMatchObject({ go: 'run', earlier: ['first-token', 'second-token', 'of-a-failed-step'] });
  await host.restart();
  const { epoch: newer } = await client.call('attach', {});
  await client.call('open', { jobId: 'job', epoch: newer, values: [] });
  const { earlier = [] } = await client.call('keep', { jobId: 'job', epoch: newer });
  expect(earlier).toEqual(['first-token', 'second-token', 'of-a-failed-step']);
  await client.call('close', { jobId: 'job' });
  await client.call('open', { jobId: 'back', epoch: newer, values: [], earlier });
  const run = { ...begin(1, newer), jobId: 'back' };
  expect(await client.call('begin', run)).toMatchObject({ go: 'run', earlier });
});

const looped = (times: number, value = (nth: number) => `token-number-${nth}`): GateState => {
  const state = emptyGate();
  for (let nth = 0; nth < times; nth += 1) apply(state, { kind: 'values', values: [token(value(nth))] });
  return state;
};

test('a loop of 12,000 sensitive values tells each step of the newest 300, keeps 10,000 for a parked job and all for the trace', () => {
  const began = performance.now();
  const { earlier } = looped(12_001);
  expect(earlier.all.size).toBe(12_000);
  expect([earlier.recent.length, earlier.recent.at(-1)]).toEqual([300, 'token-number-11999']);
  expect(keptOf(earlier)).toHaveLength(10_000);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('long values are told within a bound of characters, the newest always', () => {
  const { earlier } = looped(30, (nth) => `${nth}`.padEnd(30_000, 'x'));
  expect(earlier.recent).toHaveLength(6);
  expect(looped(3, (nth) => `${nth}`.padEnd(300_000, 'x')).earlier.recent).toHaveLength(1);
});

test('a value that comes again is the newest, and stands there once', () => {
  const { earlier } = looped(5, (nth) => ['aaaa', 'bbbb'][nth % 2] ?? '');
  expect(earlier.recent).toEqual(['aaaa', 'bbbb']);
});

test('pictures stay covered and the trace is masked where values stood that were replaced', { timeout: 60_000 }, async () => {
  const { client } = await testHost();
  const { page, epoch } = await openRecorded(client, { trace: true }, { values: [token('first-token-4711')] });
  await step(client, { epoch, instance: 1 }, () =>
    page.setContent('<title>first-token-4711</title><p>first-token-4711 and second-token-4712'),
  );
  await client.call('values', { jobId: 'job', epoch, values: [token('second-token-4712')] });
  await step(client, { epoch, instance: 2 }, async () => void (await page.locator('p').textContent()));
  expect((await client.call('picture', { jobId: 'job', epoch })).picture?.title).toBe('•••');
  const { files } = await closeAndFetch(client, epoch);
  const entries = await entriesOf(readFileSync(files[0]?.file ?? ''));
  const trace = Buffer.concat(entries).toString();
  expect(trace).toContain('•••');
  expect(trace).not.toMatch(/first-token|second-token/);
});
