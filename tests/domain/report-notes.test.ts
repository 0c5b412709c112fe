import { expect, test } from 'vitest';
import type { JobEventBody } from '../../src/contract/event.ts';
import type { JobState } from '../../src/contract/job.ts';
import { ExecutionReport } from '../../src/contract/report.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { reportOf } from '../../src/domain/report.ts';
import { spell } from '../../src/domain/report-notes.ts';
import { approval, at, created, failed, numbered, succeeded } from './job-events.ts';

const report = (...bodies: JobEventBody[]): ExecutionReport => {
  const state = reduceAll(numbered(...bodies)) as JobState;
  return ExecutionReport.parse(reportOf(state, '', { now: at(60), artifacts: [], understudy: '0.1.0' }));
};
type Succeeded = Extract<JobEventBody, { type: 'step.succeeded' }>;
const atOnce = (stepId: string, changes: Partial<Succeeded> = {}): JobEventBody => ({
  ...(succeeded(stepId) as Succeeded),
  retries: 0,
  ...changes,
});
const started = (...ids: string[]): JobEventBody[] => [created(...ids), { type: 'job.started', host: 'local' }];
const over = (status: 'completed' | 'failed' | 'cancelled'): JobEventBody => ({ type: 'job.finished', status });
const skip = (because: Extract<JobEventBody, { type: 'steps.skipped' }>['because'], ...stepIds: string[]): JobEventBody => ({
  type: 'steps.skipped',
  stepIds,
  because,
});

test.each<[string, JobEventBody[]]>([
  ['All 2 steps succeeded.', [...started('one', 'two'), atOnce('one'), atOnce('two'), over('completed')]],
  ['The one step succeeded; one element needed a second look.', [...started('one'), succeeded('one'), over('completed')]],
  [
    '1 of 3 steps succeeded; 1 step was kept from an earlier attempt; 1 was left out by the runbook’s own conditions; 1 step was carried out again.',
    [...started('one', 'two', 'three'), skip('kept', 'one'), atOnce('two', { attempt: 2 }), skip('condition', 'three'), over('completed')],
  ],
  [
    'Step 1 failed: There is no “Save”. 2 steps were not reached.',
    [...started('one', 'two', 'three'), failed('one'), skip('not_reached', 'two', 'three'), over('failed')],
  ],
  [
    '2 steps failed, the first of them step 1: There is no “Save”.',
    [...started('one', 'two'), failed('one'), failed('two'), over('failed')],
  ],
  [
    'The job failed: No browser.',
    [created('one'), { ...over('failed'), error: { code: 'unknown', message: 'No browser', hint: '' } } as JobEventBody],
  ],
  [
    'Cancelled by Ama: “wrong invoice”. 1 of 2 steps had succeeded.',
    [
      ...started('one', 'two'),
      atOnce('one'),
      { type: 'job.cancelling', actor: 'Ama', comment: 'wrong invoice' },
      skip('cancelled', 'two'),
      over('cancelled'),
    ],
  ],
  ['Not over: 1 of 2 steps ended so far. Do two.', [...started('one', 'two'), atOnce('one')]],
])('the outcome reads: %s', (sentence, events) => {
  expect(report(...events).outcome.toLowerCase()).toBe(sentence.toLowerCase());
});

test('an approval is told with who, when, the comment and how long it took; what it approved had not changed', () => {
  const told = report(
    ...started('pay'),
    { type: 'approval.requested', approval: approval('pay', { askedAt: at(3) }) },
    { type: 'approval.approved', approvalId: 'a-1', stepId: 'pay', actor: 'Ama', comment: 'seen' },
    atOnce('pay'),
    over('completed'),
  );
  expect(told.notes).toEqual([
    {
      ...{ at: at(4), kind: 'approval', title: 'Approved by Ama', stepId: 'pay' },
      detail: 'Step 1: Click “Release payment” · answered after 1 s · “seen” · nothing had changed when it was carried out',
    },
  ]);
  expect(told.steps[0]?.approvals).toMatchObject([{ answer: { actor: 'Ama', verdict: 'approved' } }]);
});

test('an approval of a page that changed says what was different, and the second question that it was the second', () => {
  const told = report(
    ...started('pay'),
    { type: 'approval.requested', approval: approval('pay') },
    { type: 'approval.approved', approvalId: 'a-1', stepId: 'pay', actor: 'Ama' },
    { type: 'approval.voided', approvalId: 'a-1', stepId: 'pay', changes: [{ what: 'Amount', was: '100.00', now: null }] },
    { type: 'approval.requested', approval: approval('pay', { approvalId: 'a-2', ask: 2, askedAt: at(6) }) },
    { type: 'approval.rejected', approvalId: 'a-2', stepId: 'pay', actor: 'Bo' },
    failed('pay'),
    over('failed'),
  );
  expect(told.notes.filter(({ kind }) => kind === 'approval')).toMatchObject([
    { title: 'Approved by Ama, but the page was not the same any more', detail: expect.stringContaining('Amount: 100.00 → not shown') },
    { title: 'Rejected by Bo', detail: 'Step 1: Click “Release payment” · asked for the second time · answered after 1 s' },
  ]);
});

test.each<[JobEventBody, string]>([
  [{ type: 'approval.expired', approvalId: 'a-1', stepId: 'pay', onTimeout: 'reject' }, 'Nobody answered in time'],
  [over('cancelled'), 'Asked; the job ended without an answer'],
])('a question without a person’s answer is told, too', (event, title) => {
  const asked: JobEventBody = { type: 'approval.requested', approval: approval('pay') };
  expect(report(...started('pay'), asked, event).notes).toMatchObject([{ kind: 'approval', title, stepId: 'pay' }]);
});

test('pauses, the way of the browser, refused commands and warnings are told in order of time', () => {
  const told = report(
    ...started('one'),
    { type: 'job.pausing', actor: 'Ama' },
    { type: 'job.paused' },
    { type: 'job.parked', url: 'http://x.test/' },
    { type: 'command.refused', action: 'pause', actor: 'Bo', reason: 'it is paused' },
    { type: 'job.resumed', actor: 'Bo', comment: 'go on' },
    { type: 'browser.restored', host: 'local', url: 'http://x.test/' },
    { type: 'evidence.missing', what: ['The film of this stretch is missing.'] },
  );
  expect(told.notes.map(({ kind, title }) => [kind, title])).toEqual([
    ['command', 'Pause asked by Ama'],
    ['command', 'Paused'],
    ['restored', 'Parked: its browser is free for other jobs while it waits'],
    ['command', 'pause by Bo was refused: it is paused'],
    ['command', 'Resumed by Bo · “go on”'],
    ['restored', 'Back on its page, on browser host local'],
    ['warning', 'The film of this stretch is missing.'],
  ]);
  expect(told.missing).toEqual(['The film of this stretch is missing.']);
  expect(told.warnings).toEqual([]);
});

test('steps that were repeated, looked for again or kept say why', () => {
  const told = report(
    { ...(created('one', 'two', 'three') as object), rerunOf: { jobId: 'j-0', attempt: 2 } } as JobEventBody,
    { type: 'job.started', host: 'local' },
    skip('kept', 'one', 'two'),
    { ...(succeeded('three') as Succeeded), attempt: 3, missed: ['id "old"'] },
  );
  expect(told.notes).toEqual([
    {
      ...{ at: at(2), kind: 'kept', title: 'Steps 1 to 2 were kept: an earlier attempt did them' },
      detail: 'This is attempt 2; job j-0 or one before it did them.',
    },
    {
      ...{ at: at(12), kind: 'repeated', stepId: 'three', title: 'Step 3 was carried out again (attempt 3)' },
      detail: 'The attempt before did not come to an end: it was interrupted, or its worker or browser was lost.',
    },
    {
      ...{ at: at(12), kind: 'retried', stepId: 'three', title: 'Step 3 looked for its element 2 more times' },
      detail: 'do three · found by id · not by id "old"',
    },
  ]);
});

test('a step that a person said to run again says so', () => {
  const question = approval('pay', { kind: 'outcome', attempt: 1 });
  const told = report(
    ...started('pay'),
    { type: 'approval.requested', approval: question },
    { type: 'outcome.resolved', approvalId: 'a-1', stepId: 'pay', outcome: 'again', actor: 'Ama' },
    atOnce('pay', { attempt: 2 }),
  );
  expect(told.notes).toMatchObject([
    { kind: 'approval', title: '“Run it again” said by Ama' },
    { kind: 'repeated', detail: expect.stringContaining('a person said to run it again') },
  ]);
});

test('a step tells where it was and what went wrong in the page meanwhile', () => {
  const page = { url: 'http://x.test/', title: 'X' };
  const troubles = [{ at: at(11), kind: 'console' as const, text: 'boom' }];
  expect(report(...started('one'), atOnce('one', { page, troubles })).steps[0]).toMatchObject({
    page,
    troubles,
    startedAt: at(10),
    finishedAt: at(12),
  });
});

test.each([
  [999, 'less than a second'],
  [42_000, '42 s'],
  [192_000, '3 min 12 s'],
  [7_500_000, '2 h 5 min'],
])('%i ms are spelled %s', (ms, text) => {
  expect(spell(ms)).toBe(text);
});
