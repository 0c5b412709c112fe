import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { JobDetail } from '../../src/contract/job.ts';
import { openApiBench, yaml, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
beforeAll(async () => {
  bench = await openApiBench({ settings: { parkAfterMs: 7_000 } });
});
afterAll(() => bench.close());

const in_ = (ms: number): string => new Date(Date.now() + ms).toISOString();
const hour = 3_600_000;
const start = (scheduledFor: unknown) => bench.send<JobDetail>('POST', '/api/jobs', { runbook: yaml('one'), scheduledFor });
const until = (id: string, status: string) =>
  vi.waitFor(async () => expect(await bench.job(id)).toMatchObject({ status }), { timeout: 15_000, interval: 50 });

test('a scheduled job is scheduled from its first answer on, and starts when it is told to', async () => {
  const scheduledFor = in_(hour);
  const { status, body } = await start(scheduledFor);
  expect(status).toBe(201);
  expect(body).toMatchObject({ status: 'scheduled', scheduledFor, actions: ['start_now', 'cancel'], queuePlace: null });
  const list = await bench.get<{ jobs: unknown[] }>('/api/jobs?status=scheduled');
  expect(list.body.jobs).toMatchObject([{ id: body.id, status: 'scheduled', scheduledFor, queuePlace: null }]);
  const now = await bench.send('POST', `/api/jobs/${body.id}/start-now`, { actor: 'Ama' });
  expect(now).toMatchObject({ status: 200, body: { lastCommand: { action: 'start_now', actor: 'Ama' } } });
  await until(body.id, 'completed');
  expect(await bench.send('POST', `/api/jobs/${body.id}/start-now`)).toMatchObject({ status: 409, body: { jobStatus: 'completed' } });
});

test('a scheduled job starts at its time, given in any zone', async () => {
  const at = new Date(Date.now() + 2_000);
  const inIndia = new Date(at.getTime() + 5.5 * hour).toISOString().replace('Z', '+05:30');
  const { body } = await start(inIndia);
  expect(body).toMatchObject({ status: 'scheduled', scheduledFor: at.toISOString() });
  await until(body.id, 'completed');
  expect(Date.parse((await bench.job(body.id)).startedAt ?? '')).toBeGreaterThanOrEqual(at.getTime());
});

test('a scheduled job can be cancelled', async () => {
  const { body } = await start(in_(hour));
  expect(await bench.send('POST', `/api/jobs/${body.id}/cancel`, {})).toMatchObject({ status: 200 });
  await until(body.id, 'cancelled');
});

test('what has just passed is now', async () => {
  const { status, body } = await start(in_(-30_000));
  expect(status).toBe(201);
  expect(body).toMatchObject({ status: 'queued' });
  expect(body.scheduledFor).toBeUndefined();
  await until(body.id, 'completed');
});

test.each([in_(-2 * 60_000), '1970-01-01T00:00:00Z', in_(367 * 24 * hour), '9999-12-31T23:59:59Z'])(
  '%s is refused and named',
  async (scheduledFor) => {
    expect(await start(scheduledFor)).toMatchObject({ status: 422, body: { code: 'invalid_request', errors: [{ path: 'scheduledFor' }] } });
  },
);

test.each(['tomorrow', '2026-13-01T00:00:00Z', '2027-01-01', '2027-01-01T00:00:00', 1_800_000_000, null])(
  '%s is no time',
  async (scheduledFor) => {
    expect(await start(scheduledFor)).toMatchObject({ status: 400, body: { errors: [{ path: 'scheduledFor' }] } });
  },
);

test('the workflow is told how long a browser is kept, and the YAML of a runbook that is in no library stays sealed', async () => {
  const { body } = await start(in_(hour));
  const { rows } = await bench.deps.database.pool.query<{ input: object; sealed_source: Buffer }>(
    'select input, sealed_source from jobs where id = $1',
    [body.id],
  );
  expect(rows[0]?.input).toMatchObject({ parkAfterMs: 7_000 });
  expect(rows[0]?.sealed_source.toString('latin1')).not.toContain('title');
  expect(bench.deps.vault.open(rows[0]?.sealed_source ?? Buffer.alloc(0))).toBe(yaml('one'));
  await bench.send('POST', `/api/jobs/${body.id}/cancel`, {});
});
