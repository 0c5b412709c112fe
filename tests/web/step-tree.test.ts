import { describe, expect, it } from 'vitest';
import type { JobState } from '../../src/contract/job.ts';
import {
  allKeys,
  keysAround,
  loopsAround,
  openByItself,
  spanOf,
  stepCount,
  treeOf,
  visibleSteps,
  type StepNode,
} from '../../web/src/components/timeline/step-tree.ts';
import { failed, succeeded } from '../domain/job-events.ts';
import { around, express, loopEnded, nestedJob } from './nested-jobs.ts';

/** "each[open kind{express:rush+rush-more -:slow} save]" */
function drawn(nodes: readonly StepNode[]): string {
  return nodes
    .map(({ step, inside, cases }) => {
      const within = inside.length > 0 ? `[${drawn(inside)}]` : '';
      const choices = cases.map((one) => `${one.match ?? '-'}:${drawn(one.nodes)}`).join(' | ');
      return `${step.id}${within}${choices ? `{${choices}}` : ''}`;
    })
    .join(' ');
}
const cases = (job: JobState) => treeOf(job.steps)[1]?.inside[1]?.cases.map(({ match, taken }) => [match, taken]);
const seen = (job: JobState): string[] => {
  const tree = treeOf(job.steps);
  const open = openByItself(tree);
  return visibleSteps(tree, (key) => open.has(key)).map(({ id }) => id);
};
const inSecond = [
  succeeded('sign-in'),
  around(0, 2),
  succeeded('open'),
  ...express,
  succeeded('rush'),
  succeeded('rush-more'),
  succeeded('save'),
];

describe('the tree of steps', () => {
  it('has the steps of a loop inside it, and those of branches by their case', () => {
    expect(drawn(treeOf(nestedJob().steps))).toBe('sign-in each[open kind{express:rush rush-more | -:slow} save] sign-out');
  });

  it('does not count what only decides', () => {
    expect(stepCount(treeOf(nestedJob().steps))).toBe(7);
  });

  it('knows which case was taken once that is decided', () => {
    expect(cases(nestedJob())).toEqual([
      ['express', undefined],
      [null, undefined],
    ]);
    expect(cases(nestedJob(succeeded('sign-in'), around(0, 2), succeeded('open'), ...express))).toEqual([
      ['express', true],
      [null, false],
    ]);
  });

  it('took no case when the branches were skipped as a whole', () => {
    const none = ['kind', 'rush', 'rush-more', 'slow'];
    const job = nestedJob(succeeded('sign-in'), around(0, 2), succeeded('open'), {
      type: 'steps.skipped',
      stepIds: none,
      because: 'branch',
    });
    expect(cases(job)).toEqual([
      ['express', false],
      [null, false],
    ]);
  });

  it('tells the cases of all iterations when the loop is over', () => {
    const second = [
      around(1, 2),
      succeeded('open'),
      { type: 'branch.taken' as const, stepId: 'kind', value: 'letter', match: null },
      { type: 'steps.skipped' as const, stepIds: ['rush', 'rush-more'], because: 'branch' as const },
      succeeded('slow'),
      succeeded('save'),
      loopEnded(),
    ];
    expect(cases(nestedJob(...inSecond, ...second))).toEqual([
      ['express', true],
      [null, true],
    ]);
  });
});

describe('folding', () => {
  it('shows where the job is, and of the cases the one that was taken', () => {
    const job = nestedJob(succeeded('sign-in'), around(0, 2), succeeded('open'), ...express);
    expect(seen(job)).toEqual(['sign-in', 'each', 'open', 'kind', 'rush', 'rush-more', 'save', 'sign-out']);
  });

  it('shows the steps of a loop before it begins, but no case', () => {
    expect(seen(nestedJob())).toEqual(['sign-in', 'each', 'open', 'kind', 'save', 'sign-out']);
  });

  it('folds a loop that went well', () => {
    const job = nestedJob(...inSecond, loopEnded());
    expect(seen(job)).toEqual(['sign-in', 'each', 'sign-out']);
  });

  it('leaves a loop open in which something failed, though it went on', () => {
    const job = nestedJob(
      succeeded('sign-in'),
      around(0, 2),
      failed('open'),
      { type: 'steps.skipped', stepIds: ['kind', 'rush', 'rush-more', 'slow', 'save'], because: 'not_reached' },
      around(1, 2),
      succeeded('open'),
      ...express,
      succeeded('rush'),
      succeeded('rush-more'),
      succeeded('save'),
      loopEnded(),
    );
    expect(seen(job)).toContain('open');
  });

  it('knows what must be unfolded for a step to be seen', () => {
    const tree = treeOf(nestedJob().steps);
    expect(keysAround(tree, 'slow')).toEqual(['each', 'kind', 'kind/case-1']);
    expect(keysAround(tree, 'sign-out')).toEqual([]);
    expect(allKeys(tree)).toEqual(['each', 'kind', 'kind/case-0', 'kind/case-1']);
  });

  it('knows the loops around a step', () => {
    const { steps } = nestedJob(succeeded('sign-in'), around(0, 2));
    expect(loopsAround(steps, 'rush').map(({ id }) => id)).toEqual(['each']);
    expect(loopsAround(steps, 'sign-in')).toEqual([]);
  });
});

describe('a list of many rows', () => {
  it('is drawn whole up to 200', () => {
    expect(spanOf({ from: 0, to: 0 }, 200, 150)).toEqual({ from: 0, to: 200 });
  });

  it('is drawn around the row that matters', () => {
    expect(spanOf({ from: 0, to: 0 }, 1_000, -1)).toEqual({ from: 0, to: 200 });
    expect(spanOf({ from: 0, to: 200 }, 1_000, 700)).toEqual({ from: 600, to: 800 });
    expect(spanOf({ from: 0, to: 200 }, 1_000, 999)).toEqual({ from: 800, to: 1_000 });
  });

  it('stays as it is while that row is among those drawn', () => {
    expect(spanOf({ from: 600, to: 900 }, 1_000, 890)).toEqual({ from: 600, to: 900 });
  });
});
