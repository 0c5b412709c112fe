import { describe, expect, it } from 'vitest';
import type { JobEventBody } from '../../src/contract/event.ts';
import type { Iteration, LoopState } from '../../src/contract/job.ts';
import { lineOf } from '../../src/domain/row.ts';
import {
  fineWords,
  iterationGroups,
  iterationWords,
  keptWords,
  loopPlace,
  loopParts,
  runsWords,
  takenWords,
} from '../../web/src/components/timeline/loop-words.ts';
import { failed, succeeded } from '../domain/job-events.ts';
import { around, express, nestedJob } from './nested-jobs.ts';

const notReached = (...stepIds: string[]): JobEventBody => ({ type: 'steps.skipped', stepIds, because: 'not_reached' });
const iteration = (index: number, status: Iteration['status']): Iteration => ({
  index,
  label: `INV-${index + 1}`,
  status,
  startedAt: '2026-11-23T14:00:00Z',
});
const loop = (over: Partial<LoopState>): LoopState => ({ begun: 0, failed: 0, iterations: [], ...over });

describe('the place in a loop', () => {
  it.each([
    ['running', loop({ begun: 3, total: 12 }), '3 of 12'],
    ['running', loop({ begun: 3 }), '3rd time'],
    ['running', loop({}), ''],
    ['succeeded', loop({ begun: 12, total: 12 }), '12 times'],
    ['succeeded', loop({ begun: 1 }), 'once'],
    ['succeeded', loop({ begun: 12_000 }), '12,000 times'],
    ['succeeded', loop({ total: 0 }), 'nothing to do'],
    ['failed', loop({ begun: 3, total: 12, failed: 1 }), '3 of 12'],
    ['failed', loop({ begun: 3, cut: true }), '3rd time'],
  ] as const)('of a %s loop, %j, is “%s”', (status, state, words) => expect(loopPlace({ status, loop: state })).toBe(words));

  it('names the item, when it may be shown', () => {
    const state = loop({ begun: 3, total: 12, iterations: [iteration(2, 'running')] });
    expect(iterationWords({ status: 'running', loop: state })).toBe('Iteration 3 of 12: INV-3');
    const masked = { ...state, iterations: [{ ...iteration(2, 'running'), label: null }] };
    expect(iterationWords({ status: 'running', loop: masked })).toBe('Iteration 3 of 12');
  });

  it('stands in the one line of a job that runs', () => {
    expect(lineOf(nestedJob(succeeded('sign-in'), around(0, 12)))).toBe('do open · 1 of 12');
    expect(lineOf(nestedJob(succeeded('sign-in'), around(0)))).toBe('do open · time 1');
    expect(lineOf(nestedJob())).toBe('do sign-in');
  });
});

describe('the iterations of a loop', () => {
  it('are put apart: what went well, what failed, what runs', () => {
    const job = nestedJob(succeeded('sign-in'), around(0, 3), failed('open'), around(1, 3), succeeded('open'), around(2, 3));
    const state = job.steps.find(({ id }) => id === 'each')?.loop;
    const groups = iterationGroups(state ?? loop({}));
    expect(groups.failed.map(({ index, failedStepId, message }) => [index, failedStepId, message])).toEqual([
      [0, 'open', 'There is no “Save”'],
    ]);
    expect([groups.fineCount, groups.failedCount, groups.running?.label]).toEqual([1, 1, 'INV-3']);
  });

  it('that failed inside branches name the step, not the branches', () => {
    const job = nestedJob(
      succeeded('sign-in'),
      around(0, 3),
      succeeded('open'),
      ...express,
      failed('rush'),
      notReached('rush-more', 'save'),
      around(1, 3),
    );
    const [first] = job.steps.find(({ id }) => id === 'each')?.loop?.iterations ?? [];
    expect(first).toMatchObject({ failedStepId: 'rush', message: 'There is no “Save”' });
  });

  it('that went well are one line', () => {
    expect(fineWords({ fineCount: 6, failedCount: 0 })).toBe('Iterations 1–6');
    expect(fineWords({ fineCount: 1, failedCount: 0 })).toBe('Iteration 1');
    expect(fineWords({ fineCount: 11_988, failedCount: 12 })).toBe('11,988 iterations went well');
  });

  it('of five are five segments', () => {
    const state = loop({ begun: 3, total: 5, iterations: [iteration(0, 'succeeded'), iteration(1, 'failed'), iteration(2, 'running')] });
    expect(loopParts(state).map(({ status }) => status)).toEqual(['succeeded', 'failed', 'running', 'pending', 'pending']);
  });

  it('of twelve thousand take the same room, by how many they are', () => {
    const state = loop({ begun: 6_000, total: 12_000, failed: 70, iterations: [iteration(7, 'failed'), iteration(5_999, 'running')] });
    expect(loopParts(state)).toEqual([
      { status: 'succeeded', share: 5_929 },
      { status: 'failed', share: 70 },
      { status: 'running', share: 1 },
      { status: 'pending', share: 6_000 },
    ]);
  });

  it('have no bar while nobody knows how many there are', () => {
    expect(loopParts(loop({ begun: 3 }))).toEqual([]);
  });

  it('are said to be a part when they are', () => {
    expect(keptWords(loop({ begun: 1, iterations: [iteration(0, 'succeeded')] }))).toBeUndefined();
    expect(keptWords(loop({ begun: 12_000, iterations: [iteration(11_999, 'succeeded')] }))).toContain('12,000');
  });
});

describe('what became of a step', () => {
  it('that ran often is counted', () => {
    expect(runsWords({ succeeded: 11, failed: 1, skipped: 0 })).toBe('succeeded 11, failed 1');
    expect(runsWords({ succeeded: 0, failed: 0, skipped: 0 })).toBe('not yet');
  });

  it('that chose a case is told with the value, unless that is secret', () => {
    expect(takenWords({ value: 'express', match: 'express' })).toBe('The value “express” matched the case “express”.');
    expect(takenWords({ value: 'letter', match: null })).toBe('The value “letter” matched no case, so the default was taken.');
    expect(takenWords({ value: null, match: 'vip' })).toBe('The value, which is not shown, matched the case “vip”.');
  });
});
