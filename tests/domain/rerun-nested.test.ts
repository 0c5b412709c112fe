import { expect, test } from 'vitest';
import type { JobEventBody } from '../../src/contract/event.ts';
import type { JobState } from '../../src/contract/job.ts';
import { Runbook } from '../../src/contract/runbook.ts';
import { planSteps, summaries } from '../../src/domain/plan.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { rerunPlan } from '../../src/domain/rerun.ts';
import { keptValues } from '../../src/domain/rerun-values.ts';
import { at, created, numbered } from './job-events.ts';

const step = (id: string, more: object = {}) => ({
  ...{ id, ordinal: 0, description: `do ${id}` },
  action: 'loop' in more || 'branches' in more ? { type: 'memory' } : { type: 'wait', duration: 1 },
  ...more,
});
const click = { action: { type: 'click', selector: { innerText: 'Go' } } };
const fill = (value: string) => ({ action: { type: 'input', selector: { labelText: 'A' }, value } });
const take = (name: string) => ({ captures: [{ name, strategy: 'url' }] });
const append = (collection: string) => ({ memoryOperations: [{ type: 'append', collection }] });
const book = (...steps: object[]): Runbook => Runbook.parse({ title: 'A', settings: {}, steps });

const page = (id: string) => ({ url: `http://shop.test/${id}`, title: id });
type More = Partial<Extract<JobEventBody, { type: 'step.succeeded' }>>;
const ok = (stepId: string, second: number, more: More = {}): JobEventBody => ({
  ...{
    type: 'step.succeeded',
    stepId,
    startedAt: at(second),
    finishedAt: at(second),
    attempt: 1,
    retries: 0,
    captures: [],
    page: page(stepId),
  },
  ...more,
});
const bad = (stepId: string, code: 'timeout' | 'element_not_found' = 'timeout'): JobEventBody => ({
  ...{ type: 'step.failed', stepId, startedAt: at(50), finishedAt: at(50), attempt: 1, retries: 0 },
  error: { code, message: 'no', hint: 'look' },
});
const round = (stepId: string, iteration: number, total = 3): JobEventBody => ({
  type: 'loop.iterated',
  stepId,
  iteration,
  total,
  label: null,
});
const ended = (stepId: string): JobEventBody => ({ type: 'loop.ended', stepId, capped: false });
const skip = (because: 'condition' | 'branch' | 'not_reached' | 'cancelled' | 'no_iteration', ...stepIds: string[]): JobEventBody => ({
  ...{ type: 'steps.skipped', stepIds, because },
});
const over = (status: 'failed' | 'completed' | 'cancelled' = 'failed'): JobEventBody => ({ type: 'job.finished', status });

function stateOf(runbook: Runbook, ...events: JobEventBody[]): JobState {
  const first = { ...(created() as Extract<JobEventBody, { type: 'job.created' }>), steps: summaries(planSteps(runbook)) };
  return reduceAll(numbered(first, { type: 'job.started', host: 'h' }, ...events)) as JobState;
}
const planOf = (runbook: Runbook, state: JobState, from?: string) =>
  rerunPlan({ state, steps: planSteps(runbook), variables: runbook.variables, from });

const collecting = book(
  step('open', { action: { type: 'navigate', url: 'http://shop.test/' } }),
  step('each', {
    loop: { forEach: '{{list}}', indexVariable: 'n' },
    steps: [step('read', take('code')), step('pay', click), step('keep', { ...append('rows'), ...take('row') })],
  }),
  step('send', click),
  step('use', fill('{{code}}')),
);
const twice = [round('each', 0), ok('read', 2), ok('pay', 3), ok('keep', 4), round('each', 1), ok('read', 5), ok('pay', 6), ok('keep', 7)];
const valued = twice.map((event) =>
  event.type === 'step.succeeded' && event.stepId === 'read'
    ? { ...event, captures: [{ name: 'code', value: `at ${event.finishedAt}` }] }
    : event,
);

test('a loop that came to its end is kept as a whole, with what its last iteration left', () => {
  const state = stateOf(collecting, ok('open', 1), ...valued, ended('each'), bad('send'), skip('not_reached', 'use'), over());
  const plan = planOf(collecting, state, 'send');
  expect(plan).toMatchObject({ obstacles: [], openAt: 'http://shop.test/keep' });
  expect(plan.steps.map(({ id, depth, container, fate }) => [id, depth, container, fate])).toEqual([
    ['open', 0, undefined, 'kept'],
    ['each', 0, 'loop', 'kept'],
    ['read', 1, undefined, 'kept'],
    ['pay', 1, undefined, 'kept'],
    ['keep', 1, undefined, 'kept'],
    ['send', 0, undefined, 'runs'],
    ['use', 0, undefined, 'runs'],
  ]);
  expect(keptValues(planSteps(collecting), state, 2)).toEqual([{ name: 'code', value: `at ${at(5)}` }]);
});

test('done again, the steps that happen once inside a loop need a tick', () => {
  const state = stateOf(collecting, ok('open', 1), ...twice, ended('each'), bad('send'), skip('not_reached', 'use'), over());
  const ticks = planOf(collecting, state).steps.filter(({ needsTick }) => needsTick);
  expect(ticks.map(({ id, fate }) => [id, fate])).toEqual([
    ['pay', 'repeats'],
    ['send', 'runs'],
  ]);
});

test('a loop that was ended half way cannot be kept: the work goes on from the loop', () => {
  const state = stateOf(
    collecting,
    ok('open', 1),
    ...twice,
    round('each', 2),
    ok('read', 8),
    bad('pay'),
    skip('not_reached', 'keep', 'send', 'use'),
    over(),
  );
  const plan = planOf(collecting, state, 'send');
  expect(plan.obstacles[0]).toBe('step 2 (do each) failed, so it cannot be kept; begin there or before');
  expect(plan.suggestedFrom).toEqual({
    stepId: 'each',
    because: expect.stringContaining('step 4 (do pay) failed; it stands in step 2 (do each), which is done again as a whole') as string,
  });
  expect(planOf(collecting, state, 'each')).toMatchObject({ openAt: 'http://shop.test/open', obstacles: [] });
});

test('a loop within which the job was cancelled is not done, though every step in it has succeeded once', () => {
  const state = stateOf(
    collecting,
    ok('open', 1),
    ...twice,
    round('each', 2),
    skip('cancelled', 'read', 'pay', 'keep', 'send', 'use'),
    over('cancelled'),
  );
  expect(planOf(collecting, state, 'send').obstacles[0]).toBe(
    'step 2 (do each) was ended half way, in iteration 3 of 3, so it cannot be kept; begin there or before',
  );
  const ticks = planOf(collecting, state).steps.filter(({ needsTick }) => needsTick);
  expect(ticks.map(({ id }) => id)).toEqual(['pay']);
});

test('in the first iteration only the step that was going on may have acted', () => {
  const clicks = book(
    step('each', { loop: { condition: 'true' }, steps: [step('a', click), step('b', click), step('c', click)] }),
    step('d', click),
  );
  const state = stateOf(clicks, round('each', 0), ok('a', 2), skip('cancelled', 'b', 'c', 'd'), over('cancelled'));
  expect(
    planOf(clicks, state)
      .steps.filter(({ needsTick }) => needsTick)
      .map(({ id }) => id),
  ).toEqual(['a', 'b']);
});

test('a step that failed several times in a loop may have acted, whatever its last failure was', () => {
  const one = book(step('each', { loop: { condition: 'true' }, continueOnError: true, steps: [step('pay', click)] }));
  const failing = (times: number) => {
    const rounds = Array.from({ length: times }, (_, n) => [round('each', n), bad('pay', 'element_not_found')]).flat();
    return planOf(one, stateOf(one, ...rounds, ended('each'), over())).steps[1]?.needsTick;
  };
  expect([failing(1), failing(2)]).toEqual([false, true]);
});

const choosing = book(
  step('ask', take('kind')),
  step('choose', {
    branches: { variable: 'kind', cases: [{ match: 'a', steps: [step('as-a', click)] }], default: [step('other', click)] },
  }),
  step('after', { when: 'kind' }),
  step('end', click),
);
const took = [
  ok('ask', 1, { captures: [{ name: 'kind', value: 'a' }] }),
  { type: 'branch.taken', stepId: 'choose', value: 'a', match: 'a' } as const,
];

test('branches are done when the case that was taken is; what was left out needs neither keeping nor a tick', () => {
  const state = stateOf(choosing, ...took, skip('branch', 'other'), ok('as-a', 3), skip('condition', 'after'), bad('end'), over());
  expect(planOf(choosing, state, 'end')).toMatchObject({ obstacles: [], openAt: 'http://shop.test/as-a' });
  const ticks = planOf(choosing, state).steps.filter(({ needsTick }) => needsTick);
  expect(ticks.map(({ id }) => id)).toEqual(['as-a', 'end']);
});

test('branches that the job ended in are not done', () => {
  const state = stateOf(choosing, ...took, skip('branch', 'other'), skip('cancelled', 'as-a', 'after', 'end'), over('cancelled'));
  expect(planOf(choosing, state, 'after').obstacles).toEqual([expect.stringMatching(/^step 2 \(do choose\) was ended half way/)]);
  const sensitive = stateOf(
    choosing,
    ok('ask', 1, { captures: [{ name: 'kind', value: null }] }),
    skip('cancelled', 'choose', 'as-a', 'other', 'after', 'end'),
    over('cancelled'),
  );
  expect(planOf(choosing, sensitive, 'choose').obstacles).toEqual([
    expect.stringMatching(/^step 2 uses \{\{kind\}\}, which step 1 .* sensitive/),
  ]);
});

const reading = (...after: object[]) =>
  book(
    step('each', { loop: { forEach: '{{list}}', indexVariable: 'n' }, steps: [step('keep', { ...append('rows'), ...take('row') })] }),
    step('sum', { memoryOperations: [{ type: 'aggregate', collection: 'rows', operation: 'count' }] }),
    ...after,
  );
const lost = (...after: { id: string }[]): string[] => {
  const runbook = reading(...after);
  const events = [
    round('each', 0, 1),
    ok('keep', 2, { appended: { rows: 2 } }),
    ended('each'),
    ok('sum', 3, { captures: [{ name: 'rows_count', value: '2' }] }),
  ];
  return planOf(runbook, stateOf(runbook, ...events, skip('cancelled', ...after.map(({ id }) => id)), over('cancelled')), 'use').obstacles;
};

test.each<[string, object, RegExp | null]>([
  [
    'an export',
    { action: { type: 'export', exportCollection: 'rows' } },
    /^step 4 reads the collection rows, which step 2 \(do keep\) gave .*begin at step 1 or before$/,
  ],
  ['a loop over it', { loop: { forEach: 'collection:rows' }, steps: [step('in')] }, /^step 4 reads the collection rows/],
  ['a figure', { memoryOperations: [{ type: 'aggregate', collection: 'rows', operation: 'sum' }] }, /^step 4 reads the collection rows/],
  ['the item', fill('{{item}}'), /^step 4 uses \{\{item\}\}, which step 1 \(do each\) gave and which is kept only while a job runs/],
  ['the index', { when: 'n > 1' }, /^step 4 uses \{\{n\}\}/],
  ['a figure that was kept', fill('{{rows_count}}'), null],
  ['another collection', { action: { type: 'export', exportCollection: 'others' } }, null],
  ['a loop of its own', { loop: { forEach: '{{rows_count}}' }, steps: [step('in', fill('{{item}}'))] }, null],
])('what kept steps gathered is gone where it is read: %s', (_what, more, message) => {
  expect(lost({ ...step('use', more) })).toEqual(message === null ? [] : [expect.stringMatching(message)]);
});

test('what only a branch or a step with a condition gives again may still be missing after it', () => {
  const again = (more: object) => {
    const runbook = book(step('take', take('code')), step('use', more), step('last', fill('{{code}}')));
    const events = [
      ok('take', 1, { captures: [{ name: 'code', value: null }] }),
      skip('cancelled', 'use', 'in', 'last'),
      over('cancelled'),
    ];
    return planOf(runbook, stateOf(runbook, ...events), 'use').obstacles.length;
  };
  expect(again(take('code'))).toBe(0);
  expect(again({ ...take('code'), when: 'true' })).toBe(1);
  expect(again({ branches: { variable: 'x', cases: [{ match: 'a', steps: [step('in', take('code'))] }] } })).toBe(1);
});
