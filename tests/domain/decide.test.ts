import { expect, test } from 'vitest';
import { JobAction, JobStatus } from '../../src/contract/job.ts';
import { allowedActions, decide } from '../../src/domain/decide.ts';

const job = (status: JobStatus, changes: { pausing?: boolean; cancelling?: boolean } = {}) => ({
  status,
  pausing: false,
  cancelling: false,
  ...changes,
});

test.each([
  ['scheduled', ['cancel']],
  ['queued', ['cancel']],
  ['running', ['pause', 'cancel']],
  ['waiting_for_approval', ['cancel']],
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
