import { describe, expect, it } from 'vitest';
import {
  approveLabel,
  deadlineWords,
  deedOf,
  endingOf,
  followsWords,
  isClaimed,
  iterationOf,
  markLabel,
  openQuestion,
  outcomeChoices,
  placeOf,
  shortDigest,
} from '../../web/src/components/approval/approval-words.ts';
import { segmentsOf } from '../../web/src/format/step-bar.ts';
import { succeeded } from '../domain/job-events.ts';
import { asked, askingJob, by, question } from './approvals.ts';
import { around, express, nestedJob } from './nested-jobs.ts';

const now = Date.parse('2026-11-23T14:00:00Z');
const later = (ms: number): string => new Date(now + ms).toISOString();

describe('a question', () => {
  it('is open while the job waits for its answer', () => {
    expect(openQuestion(askingJob(asked()))?.approvalId).toBe('a-1');
    expect(openQuestion(askingJob())).toBeUndefined();
    expect(openQuestion(undefined)).toBeUndefined();
  });

  it('is not open any more once it is answered, though its step has not run yet', () => {
    const job = askingJob(asked(), { type: 'approval.approved', ...by });
    expect(job.approval?.answer?.verdict).toBe('approved');
    expect(openQuestion(job)).toBeUndefined();
  });

  it('is shown between the two steps before and the two after', () => {
    const place = (id: string) => placeOf(askingJob(asked()).steps, id).map((step) => step.id);
    expect(place('c')).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(place('a')).toEqual(['a', 'b', 'c']);
    expect(place('f')).toEqual(['d', 'e', 'f']);
    expect(place('gone')).toEqual([]);
  });

  it('says what approving does', () => {
    expect(approveLabel(question())).toBe('Approve and click “Release payment”');
    expect(markLabel('step', 'click')).toBe('Will click here');
    expect(markLabel('step', 'input')).toBe('Will type here');
    expect(markLabel('outcome', 'click')).toBe('It was about this');
  });

  it('shows the beginning of a digest in groups', () => {
    expect(shortDigest('4f9c27d1b0e3a21e'.repeat(4))).toBe('4f9c 27d1 b0e3 a21e');
    expect(shortDigest('')).toBe('');
  });
});

describe('the deadline of a question', () => {
  it.each([
    [
      { deadline: later(1_633_000), onTimeout: 'reject' as const },
      { left: '27:13', then: 'left, then it is rejected', soon: true },
    ],
    [
      { deadline: later(76_080_000), onTimeout: 'cancel' as const },
      { left: '21 h 8 min', then: 'left, then the job is cancelled', soon: false },
    ],
    [
      { deadline: later(-1), onTimeout: 'cancel' as const },
      { left: '', then: 'The time is over: the job is cancelled', soon: true },
    ],
    [{}, { left: '', then: 'It waits for as long as it takes', soon: false }],
  ])('of %j is told as %j', (approval, words) => {
    expect(deadlineWords(approval, now)).toEqual(words);
  });
});

describe('a question of outcome', () => {
  const outcome = question({ kind: 'outcome', attempt: 2 });

  it('has three answers, each with what follows', () => {
    const choices = outcomeChoices(askingJob(asked(outcome)), outcome);
    expect(choices.map((choice) => choice.outcome)).toEqual(['done', 'again', 'failed']);
    expect(choices[0]?.consequence).toContain('step 4');
  });

  it('asks a second time before a step that happens once is run again', () => {
    const again = (effect: 'once' | 'idempotent') =>
      outcomeChoices(askingJob(asked(outcome)), { ...outcome, effect }).find((choice) => choice.outcome === 'again');
    expect(again('once')?.sure).toContain('twice');
    expect(again('idempotent')?.sure).toBeUndefined();
  });

  it('says that the job is completed when no step comes after', () => {
    const last = question({ kind: 'outcome', stepId: 'f', ordinal: 6 });
    expect(outcomeChoices(askingJob(asked(last)), last)[0]?.consequence).toContain('the job is completed');
  });
});

describe('a question inside a loop', () => {
  const job = nestedJob(succeeded('sign-in'), around(0, 12));

  it('says which time it is, and with what', () => {
    expect(iterationOf(job.steps, 'open')).toBe('Iteration 1 of 12: INV-1');
    expect(iterationOf(job.steps, 'sign-in')).toBe('');
  });

  it('is shown between steps that are carried out, not among those of other cases', () => {
    const taken = nestedJob(succeeded('sign-in'), around(0, 12), succeeded('open'), ...express, succeeded('rush'), succeeded('rush-more'));
    expect(placeOf(taken.steps, 'save').map(({ id }) => id)).toEqual(['rush', 'rush-more', 'save', 'sign-out']);
  });

  it('knows what follows: the next step, or the next time', () => {
    expect(followsWords(job.steps, 'open')).toBe('the job goes on with step 4');
    expect(followsWords(job.steps, 'save')).toBe('the loop goes on');
    expect(followsWords(job.steps, 'slow')).toBe('the job goes on with step 8');
    expect(followsWords(job.steps, 'sign-out')).toBe('the job is completed');
  });
});

describe('the end of a question, for those who looked at it', () => {
  it.each([
    [{ type: 'approval.approved' as const, ...by, comment: 'fine' }, 'Approved by Mei Tanaka · “fine”'],
    [{ type: 'approval.rejected' as const, ...by }, 'Rejected by Mei Tanaka'],
    [{ type: 'approval.expired' as const, approvalId: 'a-1', stepId: 'c', onTimeout: 'reject' as const }, 'Nobody answered in time'],
    [{ type: 'job.cancelling' as const, actor: 'Jonas' }, 'The job was cancelled by Jonas'],
  ])('%j is told as “%s”', (event, said) => {
    expect(endingOf(askingJob(asked(), event), 'a-1')).toBe(said);
  });

  it('is told of the question that was looked at, not of the newest', () => {
    const job = askingJob(
      asked(),
      { type: 'approval.approved', ...by },
      { type: 'approval.voided', approvalId: 'a-1', stepId: 'c', changes: [{ what: 'total', was: '1', now: '2' }] },
      asked(question({ approvalId: 'a-2', ask: 2 })),
      { type: 'approval.rejected', ...by, approvalId: 'a-2' },
    );
    expect(endingOf(job, 'a-1')).toContain('asked again');
    expect(endingOf(job, 'a-2')).toBe('Rejected by Mei Tanaka');
  });
});

describe('a decision in the list', () => {
  it('names who decided', () => {
    const sentence = 'Click “Book”';
    expect(deedOf({ verdict: 'approved', actor: 'Mei', sentence })).toEqual({ who: 'Mei', did: 'approved: Click “Book”' });
    expect(deedOf({ verdict: 'expired', actor: 'the deadline', sentence })).toEqual({
      who: 'Nobody',
      did: 'answered in time: Click “Book”',
    });
  });

  it('says of a person’s name alone that it is claimed', () => {
    const expired = askingJob(asked(), { type: 'approval.expired', approvalId: 'a-1', stepId: 'c', onTimeout: 'reject' });
    expect(isClaimed(expired.approval?.answer?.actor ?? '')).toBe(false);
    expect(isClaimed('Mei Tanaka')).toBe(true);
  });
});

it('a step that waits is seen in the bar of a long job', () => {
  expect(segmentsOf('sswp')).toEqual(['succeeded', 'succeeded', 'waiting', 'pending']);
  expect(segmentsOf(`${'s'.repeat(200)}w${'p'.repeat(199)}`)).toContain('waiting');
});
