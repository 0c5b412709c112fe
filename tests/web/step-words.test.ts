import { describe, expect, it } from 'vitest';
import type { StepState } from '../../src/contract/job.ts';
import { noteOf, skippedWords, tookOf } from '../../web/src/components/timeline/row-words.ts';
import { repairHints, triedWords } from '../../web/src/components/step/step-words.ts';
import { bytes } from '../../web/src/format/bytes.ts';
import { focusOf } from '../../web/src/composables/use-step-selection.ts';
import { hasProblem } from '../../web/src/composables/use-timeline.ts';
import { failed, succeeded } from '../domain/job-events.ts';
import { around, loopEnded, nestedJob } from './nested-jobs.ts';

const step = (over: Partial<StepState>): StepState => ({
  ...{
    id: 'a',
    ordinal: 1,
    description: 'do a',
    action: 'click',
    effect: 'once',
    status: 'succeeded',
    attempt: 1,
    retries: 0,
    captures: [],
  },
  ...over,
});
const error = { code: 'element_not_found' as const, message: 'There is no “Save”', hint: '' };

describe('a row', () => {
  it.each([
    ['condition', 'its condition did not hold'],
    ['branch', 'another case was taken'],
    ['no_iteration', 'the loop had nothing to do'],
    ['not_reached', 'not reached'],
  ] as const)('of a step that was skipped because of %s says “%s”', (skippedBecause, words) => {
    expect(tookOf(step({ status: 'skipped', skippedBecause }), 0)).toBe(words);
  });

  it('of branches without a case that matched says so', () => {
    expect(skippedWords({ skippedBecause: 'branch', container: 'branches' })).toBe('no case of it was taken');
  });

  it('does not tell the last iteration’s failure or time of a step that is still to come', () => {
    expect(noteOf(step({ status: 'pending', error }))).toBe('');
    expect(tookOf(step({ status: 'pending', durationMs: 400 }), 0)).toBe('');
    expect(noteOf(step({ status: 'failed', error }))).toBe('Element not found');
  });
});

describe('the details of a step', () => {
  it('say which selector should be mended', () => {
    expect(repairHints({ missed: ['id "x"', 'dataTestId "a "b""'], matchedBy: 'labelText' })).toEqual([
      'id “x” matched nothing; found by labelText',
      'dataTestId “a "b"” matched nothing; found by labelText',
    ]);
  });

  it('say how long something was looked for, unless nothing was', () => {
    expect(triedWords({ durationMs: 22_900, retries: 3, error })).toBe('after 22.9 s, 3 retries');
    expect(triedWords({ durationMs: 22_900, retries: 0, error: { ...error, code: 'rejected' } })).toBe('');
  });
});

describe('the step that matters', () => {
  it('is the one that failed, not the loop around it', () => {
    const over = nestedJob(succeeded('sign-in'), around(0, 2), failed('open'), loopEnded(), { type: 'job.finished', status: 'failed' });
    expect(over.steps.find(({ id }) => id === 'each')?.status).toBe('failed');
    expect(focusOf(over.steps)?.id).toBe('open');
  });

  it('is the one inside the loop that runs', () => {
    expect(focusOf(nestedJob(succeeded('sign-in'), around(0, 2)).steps)?.id).toBe('open');
    expect(focusOf(nestedJob(succeeded('sign-in')).steps)?.id).toBe('each');
  });

  it('stays the last one while the loop decides whether it goes around again', () => {
    const ended = ['rush', 'rush-more', 'slow', 'kind'];
    const job = nestedJob(
      succeeded('sign-in'),
      around(0, 2),
      succeeded('open'),
      { type: 'steps.skipped', stepIds: ended, because: 'branch' },
      succeeded('save'),
    );
    expect(focusOf(job.steps)?.id).toBe('save');
  });
});

describe('a problem', () => {
  it('is also a step that a weaker selector found, one that failed in an iteration, and a loop that was stopped', () => {
    expect(hasProblem(step({}))).toBe(false);
    expect(hasProblem(step({ missed: ['id "x"'] }))).toBe(true);
    expect(hasProblem(step({ troubles: [{ at: '2026-11-24T10:00:00Z', kind: 'console', text: 'TypeError' }] }))).toBe(true);
    expect(hasProblem(step({ runs: { succeeded: 3, failed: 1, skipped: 0 } }))).toBe(true);
    expect(hasProblem(step({ container: 'loop', loop: { begun: 100, failed: 0, capped: true, iterations: [] } }))).toBe(true);
  });

  it('is not told twice: a loop that failed with a step in it is none of its own', () => {
    expect(hasProblem(step({ container: 'loop', status: 'failed' }))).toBe(false);
    expect(hasProblem(step({ container: 'loop', status: 'failed', error }))).toBe(true);
  });
});

describe('a size', () => {
  it.each([
    [840, '840 B'],
    [184_200, '184 kB'],
    [999_700, '1.0 MB'],
    [2_450_000, '2.5 MB'],
    [3_200_000_000, '3.2 GB'],
  ])('of %d bytes is written %s', (n, text) => expect(bytes(n)).toBe(text));
});
