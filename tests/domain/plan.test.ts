import { expect, test } from 'vitest';
import { Runbook } from '../../src/contract/runbook.ts';
import { placed, planSteps, summaries } from '../../src/domain/plan.ts';

const selector = { id: 'a' };
const step = (id: string, action: object, more: object = {}): object => ({ id, ordinal: 9, description: id, action, ...more });
const runbook = (steps: object[], more: object = {}): Runbook =>
  Runbook.parse({ title: 'A', settings: { defaultTimeout: 4_000 }, steps, ...more });

test('fills in timeout, retries, effect and continueOnError, and keeps what is given', () => {
  const [first, second] = planSteps(
    runbook([
      step('a', { type: 'click', selector }),
      step('b', { type: 'click', selector }, { timeout: 1, retries: 0, effect: 'read', continueOnError: true }),
    ]),
  );
  expect(first).toMatchObject({ timeout: 4_000, retries: 3, effect: 'once', continueOnError: false });
  expect(second).toMatchObject({ timeout: 1, retries: 0, effect: 'read', continueOnError: true });
});

test.each([
  [{ type: 'navigate', url: '/' }, 'read'],
  [{ type: 'wait', text: 'x' }, 'read'],
  [{ type: 'hover', selector }, 'read'],
  [{ type: 'scroll' }, 'read'],
  [{ type: 'extract', script: '1' }, 'read'],
  [{ type: 'input', selector, value: '' }, 'idempotent'],
  [{ type: 'select', selector, value: '' }, 'idempotent'],
  [{ type: 'click', selector }, 'once'],
  [{ type: 'key', key: 'Enter' }, 'once'],
])('the effect of %j is %s', (action, effect) => {
  expect(planSteps(runbook([step('a', action)]))[0]?.effect).toBe(effect);
});

test('a wait may take as long as it says, and a second more', () => {
  const timeouts = planSteps(
    runbook([
      step('a', { type: 'wait', duration: 9_000 }),
      step('b', { type: 'wait', duration: 10 }),
      step('c', { type: 'wait', duration: 9_000 }, { timeout: 5 }),
    ]),
  );
  expect(timeouts.map((s) => s.timeout)).toEqual([10_000, 4_000, 10_000]);
});

test('the start page is a first step with an id of its own, and ordinals are positions from 1', () => {
  const steps = planSteps(
    runbook([step('start', { type: 'scroll' }), step('start-2', { type: 'scroll' })], { metadata: { startUrl: '/in' } }),
  );
  expect(steps.map((s) => [s.ordinal, s.id])).toEqual([
    [1, 'start-3'],
    [2, 'start'],
    [3, 'start-2'],
  ]);
  expect(steps[0]).toMatchObject({
    description: 'Open the start page',
    action: { type: 'navigate', url: '/in' },
    effect: 'read',
    captures: [],
  });
});

test('without a start page there is no such step', () => {
  expect(planSteps(runbook([step('a', { type: 'scroll' })], { metadata: { goal: 'g' } })).map((s) => s.id)).toEqual(['a']);
});

const nested = [step('n1', { type: 'click', selector }), step('n2', { type: 'click', selector })];
const outline = (steps: ReturnType<typeof planSteps>): string[] =>
  summaries(steps).map(({ id, ordinal, action, depth = 0 }) => `${ordinal} ${'-'.repeat(depth)}${id} ${action}`);

test("a loop's own action comes last in every iteration, as a step of its own", () => {
  const plan = planSteps(
    runbook([step('each', { type: 'click', selector }, { loop: { forEach: '{{list}}' }, steps: nested }), step('z', { type: 'memory' })]),
  );
  expect(outline(plan)).toEqual(['1 each loop', '2 -n1 click', '3 -n2 click', '4 -each.action click', '5 z memory']);
  expect(plan[0]).toMatchObject({ effect: 'read', loop: { maxIterations: 100 } });
});

test('a loop without an action of its own has only its steps', () => {
  const plan = planSteps(runbook([step('each', { type: 'memory' }, { loop: { condition: 'more', maxIterations: 3 }, steps: nested })]));
  expect(outline(plan)).toEqual(['1 each loop', '2 -n1 click', '3 -n2 click']);
});

test("the own action of branches comes before them, and both stand under the step's condition", () => {
  const branches = { variable: 'v', cases: [{ match: 'a', steps: [nested[0]] }], default: [nested[1]] };
  const plan = planSteps(runbook([step('b', { type: 'extract', script: '1' }, { branches, when: 'x' })]));
  expect(outline(plan)).toEqual(['1 b.action extract', '2 b branches', '3 -n1 click', '4 -n2 click']);
  expect(plan.map(({ when }) => when)).toEqual(['x', 'x']);
  expect(summaries(plan).map(({ branch }) => branch)).toEqual([undefined, undefined, 'a', null]);
});

test('ids that the plan makes are free, whatever the runbook calls its steps', () => {
  const taken = [step('each.action', { type: 'memory' }), step('start', { type: 'memory' })];
  const plan = planSteps(
    runbook([...taken, step('each', { type: 'click', selector }, { loop: { forEach: 'l' }, steps: nested })], {
      metadata: { startUrl: 'https://a.example' },
    }),
  );
  const ids = outline(plan).map((line) => line.split(' ')[1]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the action of a while loop comes only when its condition still holds: it leads to the next iteration', () => {
  const plan = planSteps(runbook([step('l', { type: 'click', selector }, { loop: { condition: '{{more}}' }, steps: nested })]));
  expect(plan[0]?.bodies?.[0]?.at(-1)).toMatchObject({ id: 'l.action', when: '{{more}}' });
});

const capturing = (id: string, name: string): object =>
  step(id, { type: 'memory' }, { captures: [{ name, strategy: 'evaluate', expression: '1' }] });

test.each([
  ['captured only inside the loop', [], true],
  ['captured before the loop too', [capturing('before', 'more')], undefined],
])('a condition on what is %s', (_, before, atLeastOnce) => {
  const loop = step('l', { type: 'memory' }, { loop: { condition: '{{more}}' }, steps: [capturing('in', 'more')] });
  expect(planSteps(runbook([...before, loop])).at(-1)?.loop?.atLeastOnce).toBe(atLeastOnce);
});

test('which pictures are kept goes for everything inside that does not say otherwise', () => {
  const inside = (id: string, more: object = {}): object => step(id, { type: 'scroll' }, more);
  const branches = {
    variable: 'kind',
    cases: [{ match: 'x', steps: [inside('case')] }],
    default: [inside('rest', { screenshot: 'always' })],
  };
  const steps = [
    inside('before'),
    step(
      'loop',
      { type: 'click', selector },
      {
        screenshot: 'never',
        loop: { forEach: 'list' },
        steps: [inside('plain'), inside('own', { screenshot: 'failure' }), step('choice', { type: 'memory' }, { branches })],
      },
    ),
    step('other', { type: 'memory' }, { screenshot: 'change', branches }),
    inside('after'),
  ];
  expect(placed(planSteps(runbook(steps))).flatMap(({ step: one }) => (one.bodies ? [] : [[one.id, one.screenshot]]))).toEqual([
    ['before', undefined],
    ['plain', 'never'],
    ['own', 'failure'],
    ['case', 'never'],
    ['rest', 'always'],
    ['loop.action', 'never'],
    ['case', 'change'],
    ['rest', 'always'],
    ['after', undefined],
  ]);
});
