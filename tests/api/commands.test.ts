/** Every action at every moment, through HTTP, to jobs whose browser is a stub. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { JobDetail } from '../../src/contract/job.ts';
import { openApiBench, yaml, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
beforeAll(async () => {
  bench = await openApiBench();
});
afterAll(() => bench.close());

const until = (id: string, changes: object) =>
  vi.waitFor(async () => expect(await bench.job(id)).toMatchObject(changes), { timeout: 15_000, interval: 50 });
const post = (id: string, action: string, body: object = {}) => bench.send<JobDetail>('POST', `/api/jobs/${id}/${action}`, body);
const asked = async (id: string) => {
  await until(id, { status: 'waiting_for_approval' });
  return (await bench.job(id)).approval?.approvalId ?? '';
};
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

/** How to bring a job there, and what may be asked of it then. */
const moments: Record<string, { reach: () => Promise<string>; allowed: string[] }> = {
  scheduled: {
    reach: async () => (await bench.send<JobDetail>('POST', '/api/jobs', { runbook: yaml('one'), scheduledFor: inAnHour() })).body.id,
    allowed: ['start_now', 'cancel'],
  },
  running: { reach: async () => (await bench.start('hold')).id, allowed: ['pause', 'cancel'] },
  waiting_for_approval: { reach: async () => (await bench.start('ask')).id, allowed: ['approve', 'reject', 'cancel'] },
  paused: {
    reach: async () => {
      const { id } = await bench.start('hold');
      await until(id, { status: 'running' });
      await post(id, 'pause');
      return id;
    },
    allowed: ['resume', 'cancel'],
  },
  completed: { reach: async () => (await bench.start('one')).id, allowed: [] },
  failed: { reach: async () => (await bench.start('fail')).id, allowed: [] },
};
const bodies: Record<string, object> = {
  ...{ pause: {}, resume: {}, cancel: {}, start_now: {} },
  ...{ approve: { approvalId: 'x' }, reject: { approvalId: 'x' }, resolve: { stepId: 'one', attempt: 1, outcome: 'done' } },
};

test.each(Object.entries(moments))(
  'what is not possible while a job is %s is 409, with the status and what is',
  async (status, { reach, allowed }) => {
    const id = await reach();
    await until(id, { status, actions: allowed });
    for (const action of Object.keys(bodies).filter((each) => !allowed.includes(each))) {
      expect(await post(id, action.replace('_', '-'), bodies[action]), action).toMatchObject({
        status: 409,
        body: { code: 'action_not_allowed', jobStatus: status, allowed },
      });
    }
    expect(await bench.job(id)).toMatchObject({ status, actions: allowed });
    if (allowed.length > 0) expect((await post(id, 'cancel')).status).toBe(200);
  },
);

test('a job goes on after approve, which names who and what was answered', async () => {
  const { id } = await bench.start('one', 'ask', 'three');
  const approvalId = await asked(id);
  expect(await bench.job(id)).toMatchObject({
    approval: { kind: 'step', stepId: 'ask', evidence: { sentence: 'Click “Release payment”' } },
  });
  expect(bench.host(id).began).toEqual(['one']);
  const answer = await post(id, 'approve', { approvalId, actor: 'Ama', comment: 'fine' });
  expect(answer).toMatchObject({ status: 200, body: { id, lastCommand: { action: 'approve', actor: 'Ama', comment: 'fine' } } });
  await until(id, { status: 'completed' });
  expect((await bench.job(id)).steps[1]?.approvals).toMatchObject([{ approvalId, answer: { verdict: 'approved', actor: 'Ama' } }]);
});

test('reject fails the step, in the name of the api when nobody says who', async () => {
  const { id } = await bench.start('ask', 'two');
  expect((await post(id, 'reject', { approvalId: await asked(id) })).status).toBe(200);
  await until(id, { status: 'failed' });
  expect((await bench.job(id)).steps[0]).toMatchObject({ error: { code: 'rejected' }, approvals: [{ answer: { actor: 'api' } }] });
});

test('an answer must say what it answers', async () => {
  const { id } = await bench.start('ask');
  await asked(id);
  for (const action of ['approve', 'reject']) {
    expect(await post(id, action)).toMatchObject({ status: 400, body: { code: 'approval_id_missing', errors: [{ path: 'approvalId' }] } });
    expect(await post(id, action, { approvalId: '  ' })).toMatchObject({ status: 400 });
  }
  expect(await bench.job(id)).toMatchObject({ status: 'waiting_for_approval' });
  await post(id, 'cancel');
});

test('an answer to an older question is superseded, also when the page had changed meanwhile', async () => {
  const { id } = await bench.start('pay');
  const first = await asked(id);
  expect((await post(id, 'approve', { approvalId: first })).status).toBe(200);
  await until(id, { status: 'waiting_for_approval', approval: { ask: 2, changes: [{ what: 'amount', was: '10', now: '99' }] } });
  expect(await post(id, 'approve', { approvalId: first })).toMatchObject({
    status: 409,
    body: { code: 'approval_superseded', jobStatus: 'waiting_for_approval', allowed: ['approve', 'reject', 'cancel'] },
  });
  expect((await post(id, 'approve', { approvalId: await asked(id) })).status).toBe(200);
  await until(id, { status: 'completed' });
});

test('a step of unknown outcome is resolved by step and attempt; approve does not answer it', async () => {
  const { id } = await bench.start('lost', 'two');
  await until(id, { status: 'waiting_for_approval', approval: { kind: 'outcome', stepId: 'lost' }, actions: ['resolve', 'cancel'] });
  const { approval } = await bench.job(id);
  expect(await post(id, 'approve', { approvalId: approval?.approvalId })).toMatchObject({
    status: 409,
    body: { code: 'action_not_allowed', allowed: ['resolve', 'cancel'] },
  });
  expect(await post(id, 'resolve', { stepId: 'two', attempt: 1, outcome: 'done' })).toMatchObject({
    status: 409,
    body: { code: 'approval_superseded', allowed: ['resolve', 'cancel'] },
  });
  const answer = { stepId: 'lost', attempt: approval?.attempt ?? 1, outcome: 'again', actor: 'Ama' };
  expect(await post(id, 'resolve', answer)).toMatchObject({ status: 200, body: { lastCommand: { action: 'resolve', actor: 'Ama' } } });
  await until(id, { status: 'completed' });
});

test('wrong bodies are 400 and name the field', async () => {
  const { id } = await bench.start('ask');
  await asked(id);
  const wrong: [string, object, string][] = [
    ['pause', { approvalId: 'x' }, 'body'],
    ['approve', { approvalId: 7 }, 'approvalId'],
    ['approve', { approvalId: 'x'.repeat(101) }, 'approvalId'],
    ['reject', { approvalId: 'x', comment: 'x'.repeat(1_001) }, 'comment'],
    ['reject', { approvalId: 'x', actor: ['Ama'] }, 'actor'],
    ['start-now', { at: 'once' }, 'body'],
    ['resolve', { attempt: 1, outcome: 'done' }, 'stepId'],
    ['resolve', { stepId: 'ask', attempt: 0, outcome: 'done' }, 'attempt'],
    ['resolve', { stepId: 'ask', attempt: 1, outcome: 'maybe' }, 'outcome'],
  ];
  for (const [action, body, path] of wrong) {
    expect(await post(id, action, body), `${action} ${path}`).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ path }] },
    });
  }
  expect(await bench.send('POST', `/api/jobs/${id}/approve`, '[1')).toMatchObject({ status: 400 });
  expect(await bench.send('POST', `/api/jobs/${id}/approve`, [])).toMatchObject({ status: 400 });
  await post(id, 'cancel');
});

test('a job that does not exist is 404 for every action, whatever the body', async () => {
  for (const [action, body] of Object.entries(bodies))
    expect(await post('j-nothere', action.replace('_', '-'), body)).toMatchObject({ status: 404 });
});

test('one key is one approve, however often it is sent', async () => {
  const { id } = await bench.start('ask', 'hold');
  const approvalId = await asked(id);
  const send = () => bench.send('POST', `/api/jobs/${id}/approve`, { approvalId }, { 'idempotency-key': 'a-1' });
  expect((await Promise.all([send(), send(), send()])).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await send()).status).toBe(200);
  await until(id, { status: 'running' });
  expect((await bench.job(id)).notices.map((notice) => notice.text)).toEqual([
    expect.stringContaining('Asked at step 1'),
    'Approved by api',
  ]);
  await post(id, 'cancel');
});
