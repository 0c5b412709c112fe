import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StepErrorCode } from '../../src/contract/error.ts';
import type { JobEventBody } from '../../src/contract/event.ts';
import { JobDetail, type CapturedValue } from '../../src/contract/job.ts';
import { RerunPlan } from '../../src/contract/start.ts';
import type { JobInput } from '../../src/contract/step-task.ts';
import { findJobOrigin } from '../../src/db/job-origins.ts';
import { loadJobValues } from '../../src/db/job-values.ts';
import { findJob } from '../../src/db/jobs.ts';
import { project } from '../../src/db/projection.ts';
import { jobs } from '../../src/db/schema.ts';
import { initialState } from '../../src/api/job-reader.ts';
import { headerOf, reduceAll } from '../../src/domain/reduce.ts';
import { toRow } from '../../src/domain/row.ts';
import { numbered } from '../db/jobs.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
beforeAll(async () => {
  bench = await openApiBench({ workers: false });
});
afterAll(() => bench.close());

const runbook = `title: Pay
settings: {pauseBetweenSteps: 0}
variables:
  payee: {source: prompt}
  note: {source: prompt, required: false}
  pin: {source: prompt, sensitive: true}
steps:
  - id: open
    description: Open the form
    action: {type: navigate, url: "http://shop.test/"}
    captures: [{name: total, strategy: url}, {name: token, strategy: url}]
  - {id: send, description: Send it, action: {type: click, selector: {innerText: Send}}}
  - {id: wait, description: Wait for the answer, action: {type: wait, text: "{{payee}} gets {{total}}"}}
  - {id: sign, description: Sign, action: {type: input, selector: {name: pin}, value: "{{pin}}"}}
`;
type End = {
  status: 'completed' | 'failed' | 'cancelled';
  failed?: string;
  code?: StepErrorCode;
  token?: CapturedValue;
  total?: CapturedValue;
};

/** The job has done what stands before the failed step, and is over. */
async function finish(jobId: string, { status, failed, code = 'timeout', token, total }: End): Promise<void> {
  const { input } = (await findJob(bench.deps.database.db, jobId)) as { input: JobInput };
  const ran = { startedAt: input.createdAt, finishedAt: input.createdAt, attempt: 1, retries: 0 };
  const first = initialState(input);
  const begin = input.steps.findIndex(({ id }) => id === input.rerun?.startAt);
  const page = { url: 'http://shop.test/form', title: 'Form' };
  const captured = [total ?? { name: 'total', value: '12.50' }, token ?? { name: 'token', value: null }];
  const failedAt = failed === undefined ? input.steps.length : input.steps.findIndex(({ id }) => id === failed);
  const done = input.steps
    .slice(Math.max(begin, 0), failedAt)
    .map(({ id }): JobEventBody => ({ type: 'step.succeeded', stepId: id, ...ran, page, captures: id === 'open' ? captured : [] }));
  const kept: JobEventBody[] =
    begin > 0 ? [{ type: 'steps.skipped', because: 'kept', stepIds: input.steps.slice(0, begin).map(({ id }) => id) }] : [];
  const error = { code, message: 'It did not work', hint: 'Look' };
  const { id, title, runbook: ref, requestedBy, inputs, rerunOf } = first;
  const events = numbered([
    { type: 'job.created', jobId: id, title, runbook: ref, requestedBy, inputs, rerunOf, steps: first.steps },
    { type: 'job.started', host: 'stub' },
    ...kept,
    ...done,
    ...(failed === undefined ? [] : [{ type: 'step.failed', stepId: failed, ...ran, page, error } as const]),
    { type: 'job.finished', status },
  ]);
  const state = reduceAll(events);
  if (!state) throw new Error('no events');
  const { line, bar } = toRow(state);
  await project(bench.deps.database.db, { jobId, header: headerOf(state), events, line, bar });
}

type Problem = { code: string; detail: string; errors?: { path: string; message: string }[]; jobStatus?: string; allowed?: string[] };
const start = async (body: object): Promise<string> => (await bench.send<JobDetail>('POST', '/api/jobs', body)).body.id;
const given = { inputs: { payee: 'Ama' }, secrets: { pin: '4711' } };
const startPay = (more: object = {}): Promise<string> => start({ runbook, ...given, ...more });
const rerun = <T = JobDetail>(id: string, body: object = {}, headers: Record<string, string> = {}) =>
  bench.send<T>('POST', `/api/jobs/${id}/rerun`, body, headers);
const rowOf = async (id: string) => {
  const { db } = bench.deps.database;
  const values = await loadJobValues(db, bench.deps.vault, id);
  return { input: (await findJob(db, id))?.input, values, origin: await findJobOrigin(db, id) };
};
const secrets = { pin: '4711' };

async function failedPay(end: Partial<End> = {}): Promise<string> {
  const id = await startPay();
  await finish(id, { status: 'failed', failed: 'wait', ...end });
  return id;
}

test('the plan tells what a rerun keeps, repeats and asks a tick for', async () => {
  const id = await failedPay();
  const { status, body } = await bench.get<RerunPlan>(`/api/jobs/${id}/rerun?from=wait`);
  expect(status).toBe(200);
  expect(RerunPlan.parse(body)).toMatchObject({ attempt: 2, from: 'wait', openAt: 'http://shop.test/form', obstacles: [] });
  expect(body.steps.map(({ fate }) => fate)).toEqual(['kept', 'kept', 'runs', 'runs']);
  expect(body.inputs.map(({ name, value }) => [name, value])).toEqual([
    ['payee', 'Ama'],
    ['note', ''],
    ['pin', null],
  ]);
  const whole = await bench.get<RerunPlan>(`/api/jobs/${id}/rerun`);
  expect(whole.body.steps.filter(({ needsTick }) => needsTick).map((step) => step.id)).toEqual(['send']);
});

test('a rerun from a step is a new job that is linked to the old one, opens its page and knows what the kept steps captured', async () => {
  const id = await failedPay();
  const { status, headers, body } = await rerun(id, { from: 'wait', secrets, inputs: { note: 'again' }, requestedBy: 'Kofi' });
  expect([status, headers.get('location')]).toEqual([201, `/api/jobs/${body.id}`]);
  const of = { jobId: id, attempt: 2, from: 'wait' };
  expect(JobDetail.parse(body)).toMatchObject({ title: 'Pay', requestedBy: 'Kofi', rerunOf: of });
  const { input, values, origin } = await rowOf(body.id);
  expect(input?.rerun).toEqual({ of, startAt: 'wait', openAt: 'http://shop.test/form' });
  expect(input?.inputs).toEqual([
    { name: 'payee', value: 'Ama' },
    { name: 'note', value: 'again' },
    { name: 'pin', value: null },
  ]);
  expect(values?.values).toEqual([
    { name: 'payee', value: 'Ama', sensitive: false },
    { name: 'note', value: 'again', sensitive: false },
    { name: 'pin', value: '4711', sensitive: true },
    { name: 'total', value: '12.50', sensitive: false },
  ]);
  expect(origin?.chain).toBe(id);
});

test('a rerun of a rerun knows what the first attempt captured, and the chain keeps its first job', async () => {
  const first = await failedPay();
  const second = (await rerun(first, { from: 'wait', secrets })).body.id;
  await finish(second, { status: 'failed', failed: 'wait' });
  const third = await rerun(second, { from: 'wait', secrets });
  expect(third).toMatchObject({ status: 201, body: { rerunOf: { jobId: second, attempt: 3 } } });
  const { input, values, origin } = await rowOf(third.body.id);
  expect(input?.rerun?.openAt).toBe('http://shop.test/form');
  expect(values?.values.find(({ name }) => name === 'total')).toEqual({ name: 'total', value: '12.50', sensitive: false });
  expect(origin?.chain).toBe(first);
});

test('everything again: steps that happen once and may have happened need a tick each', async () => {
  const id = await failedPay();
  const { status, body } = await rerun<Problem>(id, { secrets });
  expect(status).toBe(422);
  expect(body).toMatchObject({
    code: 'repeats_unconfirmed',
    errors: [
      {
        path: 'repeat',
        message: 'step 2 (Send it) may have happened already and would happen again; add "send" to `repeat` if that is what you want',
      },
    ],
  });
  const again = await rerun(id, { secrets, repeat: ['send'] });
  expect(again.status).toBe(201);
  expect((await rowOf(again.body.id)).input?.rerun).toEqual({ of: { jobId: id, attempt: 2 } });
});

test('values that only a person knows are asked for again', async () => {
  const id = await failedPay();
  expect(await rerun<Problem>(id, { from: 'wait' })).toMatchObject({
    status: 422,
    body: { code: 'missing_inputs', errors: [{ path: 'variables.pin' }] },
  });
  const long = await startPay({ inputs: { payee: 'Ama', note: 'x'.repeat(3_000) } });
  await finish(long, { status: 'failed', failed: 'wait' });
  expect(await rerun<Problem>(long, { from: 'wait', secrets })).toMatchObject({
    status: 422,
    body: {
      code: 'missing_inputs',
      errors: [{ path: 'variables.note', message: '`note` is too long: only its beginning was kept; give it again' }],
    },
  });
  const hidden = await startPay({ inputs: { payee: 'Ama' }, secrets: { pin: '1', note: 'nobody may know' } });
  await finish(hidden, { status: 'failed', failed: 'wait' });
  expect(await rerun<Problem>(hidden, { from: 'wait', secrets })).toMatchObject({
    body: { code: 'missing_inputs', errors: [{ path: 'variables.note', message: '`note` was given as a secret; give it again' }] },
  });
  expect((await rerun(hidden, { from: 'wait', secrets, inputs: { note: '' } })).status).toBe(201);
});

test('what stands in the way of a beginning is told at `from`', async () => {
  const gone = await failedPay({ total: { name: 'total', value: null } });
  const wait = await rerun<Problem>(gone, { from: 'wait', secrets });
  expect(wait).toMatchObject({ status: 422, body: { code: 'invalid_request', errors: [{ path: 'from' }] } });
  expect(wait.body.errors?.[0]?.message).toMatch(/^step 3 uses \{\{total\}\}, which step 1 \(Open the form\) gave and which is sensitive/);
  expect(await rerun<Problem>(gone, { from: 'nowhere', secrets })).toMatchObject({
    status: 422,
    body: { code: 'invalid_request', errors: [{ path: 'from', message: expect.stringContaining('no step nowhere') }] },
  });
  expect(await bench.get(`/api/jobs/${gone}/rerun?from=nowhere`)).toMatchObject({ status: 422, body: { errors: [{ path: 'from' }] } });
  expect(await rerun<Problem>(gone, { secrets, repeat: ['send', 'nothing'] })).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'repeat', message: 'the job has no step nothing' }] },
  });
});

test('a job that is not over is not run again', async () => {
  const id = await startPay();
  const refused = { status: 409, body: { code: 'action_not_allowed', jobStatus: 'queued', allowed: ['cancel'] } };
  expect(await rerun<Problem>(id, { secrets })).toMatchObject(refused);
  expect(await bench.get(`/api/jobs/${id}/rerun`)).toMatchObject(refused);
  expect((await rerun<Problem>('j-nobody')).status).toBe(404);
});

test('one Idempotency-Key is one attempt, for one job', async () => {
  const id = await failedPay();
  const key = { 'idempotency-key': `again-${id}` };
  const answers = await Promise.all([1, 2, 3].map(() => rerun(id, { from: 'wait', secrets }, key)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  const other = await failedPay();
  expect(await rerun(other, { from: 'wait', secrets }, key)).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } });
});

test('the version of the library that the job had is run again, not the latest', async () => {
  const saved = (await bench.send<{ id: string }>('POST', '/api/runbooks', { source: runbook, id: 'pay' })).body;
  const id = await start({ runbookId: saved.id, ...given });
  await finish(id, { status: 'failed', failed: 'wait' });
  await bench.send('PUT', '/api/runbooks/pay', { source: runbook.replace('title: Pay', 'title: Pay more') });
  const { body } = await rerun(id, { from: 'wait', secrets });
  expect(body).toMatchObject({ title: 'Pay', runbook: { id: 'pay', version: 1 } });
});

test('a job whose runbook was not kept cannot be run again, and the answer says why', async () => {
  const id = await failedPay();
  await bench.deps.database.db.update(jobs).set({ sealedSource: null }).where(eq(jobs.id, id));
  const message = 'its runbook came with the request and was not kept';
  expect(await rerun<Problem>(id, { secrets })).toMatchObject({
    status: 422,
    body: { code: 'invalid_request', errors: [{ path: 'runbook', message }] },
  });
  await bench.deps.database.db
    .update(jobs)
    .set({ sealedSource: Buffer.alloc(60) })
    .where(eq(jobs.id, id));
  expect((await rerun<Problem>(id, { secrets })).body.detail).toContain('sealed with another key');
});
