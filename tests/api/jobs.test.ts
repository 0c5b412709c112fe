import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { JobDetail, type JobRow } from '../../src/contract/job.ts';
import { JobList } from '../../src/contract/lists.ts';
import { openApiBench, yaml, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
beforeAll(async () => {
  bench = await openApiBench();
});
afterAll(() => bench.close());

type List = { jobs: JobRow[]; next: string | null; counts: Record<string, number> };
const until = (id: string, status: string) =>
  vi.waitFor(async () => expect(await bench.job(id)).toMatchObject({ status }), { timeout: 10_000, interval: 50 });

test('a job runs from the request to its end, and its page tells all of it', async () => {
  const { status, headers, body } = await bench.send<JobDetail>('POST', '/api/jobs', { runbook: yaml('one', 'two'), requestedBy: 'Ama' });
  expect(status).toBe(201);
  expect(headers.get('location')).toBe(`/api/jobs/${body.id}`);
  expect(body.id).toMatch(/^j-[0-9a-hjkmnp-tv-z]{12}$/);
  expect(body).toMatchObject({ title: 'A test', requestedBy: 'Ama', runbook: null, counts: { total: 2 } });
  await until(body.id, 'completed');
  const job = JobDetail.parse(await bench.job(body.id));
  expect(job.steps.map((step) => [step.id, step.status])).toEqual([
    ['one', 'succeeded'],
    ['two', 'succeeded'],
  ]);
  expect(job).toMatchObject({
    actions: [],
    temporal: { workflowId: body.id, namespace: 'default', url: `http://ui.test/namespaces/default/workflows/${body.id}` },
  });
});

test('pause, resume and cancel answer with the job, and at the wrong moment name what is allowed', async () => {
  const { id } = await bench.start('hold', 'two');
  await until(id, 'running');
  expect(await bench.send('POST', `/api/jobs/${id}/resume`, {})).toMatchObject({
    status: 409,
    body: { code: 'action_not_allowed', jobStatus: 'running', allowed: ['pause', 'cancel'] },
  });
  const paused = await bench.send('POST', `/api/jobs/${id}/pause`, { actor: 'Ama', comment: 'wait' });
  expect(paused).toMatchObject({ status: 200, body: { id, lastCommand: { action: 'pause', actor: 'Ama', comment: 'wait' } } });
  await until(id, 'paused');
  expect(await bench.send('POST', `/api/jobs/${id}/resume`)).toMatchObject({ status: 200, body: { status: 'running' } });
  expect(await bench.send('POST', `/api/jobs/${id}/cancel`, {})).toMatchObject({ status: 200, body: { cancelling: true, actions: [] } });
  await until(id, 'cancelled');
  expect(await bench.send('POST', `/api/jobs/${id}/pause`, {})).toMatchObject({
    status: 409,
    body: { jobStatus: 'cancelled', allowed: [] },
  });
});

test('a command that is sent twice with one key is one command', async () => {
  const { id } = await bench.start('hold');
  await until(id, 'running');
  const answers = await Promise.all([1, 2].map(() => bench.send('POST', `/api/jobs/${id}/pause`, {}, { 'idempotency-key': 'p-1' })));
  expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
  await bench.send('POST', `/api/jobs/${id}/cancel`, {});
});

test('one key for two actions is two commands, and a key that is none is refused', async () => {
  const { id } = await bench.start('hold');
  await until(id, 'running');
  const key = { 'idempotency-key': 'k-1' };
  expect(await bench.send('POST', `/api/jobs/${id}/pause`, {}, key)).toMatchObject({ status: 200 });
  expect(await bench.send('POST', `/api/jobs/${id}/cancel`, {}, key)).toMatchObject({
    status: 200,
    body: { lastCommand: { action: 'cancel' } },
  });
  await until(id, 'cancelled');
  expect(await bench.send('POST', `/api/jobs/${id}/pause`, {}, { 'idempotency-key': 'x'.repeat(201) })).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'Idempotency-Key' }] },
  });
});

test('a job that is too large for Temporal is refused, and nothing of it is stored', async () => {
  const steps = Array.from({ length: 1_000 }, () => '  - action: {type: extract, script: *long}').join('\n');
  const runbook = `title: too large\nnotes: &long "${'y'.repeat(1_900)}"\nsteps:\n${steps}\n`;
  expect(await bench.send('POST', '/api/jobs', { runbook })).toMatchObject({ status: 422, body: { errors: [{ path: 'steps' }] } });
  expect((await bench.get<List>('/api/jobs?q=too%20large')).body.jobs).toEqual([]);
});

test('a long input is shown shortened', async () => {
  const runbook = `${yaml('one')}\nvariables:\n  text: {source: prompt}\n`;
  const { body } = await bench.send<JobDetail>('POST', '/api/jobs', { runbook, inputs: { text: 'z'.repeat(50_000) } });
  expect(body.inputs).toEqual([{ name: 'text', value: `${'z'.repeat(2_000)}…` }]);
  await until(body.id, 'completed');
});

test('unknown jobs are not found, whatever is asked', async () => {
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/pause'],
    ['GET', '/events'],
    ['GET', '/artifacts'],
    ['GET', '/artifacts/x'],
  ] as const) {
    expect(await bench.send(method, `/api/jobs/j-nothere${path}`), path).toMatchObject({ status: 404, body: { code: 'not_found' } });
  }
});

test('requests at once with one Idempotency-Key start one job, and another body is a conflict', async () => {
  const body = { runbook: yaml('one'), inputs: {}, secrets: {} };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => bench.send<JobDetail>('POST', '/api/jobs', body, { 'idempotency-key': 'once' })),
  );
  expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
  const sameInAnotherOrder = await bench.send(
    'POST',
    '/api/jobs',
    { secrets: {}, inputs: {}, runbook: yaml('one') },
    { 'idempotency-key': 'once' },
  );
  expect(sameInAnotherOrder).toMatchObject({ status: 200, body: { id: answers[0]?.body.id } });
  const other = await bench.send('POST', '/api/jobs', { runbook: yaml('two') }, { 'idempotency-key': 'once' });
  expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } });
});

test('the list pages, filters and counts', async () => {
  const ids = [];
  for (let n = 0; n < 3; n += 1) ids.push((await bench.start('one')).id);
  const first = await bench.get<List>('/api/jobs?limit=2');
  expect(JobList.safeParse(first.body).error).toBeUndefined();
  expect(first.body.jobs.map((job) => job.id)).toEqual([ids[2], ids[1]]);
  const second = await bench.get<List>(`/api/jobs?limit=2&after=${first.body.next}`);
  expect(second.body.jobs[0]?.id).toBe(ids[0]);
  await Promise.all(ids.map((id) => until(id, 'completed')));
  const found = await bench.get<List>(`/api/jobs?status=completed&status=failed&q=${ids[1]}`);
  expect(found.body.jobs).toMatchObject([{ id: ids[1], status: 'completed', bar: 's', actions: [] }]);
  expect(found.body.counts).toMatchObject({ all: 1, completed: 1, running: 0 });
});

test('a runbook with mistakes is refused with line, column and path of each', async () => {
  const { status, body } = await bench.send('POST', '/api/jobs', {
    runbook: 'title: x\nsteps:\n  - action: {type: fly}\n    timeout: soon\n',
  });
  expect(status).toBe(422);
  expect(body).toMatchObject({ code: 'invalid_runbook' });
  const errors = body.errors as { line: number; column: number; path: string; message: string }[];
  expect(errors.length).toBeGreaterThan(1);
  for (const { line, column, path, message } of errors)
    expect([typeof line, typeof column, typeof path, typeof message]).toEqual(['number', 'number', 'string', 'string']);
});

const withVariables = `${yaml('one')}
variables:
  user: {source: prompt, description: who logs in}
  password: {source: prompt, sensitive: true}
  town: {source: env, envKey: HOME_TOWN}
`;

test('missing inputs refuse the job before it starts, by name', async () => {
  const { status, body } = await bench.send('POST', '/api/jobs', { runbook: withVariables, inputs: { user: 'u' } });
  expect(status).toBe(422);
  expect(body).toMatchObject({ code: 'missing_inputs', errors: [{ path: 'variables.password' }] });
  const unknown = await bench.send('POST', '/api/jobs', {
    runbook: withVariables,
    inputs: { user: 'u', pasword: 'x' },
    secrets: { password: 'p' },
  });
  expect(unknown).toMatchObject({ status: 422, body: { code: 'invalid_request', errors: [{ path: 'inputs.pasword' }] } });
});

test('the value of a secret is in no answer, no row and no workflow input', async () => {
  const secret = 's3cr3t-4711';
  const started = await bench.send<JobDetail>('POST', '/api/jobs', {
    runbook: withVariables,
    inputs: { user: 'u' },
    secrets: { password: secret },
  });
  expect(started.body.inputs).toEqual([
    { name: 'user', value: 'u' },
    { name: 'password', value: null },
    { name: 'town', value: 'Bern' },
  ]);
  await until(started.body.id, 'completed');
  const { rows } = await bench.deps.database.pool.query('select header, input, search from jobs');
  expect(JSON.stringify([started.body, await bench.job(started.body.id), rows])).not.toContain(secret);
  expect((await bench.deps.database.pool.query('select * from job_values where job_id = $1', [started.body.id])).rowCount).toBe(0);
});

test('wrong fields are all named', async () => {
  const { status, body } = await bench.send('POST', '/api/jobs', { runbook: 7, inputs: { a: 1 }, version: 0, surprise: true });
  expect(status).toBe(400);
  expect((body.errors as { path: string }[]).map((error) => error.path).sort()).toEqual(['body', 'inputs.a', 'runbook', 'version']);
  expect(await bench.send('POST', '/api/jobs', {})).toMatchObject({ status: 400, body: { errors: [{ path: 'runbookId' }] } });
  expect(await bench.send('POST', '/api/jobs', { runbookId: 'none' })).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'runbookId' }] },
  });
});
