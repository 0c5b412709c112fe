import { expect, test } from 'vitest';
import type { JobEventBody } from '../../src/contract/event.ts';
import type { JobState, PlannedStepSummary } from '../../src/contract/job.ts';
import { detailsOf } from '../../src/domain/details.ts';
import { currentStep } from '../../src/domain/nesting.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { barOf, lineOf } from '../../src/domain/row.ts';
import { created, failed, numbered, succeeded } from './job-events.ts';

type Nested = Partial<PlannedStepSummary> & { id: string };

const planned = (steps: Nested[]): JobEventBody => {
  const job = created();
  if (job.type !== 'job.created') throw new Error('no job');
  return {
    ...job,
    steps: steps.map((step, index) => ({ ordinal: index + 1, description: `do ${step.id}`, action: 'click', effect: 'once', ...step })),
  };
};

const looped: Nested[] = [{ id: 'first' }, { id: 'each', container: 'loop' }, { id: 'x', depth: 1 }, { id: 'y', depth: 1 }, { id: 'last' }];
const started: JobEventBody = { type: 'job.started', host: 'h' };
const iterated = (iteration: number, more: object = {}): JobEventBody => ({
  ...{ type: 'loop.iterated', stepId: 'each', iteration, label: `item ${iteration}` },
  ...more,
});
const ended: JobEventBody = { type: 'loop.ended', stepId: 'each', capped: false };

function after(steps: Nested[], ...bodies: JobEventBody[]): JobState {
  const state = reduceAll(numbered(planned(steps), started, ...bodies));
  if (!state) throw new Error('no job');
  return state;
}
const statuses = (state: JobState): string => state.steps.map(({ status }) => status[0]).join('');

test('inside a loop the loop and the step that is carried out both run, and nothing behind them', () => {
  const state = after(looped, succeeded('first'), iterated(0, { total: 2 }), succeeded('x'));
  expect(statuses(state)).toBe('srsrp');
  expect(currentStep(state.steps)?.id).toBe('y');
  expect(lineOf(state)).toBe('do y · 1 of 2');
});

test('between two iterations the loop itself is what runs', () => {
  const state = after(looped, succeeded('first'), iterated(0), succeeded('x'), succeeded('y'));
  expect(currentStep(state.steps)?.id).toBe('each');
  expect(statuses(state)).toBe('srssp');
});

test('a new iteration makes its steps pending again and keeps what they had done', () => {
  const state = after(looped, succeeded('first'), iterated(0), succeeded('x'), failed('y'), iterated(1));
  expect(statuses(state)).toBe('srrpp');
  expect(state.steps[3]).toMatchObject({ runs: { succeeded: 0, failed: 1, skipped: 0 }, error: { code: 'element_not_found' } });
  expect(state.counts).toMatchObject({ total: 4, succeeded: 2, failed: 1 });
});

test('a job that is cancelled in the middle of an iteration has not succeeded with what was cut off', () => {
  const state = after(
    looped,
    ...[succeeded('first'), iterated(0), succeeded('x'), succeeded('y'), iterated(1), succeeded('x')],
    { type: 'steps.skipped', stepIds: ['y', 'last'], because: 'cancelled' },
    { type: 'job.finished', status: 'cancelled' },
  );
  const [, loop, x, y] = state.steps;
  expect(loop).toMatchObject({ status: 'skipped', skippedBecause: 'cancelled', loop: { begun: 2, failed: 0, cut: true } });
  expect(loop?.loop?.iterations).toMatchObject([
    { status: 'succeeded' },
    { status: 'skipped', message: 'The job ended in the middle of it.' },
  ]);
  expect(x).toMatchObject({ status: 'succeeded', runs: { succeeded: 2, failed: 0, skipped: 0 } });
  expect(y).toMatchObject({ status: 'skipped', skippedBecause: 'cancelled', runs: { succeeded: 1, failed: 0, skipped: 1 } });
  expect(state.counts).toMatchObject({ total: 4, succeeded: 2, failed: 0, skipped: 2 });
});

test('a job that is cancelled between two iterations has succeeded with the last one, though not with the loop', () => {
  const state = after(
    looped,
    ...[succeeded('first'), iterated(0), succeeded('x'), succeeded('y')],
    { type: 'steps.skipped', stepIds: ['last'], because: 'cancelled' },
    { type: 'job.finished', status: 'cancelled' },
  );
  expect(state.steps[1]).toMatchObject({
    status: 'skipped',
    skippedBecause: 'cancelled',
    loop: { cut: true, iterations: [{ status: 'succeeded' }] },
  });
  expect(state.steps[3]).toMatchObject({ status: 'succeeded' });
});

test('no figure of a job falls while a loop goes around', () => {
  const bodies = [succeeded('first'), iterated(0), succeeded('x'), succeeded('y'), iterated(1), succeeded('x'), succeeded('y'), ended];
  const figures = bodies.map((_, nth) => after(looped, ...bodies.slice(0, nth + 1)).counts.succeeded);
  expect(figures).toEqual([...figures].sort((a, b) => a - b));
});

test('a step that failed in one iteration has failed, however well the later ones went', () => {
  const state = after(
    looped,
    succeeded('first'),
    iterated(0),
    failed('x'),
    succeeded('y'),
    iterated(1),
    succeeded('x'),
    succeeded('y'),
    ended,
  );
  expect(statuses(state)).toBe('sffsr');
  expect(state.steps[2]?.runs).toEqual({ succeeded: 1, failed: 1, skipped: 0, whole: true });
  expect(state.steps[1]?.loop?.iterations.map(({ status }) => status)).toEqual(['failed', 'succeeded']);
});

test('selector retries of all iterations are counted', () => {
  const state = after(looped, succeeded('first'), iterated(0), succeeded('x'), succeeded('y'), iterated(1), succeeded('x'));
  expect(state.steps[2]?.retries).toBe(4);
  expect(state.counts.retries).toBe(8);
});

test('a loop of twelve thousand iterations takes no more room than one of two hundred', () => {
  const run = (times: number): JobState => {
    const bodies = [...Array(times).keys()].flatMap((index) => [
      iterated(index),
      succeeded('x'),
      index % 3 === 0 ? failed('y') : succeeded('y'),
    ]);
    return after(looped, succeeded('first'), ...bodies, ended);
  };
  const [short, long] = [run(200), run(12_000)];
  expect(long.steps[1]?.loop).toMatchObject({ begun: 12_000, failed: 4_000 });
  expect(long.steps[1]?.loop?.iterations).toHaveLength(100);
  expect(JSON.stringify(long).length).toBeLessThan(JSON.stringify(short).length * 1.1);
});

test('a job that is stopped inside a loop tells what was not reached, and its loop has failed', () => {
  const state = after(
    looped,
    succeeded('first'),
    iterated(0),
    failed('x'),
    { type: 'steps.skipped', stepIds: ['y', 'last'], because: 'not_reached' },
    { type: 'job.finished', status: 'failed' },
  );
  expect(state.steps.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'failed', 'skipped', 'skipped']);
  expect(state.steps[1]?.loop?.iterations[0]).toMatchObject({ status: 'failed', failedStepId: 'x', message: 'There is no “Save”' });
});

test('branches end with the last step of the case that was taken', () => {
  const steps: Nested[] = [
    { id: 'which', container: 'branches' },
    { id: 'a', depth: 1, branch: 'A' },
    { id: 'b', depth: 1, branch: null },
    { id: 'last' },
  ];
  const state = after(
    steps,
    { type: 'branch.taken', stepId: 'which', value: 'A', match: 'A' },
    { type: 'steps.skipped', stepIds: ['b'], because: 'branch' },
    succeeded('a'),
  );
  expect(state.steps.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'skipped', 'running']);
  expect(state.counts).toMatchObject({ total: 3, succeeded: 1, skipped: 1 });
});

test('the bar has a letter for each step, and none for what only decides', () => {
  expect(barOf(after(looped, succeeded('first'), iterated(0)).steps)).toBe('srpp');
});

test('rows that steps add to collections are summed up', () => {
  const append = (rows: number): JobEventBody => ({
    ...(succeeded('x') as JobEventBody & { type: 'step.succeeded' }),
    appended: { orders: rows },
  });
  expect(after(looped, iterated(0), append(2), iterated(1), append(3)).collections).toEqual({ orders: 5 });
});

test('the table for the Web UI tells how often a loop has gone around, and what is inside it', () => {
  const details = detailsOf(after(looped, succeeded('first'), iterated(0, { total: 7 })), null);
  expect(details).toContain('| 2 | do each (1 of 7) |');
  expect(details).toContain('| 3 | · do x |');
});
