import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ApprovalList } from '../../src/contract/lists.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
beforeAll(async () => {
  bench = await openApiBench();
});
afterAll(() => bench.close());

const list = async (): Promise<ApprovalList> => ApprovalList.parse((await bench.get('/api/approvals')).body);
const asked = async (...steps: string[]): Promise<{ id: string; approvalId: string }> => {
  const { id } = await bench.start(...steps);
  await vi.waitFor(async () => expect(await bench.job(id)).toMatchObject({ status: 'waiting_for_approval' }), { timeout: 15_000 });
  return { id, approvalId: (await bench.job(id)).approval?.approvalId ?? '' };
};
const waitingFor = (ids: string[]) =>
  vi.waitFor(async () => expect((await list()).waiting.map(({ id }) => id)).toEqual(ids), { timeout: 10_000 });

test('what waits comes oldest first, what was decided newest first', async () => {
  expect(await list()).toEqual({ waiting: [], decided: [] });
  const first = await asked('ask');
  const second = await asked('one', 'pay');
  const third = await asked('lost');
  const { id: paused } = await bench.start('hold');
  await vi.waitFor(async () => expect((await bench.send('POST', `/api/jobs/${paused}/pause`, {})).status).toBe(200));
  await waitingFor([first.id, second.id, third.id]);
  expect((await list()).waiting).toMatchObject([
    {
      status: 'waiting_for_approval',
      approval: { approvalId: first.approvalId, kind: 'step', sentence: 'Click “Release payment”', ask: 1 },
    },
    { approval: { approvalId: second.approvalId, ordinal: 2 } },
    { actions: ['resolve', 'cancel'], approval: { kind: 'outcome', stepId: 'lost' } },
  ]);

  await bench.send('POST', `/api/jobs/${first.id}/reject`, { approvalId: first.approvalId, actor: 'Ama', comment: 'not today' });
  await waitingFor([second.id, third.id]);
  await bench.send('POST', `/api/jobs/${second.id}/approve`, { approvalId: second.approvalId, actor: 'Ben' });
  await vi.waitFor(async () => expect((await bench.job(second.id)).approval).toMatchObject({ ask: 2 }), { timeout: 10_000 });
  await waitingFor([third.id, second.id]);
  await bench.send('POST', `/api/jobs/${third.id}/resolve`, { stepId: 'lost', attempt: 1, outcome: 'done' });
  await waitingFor([second.id]);

  const { decided } = await list();
  const sentence = 'Click “Release payment”';
  expect(decided).toMatchObject([
    { jobId: third.id, title: 'A test', verdict: 'done', actor: 'api' },
    { jobId: second.id, verdict: 'void', actor: 'Ben', sentence },
    { jobId: second.id, verdict: 'approved', actor: 'Ben', sentence },
    { jobId: first.id, verdict: 'rejected', actor: 'Ama', comment: 'not today', sentence },
  ]);
  expect(decided[0]?.sentence).not.toBe('');
});

test('it cannot be changed', async () => {
  expect(await bench.send('POST', '/api/approvals', {})).toMatchObject({ status: 405 });
});
