import { expect, test } from 'vitest';
import type { JobEventBody } from '../../src/contract/event.ts';
import type { JobState } from '../../src/contract/job.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { toRow } from '../../src/domain/row.ts';
import { approval, at, created, failed, numbered, succeeded } from './job-events.ts';

const asked: JobEventBody[] = [
  created('one', 'pay', 'three'),
  { type: 'job.queued' },
  { type: 'job.started', host: 'local' },
  succeeded('one'),
  { type: 'approval.requested', approval: approval('pay') },
];
const answer = { approvalId: 'a-1', stepId: 'pay', actor: 'Mei', comment: 'fine' };
const after = (...bodies: JobEventBody[]): JobState => {
  const state = reduceAll(numbered(...bodies));
  if (!state) throw new Error('no state');
  return state;
};
const statuses = (state: JobState) => state.steps.map((step) => step.status);
const pay = (state: JobState) => state.steps[1];

test('a question waits for a person: the job, its step and its row say so', () => {
  const state = after(...asked);
  expect(state).toMatchObject({ status: 'waiting_for_approval', waitingSince: at(5) });
  expect(statuses(state)).toEqual(['succeeded', 'waiting', 'pending']);
  expect(toRow(state)).toMatchObject({
    bar: 'swp',
    line: 'Click “Release payment”',
    approval: { approvalId: 'a-1', ordinal: 1, sentence: 'Click “Release payment”' },
    actions: ['approve', 'reject', 'cancel'],
  });
});

test('an approved step runs, and keeps who approved it, with the digest', () => {
  const approved = after(...asked, { type: 'approval.approved', ...answer });
  expect(approved).toMatchObject({
    status: 'running',
    waitingSince: undefined,
    approval: { answer: { verdict: 'approved', actor: 'Mei' } },
  });
  expect(toRow(approved).approval).toBeNull();
  const done = after(...asked, { type: 'approval.approved', ...answer }, succeeded('pay'));
  expect(done.approval).toBeUndefined();
  expect(pay(done)?.approvals).toMatchObject([
    { approvalId: 'a-1', digest: 'd1', answer: { verdict: 'approved', actor: 'Mei', comment: 'fine' } },
  ]);
});

test('a rejected step fails, and its question is over', () => {
  const state = after(...asked, { type: 'approval.rejected', ...answer }, failed('pay'));
  expect(state.approval).toBeUndefined();
  expect(pay(state)).toMatchObject({ status: 'failed', approvals: [{ answer: { verdict: 'rejected' } }] });
});

test('a void approval is kept with what changed, and the next question takes its place', () => {
  const changes = [{ what: 'Amount', was: '100.00', now: '9.00' }];
  const again = approval('pay', { approvalId: 'a-2', ask: 2, changes });
  const state = after(
    ...asked,
    { type: 'approval.approved', ...answer },
    { type: 'approval.voided', approvalId: 'a-1', stepId: 'pay', changes },
    { type: 'approval.requested', approval: again },
  );
  expect(state).toMatchObject({ status: 'waiting_for_approval', approval: { approvalId: 'a-2', ask: 2 } });
  expect(pay(state)?.approvals).toMatchObject([{ answer: { verdict: 'void', actor: 'Mei' }, changes }, { approvalId: 'a-2' }]);
});

test('a parked job waits for a browser before it goes on', () => {
  const parked = after(...asked, { type: 'job.parked', url: 'https://bank.example/pay' });
  expect(parked).toMatchObject({ status: 'waiting_for_approval', parked: { at: at(6) }, host: undefined });
  const approved = after(...asked, { type: 'job.parked', url: '' }, { type: 'approval.approved', ...answer });
  expect(approved).toMatchObject({ status: 'queued', queuedAt: at(7) });
  expect(toRow(approved).line).toBe('Waits for a free browser, to go on at step 2');
  const back = after(
    ...asked,
    { type: 'job.parked', url: '' },
    { type: 'approval.approved', ...answer },
    { type: 'browser.restored', host: 'other', url: 'https://bank.example/pay' },
  );
  expect(back).toMatchObject({ status: 'running', host: 'other', parked: undefined, queuedAt: undefined });
  expect(statuses(back)).toEqual(['succeeded', 'running', 'pending']);
});

test('a question of outcome that is answered with run again leaves the step as if it had not been reached', () => {
  const unknown: JobEventBody = { type: 'approval.requested', approval: approval('pay', { kind: 'outcome', attempt: 1 }) };
  const before = asked.slice(0, 4);
  const again = after(...before, unknown, { type: 'outcome.resolved', ...answer, outcome: 'again' });
  expect(again).toMatchObject({ status: 'running', approval: undefined, lastCommand: { action: 'resolve' } });
  expect(pay(again)).toMatchObject({ status: 'running', approvals: [{ answer: { verdict: 'again' } }] });
});

test('a scheduled job shows when it starts, and is queued when it is started now', () => {
  const scheduled: JobEventBody[] = [created('one'), { type: 'job.scheduled', scheduledFor: at(59) }];
  expect(after(...scheduled)).toMatchObject({ status: 'scheduled', scheduledFor: at(59), queuedAt: undefined });
  const now = after(...scheduled, { type: 'job.started_now', actor: 'Mei' });
  expect(now).toMatchObject({ status: 'queued', queuedAt: at(3), lastCommand: { action: 'start_now', actor: 'Mei' } });
});

test('steps of an earlier attempt are kept, and the first one after them runs', () => {
  const rerunOf = { jobId: 'j-first', attempt: 2, from: 'pay' };
  const state = after(
    { ...created('one', 'pay'), rerunOf } as JobEventBody,
    { type: 'steps.skipped', stepIds: ['one'], because: 'kept' },
    { type: 'job.queued' },
    { type: 'job.started', host: 'local' },
  );
  expect(state).toMatchObject({ rerunOf, counts: { skipped: 1 } });
  expect(state.steps).toMatchObject([{ status: 'skipped', skippedBecause: 'kept' }, { status: 'running' }]);
});

test('nothing is waited for once the job has ended', () => {
  const state = after(...asked, { type: 'job.parked', url: '' }, { type: 'job.finished', status: 'cancelled' });
  expect(state).toMatchObject({ status: 'cancelled', approval: undefined, parked: undefined, waitingSince: undefined });
});
