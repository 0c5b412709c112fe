import { expect, test } from 'vitest';
import { JobAction, JobStatus } from '../../src/contract/job.ts';
import { approval } from './job-events.ts';
import { allowedActions, decide } from '../../src/domain/decide.ts';

const job = (status: JobStatus, changes: { pausing?: boolean; cancelling?: boolean } = {}) => ({
  status,
  pausing: false,
  cancelling: false,
  ...changes,
});

test.each([
  ['scheduled', ['start_now', 'cancel']],
  ['queued', ['cancel']],
  ['running', ['pause', 'cancel']],
  ['waiting_for_approval', ['approve', 'reject', 'cancel']],
  ['paused', ['resume', 'cancel']],
  ['completed', []],
  ['failed', []],
  ['cancelled', []],
] as const)('a job that is %s allows %j', (status, allowed) => {
  expect(allowedActions(job(status))).toEqual(allowed);
});

test('a pause that waits for its step can be taken back', () => {
  expect(allowedActions(job('running', { pausing: true }))).toEqual(['resume', 'cancel']);
});

test('a job that is being cancelled takes no orders', () => {
  expect(allowedActions(job('running', { cancelling: true }))).toEqual([]);
});

test('what is allowed is accepted, and everything else is refused with status and what is allowed', () => {
  for (const status of JobStatus.options) {
    for (const action of JobAction.options) {
      const decision = decide(job(status), { action });
      expect(allowedActions(job(status)).includes(action)).toBe(decision.accepted);
      const allowed = allowedActions(job(status));
      if (allowed.includes(action)) expect(decision).toEqual({ accepted: true });
      else expect(decision).toMatchObject({ accepted: false, status, allowed });
    }
  }
});

test('a refusal says it in words', () => {
  expect(decide(job('paused'), { action: 'pause' })).toMatchObject({
    reason: 'pause is not possible while the job is paused; allowed now: resume, cancel',
  });
  expect(decide(job('completed'), { action: 'cancel' })).toMatchObject({
    reason: 'cancel is not possible while the job is completed; nothing can be asked of it any more',
  });
});

const asked = (changes: Partial<ReturnType<typeof approval>> = {}) => ({
  ...job('waiting_for_approval'),
  approval: approval('pay', changes),
});

test('an answer must name the ask that it answers', () => {
  expect(decide(asked(), { action: 'approve', approvalId: 'a-1' })).toEqual({ accepted: true });
  expect(decide(asked(), { action: 'approve' })).toMatchObject({ code: 'approval_id_missing' });
  expect(decide(asked({ approvalId: 'a-2' }), { action: 'reject', approvalId: 'a-1' })).toMatchObject({ code: 'approval_superseded' });
});

test('a bare signal answers the first ask only', () => {
  expect(decide(asked(), { action: 'approve', bare: true })).toEqual({ accepted: true });
  expect(decide(asked({ ask: 2 }), { action: 'approve', bare: true })).toMatchObject({ code: 'approval_id_missing' });
});

test('a question of outcome is answered by resolve alone, for that step and attempt', () => {
  const unknown = asked({ kind: 'outcome', attempt: 3 });
  expect(allowedActions(unknown)).toEqual(['resolve', 'cancel']);
  expect(decide(unknown, { action: 'approve', bare: true })).toMatchObject({
    code: 'action_not_allowed',
    reason: expect.stringContaining('resolve') as string,
  });
  expect(decide(unknown, { action: 'resolve', stepId: 'pay', attempt: 3, outcome: 'done' })).toEqual({ accepted: true });
  expect(decide(unknown, { action: 'resolve', stepId: 'pay', attempt: 2, outcome: 'done' })).toMatchObject({ code: 'approval_superseded' });
  expect(decide(unknown, { action: 'resolve', stepId: 'pay', attempt: 3 })).toMatchObject({ code: 'approval_id_missing' });
});

test('a yes after the deadline comes too late, a no does not', () => {
  const late = { approvalId: 'a-1', at: '2026-11-23T14:00:31.000Z' };
  const job = asked({ deadline: '2026-11-23T14:00:30.000Z', onTimeout: 'reject' });
  expect(decide(job, { action: 'approve', ...late })).toMatchObject({ code: 'approval_superseded' });
  expect(decide(job, { action: 'reject', ...late })).toEqual({ accepted: true });
  expect(decide(job, { action: 'approve', approvalId: 'a-1', at: '2026-11-23T14:00:29.000Z' })).toEqual({ accepted: true });
});

test('a wrong moment is told before a wrong ask', () => {
  expect(decide(job('running'), { action: 'approve', approvalId: 'a-9' })).toMatchObject({
    code: 'action_not_allowed',
    status: 'running',
    allowed: ['pause', 'cancel'],
  });
});
