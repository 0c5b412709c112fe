import http from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { StreamMessages } from '../../src/contract/stream.ts';
import { project } from '../../src/db/projection.ts';
import { tasks, created } from '../db/jobs.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';
import { lastIdOf, listen, rising, seqsOf, type Heard, type SseClient } from './sse-client.ts';

let bench: ApiBench;
const clients: SseClient[] = [];
const open = (path: string, lastId?: string): SseClient => {
  const client = listen(bench.url + path, lastId);
  clients.push(client);
  return client;
};
beforeAll(async () => {
  bench = await openApiBench();
});
afterEach(async () => {
  clients.splice(0).forEach((client) => client.close());
  await vi.waitFor(() => expect(bench.api.watching).toMatchObject({ jobs: 0, streams: 0 }));
});
afterAll(() => bench.close());

const finished = (heard: Heard[]): boolean =>
  heard.some(
    (each) =>
      (each.data.event as { type?: string } | undefined)?.type === 'job.finished' ||
      (each.data.state as { finishedAt?: string } | undefined)?.finishedAt !== undefined,
  );
const last = (heard: Heard[]): number => seqsOf(heard).at(-1) ?? 0;

test('a viewer gets a snapshot and then every event once, in order, to the end of the job', async () => {
  const { id } = await bench.start('one', 'hold', 'three');
  const client = open(`/api/jobs/${id}/events`);
  await client.until((heard) =>
    heard.some((each) => (each.data.event as { type?: string } | undefined)?.type === 'step.succeeded' || last(heard) >= 4),
  );
  bench.host(id).letGo('hold');
  await client.until(finished);
  const seqs = seqsOf(client.heard);
  expect(seqs).toEqual(rising(seqs[0] ?? -1, last(client.heard)));
  expect(client.of('snapshot')).toHaveLength(1);
  for (const { type, data } of client.heard) expect(StreamMessages[type as 'event'].safeParse(data).error).toBeUndefined();
  expect(client.heard.flatMap(({ type, id }) => (type === 'progress' ? [] : [id]))).toEqual(seqs.map(String));
});

test('Last-Event-ID resumes at every point with nothing missed and nothing twice', async () => {
  const { id } = await bench.start('one', 'two', 'three');
  const whole = open(`/api/jobs/${id}/events`);
  await whole.until(finished);
  const end = last(whole.heard);
  for (let had = 1; had < end; had += 1) {
    const client = open(`/api/jobs/${id}/events`, String(had));
    await client.until((heard) => last(heard) === end);
    expect(seqsOf(client.heard)).toEqual(rising(had + 1, end));
  }
  const unknown = open(`/api/jobs/${id}/events`, '99999');
  await unknown.until((heard) => heard.length > 0);
  expect(unknown.heard.map((each) => each.type)).toEqual(['snapshot']);
});

test('a viewer that comes back in the middle, again and again, misses nothing', async () => {
  const { id } = await bench.start('one', 'hold', 'two', 'act', 'three', 'four');
  const seen: number[] = [];
  for (const step of ['hold', 'act']) {
    const client = open(`/api/jobs/${id}/events`, seen.length ? String(seen.at(-1)) : undefined);
    await client.until((heard) => heard.length > 0);
    seen.push(...seqsOf(client.heard));
    client.close();
    bench.host(id).letGo(step);
  }
  const client = open(`/api/jobs/${id}/events`, String(seen.at(-1)));
  await client.until(finished);
  seen.push(...seqsOf(client.heard));
  expect(seen).toEqual(rising(seen[0] ?? -1, seen.at(-1) ?? -1));
});

test('many viewers of a job share one source, and all hear the same', async () => {
  const { id } = await bench.start('hold', 'two');
  const viewers = Array.from({ length: 5 }, () => open(`/api/jobs/${id}/events`));
  await Promise.all(viewers.map((viewer) => viewer.until((heard) => heard.length > 0)));
  expect(bench.api.watching).toMatchObject({ jobs: 1, streams: 5 });
  bench.host(id).letGo('hold');
  await Promise.all(viewers.map((viewer) => viewer.until(finished)));
  expect(new Set(viewers.map((viewer) => last(viewer.heard))).size).toBe(1);
});

test('only the contiguous prefix of what is stored reaches a viewer', async () => {
  const { db } = bench.deps.database;
  const job = tasks('j-gap', [created('j-gap'), { type: 'job.queued' }, { type: 'job.started', host: 'h' }, { type: 'job.paused' }]);
  await project(db, job.task(0, 1));
  const client = open('/api/jobs/j-gap/events');
  await client.until((heard) => last(heard) === 1);
  await project(db, job.task(2, 4));
  await project(db, job.task(1, 2));
  await client.until((heard) => last(heard) === 4);
  expect(seqsOf(client.heard)).toEqual([1, 2, 3, 4]);
});

test('the list stream tells counts first, then every changed row', async () => {
  const client = open('/api/jobs/stream');
  await client.until((heard) => heard.some((each) => each.type === 'ready'));
  expect(client.heard.map((each) => each.type)).toEqual(['counts', 'ready']);
  const before = (client.of('counts')[0]?.data as { all: number }).all;
  const { id } = await bench.start('one');
  await client.until(() => client.of('job').some((row) => row.data.id === id && row.data.status === 'completed'));
  await client.until(() => (client.of('counts').at(-1)?.data as { all: number }).all === before + 1);
  for (const { type, data } of client.heard) expect(StreamMessages[type as 'job'].safeParse(data).error).toBeUndefined();
});

test('one connection carries list and jobs, and one id resumes all of them', async () => {
  const [a, b] = [await bench.start('hold', 'two'), await bench.start('hold', 'two')];
  const path = `/api/stream?list=1&jobs=${a.id},${b.id},j-nothere`;
  const first = open(path);
  await first.until((heard) => heard.some((each) => each.type === 'ready'));
  expect(first.of('gone').map((each) => each.data)).toEqual([{ jobId: 'j-nothere' }]);
  expect(
    first
      .of('snapshot')
      .map((each) => each.data.jobId)
      .sort(),
  ).toEqual([a.id, b.id].sort());
  const lastId = lastIdOf(first.heard);
  const had = { [a.id]: seqsOf(first.heard, a.id).at(-1) ?? 0, [b.id]: seqsOf(first.heard, b.id).at(-1) ?? 0 };
  first.close();
  for (const { id } of [a, b]) bench.host(id).letGo('hold');
  await vi.waitFor(
    async () => expect([(await bench.job(a.id)).status, (await bench.job(b.id)).status]).toEqual(['completed', 'completed']),
    { timeout: 10_000 },
  );
  const second = open(path, lastId);
  await second.until((heard) => heard.some((each) => each.type === 'ready'));
  expect(second.of('snapshot')).toEqual([]);
  for (const { id } of [a, b]) {
    const seqs = seqsOf(second.heard, id);
    expect(seqs).toEqual(rising((had[id] ?? 0) + 1, (await bench.job(id)).seq));
  }
  expect(second.of('job').map((row) => row.data.id)).toEqual(expect.arrayContaining([a.id, b.id]));
});

test('at most twenty jobs in one stream', async () => {
  const jobs = Array.from({ length: 21 }, (_, n) => `j-${n}`).join(',');
  expect(await bench.get(`/api/stream?jobs=${jobs}`)).toMatchObject({ status: 400, body: { errors: [{ path: 'jobs' }] } });
});

test('streams forbid buffering and transformation', async () => {
  const answer = await fetch(`${bench.url}/api/jobs/stream`);
  expect(answer.headers.get('x-accel-buffering')).toBe('no');
  expect(answer.headers.get('cache-control')).toContain('no-transform');
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  await answer.body?.cancel();
});

test('a client that does not read is disconnected, and others are not', async () => {
  const { db } = bench.deps.database;
  const noise = Array.from(
    { length: 60 },
    () => ({ type: 'command.refused', action: 'x', actor: 'a', reason: 'r'.repeat(400_000) }) as const,
  );
  const job = tasks('j-slow', [created('j-slow'), ...noise]);
  await project(db, job.task(0, 1));
  const reader = open('/api/jobs/j-slow/events');
  await reader.until((heard) => heard.length > 0);
  let ended = false;
  const request = http.get(`${bench.url}/api/jobs/j-slow/events`, (response) => {
    response.pause();
    response.on('close', () => (ended = true));
  });
  request.on('error', () => (ended = true));
  await vi.waitFor(() => expect(bench.api.watching.streams).toBe(2));
  for (let seq = 1; seq < job.events.length; seq += 1) {
    await project(db, job.task(seq, seq + 1));
    await reader.until((heard) => last(heard) === seq + 1);
  }
  await vi.waitFor(() => expect(bench.api.watching.streams).toBe(1));
  request.destroy();
  await vi.waitFor(() => expect(ended).toBe(true));
});
