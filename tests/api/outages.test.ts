import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { openApiBench, yaml, type ApiBench } from './api-bench.ts';
import { createOutageProxy, type OutageProxy } from './outage-proxy.ts';
import { listen, rising, seqsOf, type Heard, type SseClient } from './sse-client.ts';

let bench: ApiBench;
let postgres: OutageProxy;
let temporal: OutageProxy;
const clients: SseClient[] = [];
const jobs: string[] = [];

beforeAll(async () => {
  const database = new URL(inject('databaseUrl'));
  const [host = '', port = ''] = inject('temporalAddress').split(':');
  postgres = await createOutageProxy({ host: database.hostname, port: Number(database.port) });
  temporal = await createOutageProxy({ host, port: Number(port) });
  const throughProxy = (url: string): string => Object.assign(new URL(url), { port: String(postgres.port), hostname: '127.0.0.1' }).href;
  bench = await openApiBench({ databaseUrl: throughProxy, temporal: `127.0.0.1:${temporal.port}` });
  await vi.waitFor(() => expect(bench.deps.notifications.up).toBe(true));
});
afterEach(async () => {
  clients.splice(0).forEach((client) => client.close());
  postgres.open();
  temporal.open();
  for (const id of jobs.splice(0)) for (const step of ['hold', 'act']) bench.host(id).letGo(step);
  await vi.waitFor(async () => expect((await bench.get('/readyz')).status).toBe(200), { timeout: 15_000 });
  await vi.waitFor(() => expect(bench.deps.notifications.up).toBe(true), { timeout: 10_000 });
});
afterAll(async () => {
  await bench.close();
  await Promise.all([postgres.close(), temporal.close()]);
});

const running = async (...steps: string[]): Promise<string> => {
  const { id } = await bench.start(...steps);
  jobs.push(id);
  await vi.waitFor(async () => expect(await bench.job(id)).toMatchObject({ status: 'running' }), { timeout: 10_000 });
  return id;
};
const has = (type: string) => (heard: Heard[]) => heard.some((each) => (each.data.event as { type?: string } | undefined)?.type === type);

test('while Temporal is away stored jobs are shown, and what needs it is 503 with nothing written', async () => {
  const id = await running('hold');
  temporal.shut();
  const before = (await bench.get<{ counts: { all: number } }>('/api/jobs')).body.counts.all;
  expect(await bench.get(`/api/jobs/${id}`)).toMatchObject({ status: 200, body: { status: 'running' } });
  expect(await bench.send('POST', `/api/jobs/${id}/pause`, {})).toMatchObject({ status: 503, body: { code: 'engine_unavailable' } });
  expect(await bench.send('POST', '/api/jobs', { runbook: yaml('one') })).toMatchObject({
    status: 503,
    body: { code: 'engine_unavailable' },
  });
  expect(await bench.get('/readyz')).toMatchObject({
    status: 503,
    body: {
      ok: false,
      parts: [
        { name: 'Temporal', ok: false },
        { name: 'Postgres', ok: true },
      ],
    },
  });
  expect((await bench.get<{ counts: { all: number } }>('/api/jobs')).body.counts.all).toBe(before);
});

test('while Postgres is away a job and its commands still work, and lists are 503', async () => {
  const id = await running('hold', 'two');
  postgres.shut();
  expect(await bench.get('/api/jobs')).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
  expect(await bench.get(`/api/jobs/${id}`)).toMatchObject({
    status: 200,
    body: { status: 'running', steps: [{ id: 'hold' }, { id: 'two' }] },
  });
  expect(await bench.get('/api/jobs/j-nothere')).toMatchObject({ status: 404 });
  expect(await bench.send('POST', `/api/jobs/${id}/pause`, {})).toMatchObject({ status: 200 });
  expect(await bench.send('POST', '/api/jobs', { runbook: yaml('one') })).toMatchObject({
    status: 503,
    body: { code: 'database_unavailable' },
  });
  expect(await bench.get('/healthz')).toMatchObject({ status: 200 });
}, 60_000);

test('while Postgres is away a report says that files cannot be listed, and no archive without them is handed out', async () => {
  const id = await running('hold');
  postgres.shut();
  expect(await bench.get(`/api/jobs/${id}/report`)).toMatchObject({
    status: 200,
    body: { jobId: id, artifacts: [], missing: [expect.stringContaining('The list of files cannot be read now')] },
  });
  for (const path of ['artifacts', 'artifacts.zip'])
    expect(await bench.get(`/api/jobs/${id}/${path}`)).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
  postgres.open();
  await vi.waitFor(async () => expect(await bench.get(`/api/jobs/${id}/report`)).toMatchObject({ body: { missing: [] } }), 10_000);
  expect((await fetch(`${bench.url}/api/jobs/${id}/artifacts.zip`)).status).toBe(200);
}, 60_000);

test('while both are away whoever watches is sent away to come back, and the api lives', async () => {
  const id = await running('hold');
  postgres.shut();
  temporal.shut();
  const answers = await Promise.all(
    ['jobs', 'jobs&live'].map(async (what) => {
      const address = what === 'jobs' ? `jobs=${id}` : `jobs=${id}&live=${id}&list=1`;
      return (await fetch(`${bench.url}/api/stream?${address}`)).text();
    }),
  );
  expect(answers.every((text) => !text.includes('event: ready'))).toBe(true);
  postgres.open();
  temporal.open();
  const client = listen(`${bench.url}/api/stream?jobs=${id}`);
  clients.push(client);
  await client.until(() => client.of('ready').length > 0);
}, 60_000);

test('a viewer misses nothing while Postgres is away, nor when it is back', async () => {
  const id = await running('hold', 'two', 'act', 'three');
  const client = listen(`${bench.url}/api/jobs/${id}/events`);
  const list = listen(`${bench.url}/api/jobs/stream`);
  clients.push(client, list);
  await client.until((heard) => heard.length > 0);
  await list.until((heard) => heard.length > 0);
  postgres.shut();
  await vi.waitFor(() => expect(bench.deps.notifications.up).toBe(false));
  bench.host(id).letGo('hold');
  await client.until(has('step.succeeded'));
  const late = listen(`${bench.url}/api/jobs/${id}/events`);
  clients.push(late);
  await late.until((heard) => heard.length > 0);
  postgres.open();
  bench.host(id).letGo('act');
  await client.until(has('job.finished'));
  await late.until(has('job.finished'));
  for (const { heard } of [client, late]) {
    const seqs = seqsOf(heard);
    expect(seqs).toEqual(rising(seqs[0] ?? -1, seqs.at(-1) ?? -1));
  }
  await list.until(() => list.of('job').some((row) => row.data.id === id && row.data.status === 'completed'));
}, 60_000);
