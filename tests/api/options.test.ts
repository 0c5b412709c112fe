import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../src/contract/routes.ts';
import { findJob } from '../../src/db/jobs.ts';
import { openApiBench, yaml, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
let small: ApiBench;
beforeAll(async () => {
  [bench, small] = await Promise.all([openApiBench(), openApiBench({ workers: false, settings: { plan: 'team' } })]);
});
afterAll(() => Promise.all([bench.close(), small.close()]));

const start = (options?: object) => bench.send<{ id: string; options?: object }>('POST', '/api/jobs', { runbook: yaml('one'), options });
const over = (id: string) => expect.poll(async () => (await bench.job(id)).status, { timeout: 20_000 }).toBe('completed');

test('options travel with the job, and only those that were given', async () => {
  const { status, body } = await start({ video: true, screenshots: 'always' });
  expect([status, body.options]).toEqual([201, { video: true, screenshots: 'always' }]);
  expect((await findJob(bench.deps.database.db, body.id))?.input?.options).toEqual({ video: true, screenshots: 'always' });
  await over(body.id);
  expect(await bench.job(body.id)).toMatchObject({ options: { video: true, screenshots: 'always' } });
  const { body: report } = await bench.get(`/api/jobs/${body.id}/report`);
  expect(routes.jobReport.response.parse(report).options).toEqual({ video: true, screenshots: 'always' });
});

test.each([undefined, {}])('a job without options (%j) has all defaults', async (options) => {
  const { body } = await start(options);
  expect(body).not.toHaveProperty('options');
});

test.each([
  [{ video: 'yes' }, 'options.video'],
  [{ screenshots: 'sometimes' }, 'options.screenshots'],
  [{ sound: true }, 'options'],
])('the options %j are refused by name', async (options, path) => {
  expect(await start(options)).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ path }] } });
});

test('another attempt has the options of the job before, unless it is given its own', async () => {
  const { body } = await start({ trace: true, live: false });
  await over(body.id);
  const again = await bench.send<{ id: string }>('POST', `/api/jobs/${body.id}/rerun`, {});
  expect(again).toMatchObject({ status: 201, body: { options: { trace: true, live: false } } });
  const other = await bench.send('POST', `/api/jobs/${body.id}/rerun`, { options: { screenshots: 'never' } });
  expect(other.body['options']).toEqual({ screenshots: 'never' });
  const none = await bench.send('POST', `/api/jobs/${body.id}/rerun`, { options: {} });
  expect(none.body).not.toHaveProperty('options');
});

test('video below business is refused with what the plan has instead; everything else is accepted', async () => {
  const runbook = yaml('one');
  const refused = await small.send('POST', '/api/jobs', { runbook, options: { video: true } });
  expect(refused).toMatchObject({
    status: 403,
    body: {
      code: 'plan_required',
      detail: expect.stringMatching(/Business and up; this installation is on team \(UNDERSTUDY_PLAN\)/),
      errors: [{ path: 'options.video', message: refused.body['detail'] }],
    },
  });
  const options = { video: false, trace: true, screenshots: 'always', live: true };
  expect(await small.send('POST', '/api/jobs', { runbook, options })).toMatchObject({ status: 201, body: { options } });
});
