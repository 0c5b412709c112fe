/** Jobs that wait for a browser: their places, in rows, pages and streams. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { initialState } from '../../src/api/job-reader.ts';
import { JobDetail, type JobRow } from '../../src/contract/job.ts';
import { insertJob } from '../../src/db/jobs.ts';
import { headerOf } from '../../src/domain/reduce.ts';
import { jobInput } from '../db/jobs.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';
import { lastIdOf, listen, type Heard, type SseClient } from './sse-client.ts';

let bench: ApiBench;
let giveBrowsers: () => void;
beforeAll(async () => {
  bench = await openApiBench({ browsers: new Promise<void>((resolve) => (giveBrowsers = resolve)) });
});
afterAll(() => bench.close());

const cancel = (id: string) => bench.send('POST', `/api/jobs/${id}/cancel`, {});
const queued = (id: string) => vi.waitFor(async () => expect((await bench.job(id)).seq).toBeGreaterThan(1), { timeout: 10_000 });
const lastPlace = (heard: Heard[]): unknown => heard.filter((each) => each.type === 'progress').at(-1)?.data.queuePlace;
const lastRow = (client: SseClient, id: string): JobRow | undefined =>
  client
    .of('job')
    .map(({ data }) => data as unknown as JobRow)
    .findLast((row) => row.id === id);

test('places are told to lists, pages and streams, and move up when a job leaves the queue', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    const job = await bench.start('one');
    ids.push(job.id);
    expect(job).toMatchObject({ status: 'queued', queuePlace: n + 1, attempts: [{ jobId: job.id, attempt: 1, status: 'queued' }] });
    await queued(job.id);
  }
  const [first = '', second = '', third = ''] = ids;
  const list = await bench.get<{ jobs: JobRow[] }>('/api/jobs');
  expect(list.body.jobs.map((row) => [row.id, row.queuePlace])).toEqual([
    [third, 3],
    [second, 2],
    [first, 1],
  ]);

  const page = listen(`${bench.url}/api/jobs/${third}/events`);
  const board = listen(`${bench.url}/api/stream?list=1&jobs=${second}`);
  await Promise.all([page.until((heard) => lastPlace(heard) === 3), board.until((heard) => lastPlace(heard) === 2)]);
  expect(page.heard.map(({ type }) => type).slice(0, 2)).toEqual(['snapshot', 'progress']);
  const latecomer = listen(`${bench.url}/api/jobs/${third}/events`);
  await latecomer.until((heard) => lastPlace(heard) === 3);
  latecomer.close();

  await cancel(first);
  await Promise.all([page.until((heard) => lastPlace(heard) === 2), board.until((heard) => lastPlace(heard) === 1)]);
  await board.until(() => lastRow(board, third)?.queuePlace === 2 && lastRow(board, second)?.queuePlace === 1);
  expect(lastRow(board, first)).toMatchObject({ status: 'cancelled', queuePlace: null });
  expect(await bench.job(third)).toMatchObject({ queuePlace: 2 });

  giveBrowsers();
  await page.until(() => page.of('event').some(({ data }) => (data.event as { type: string }).type === 'job.finished'));
  const places = page.of('progress').map(({ data }) => data.queuePlace);
  expect([places.slice(0, 2), places.at(-1)]).toEqual([[3, 2], null]);
  expect(places.filter((place) => place === null)).toHaveLength(1);
  await board.until((heard) => lastPlace(heard) === null);
  // a place has no id of its own: whoever comes back resumes at an event
  expect(page.of('progress').map(({ id }) => id)).toEqual(places.map(() => ''));
  page.close();
  board.close();
});

test('nobody is told a place of a job that does not wait', async () => {
  const { id } = await bench.start('hold');
  await vi.waitFor(async () => expect(await bench.job(id)).toMatchObject({ status: 'running', queuePlace: null }), { timeout: 10_000 });
  const page = listen(`${bench.url}/api/jobs/${id}/events`);
  await page.until(() => page.of('snapshot').length > 0);
  await cancel(id);
  await page.until(() => page.of('event').some(({ data }) => (data.event as { type: string }).type === 'job.finished'));
  expect(page.of('progress')).toEqual([]);
  page.close();
});

test('a visitor of the list who comes back is told the places of now', async () => {
  const before = listen(`${bench.url}/api/jobs/stream`);
  await before.until(() => before.of('counts').length > 0);
  const lastId = lastIdOf(before.heard);
  before.close();
  await insertJob(bench.deps.database.db, { header: headerOf(initialState(jobInput('j-waits'))), line: '', bar: 'p' });
  const after = listen(`${bench.url}/api/jobs/stream`, lastId);
  await after.until(() => lastRow(after, 'j-waits')?.queuePlace === 1);
  after.close();
});

test('what is answered fits the contract', async () => {
  const { body } = await bench.get<JobDetail>('/api/jobs/j-waits');
  expect(JobDetail.safeParse(body).error).toBeUndefined();
  expect(body).toMatchObject({ queuePlace: 1 });
});
