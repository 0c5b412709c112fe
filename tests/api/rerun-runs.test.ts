import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { JobDetail } from '../../src/contract/job.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
beforeAll(async () => {
  bench = await openApiBench();
});
afterAll(() => bench.close());

const until = (id: string, status: string) =>
  vi.waitFor(async () => expect(await bench.job(id)).toMatchObject({ status }), { timeout: 15_000, interval: 100 });
const opening = (id: string) => `  - {id: ${id}, description: do ${id}, action: {type: navigate, url: "http://shop.test/"}}`;
const runbook = ['title: A', 'settings: {pauseBetweenSteps: 0}', 'steps:', ...['one', 'fail', 'three'].map(opening)].join('\n');

test('a rerun from the failed step keeps the steps before it, and both attempts know each other', async () => {
  const first = (await bench.send<JobDetail>('POST', '/api/jobs', { runbook })).body.id;
  await until(first, 'failed');
  const { status, body } = await bench.send<JobDetail>('POST', `/api/jobs/${first}/rerun`, { from: 'fail' });
  expect(status).toBe(201);
  await until(body.id, 'failed');
  const second = await bench.job(body.id);
  expect(second.steps.map((step) => [step.id, step.status, step.skippedBecause])).toEqual([
    ['one', 'skipped', 'kept'],
    ['fail', 'failed', undefined],
    ['three', 'skipped', 'not_reached'],
  ]);
  expect(bench.host(body.id).began).toEqual(['fail']);
  const attempts = [
    { jobId: first, attempt: 1, status: 'failed' },
    { jobId: body.id, attempt: 2, status: 'failed' },
  ];
  expect(second.attempts).toEqual(attempts);
  expect((await bench.job(first)).attempts).toEqual(attempts);
});
