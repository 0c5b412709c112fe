import { expect, test } from 'vitest';
import type { StepErrorCode } from '../../src/contract/error.ts';
import type { JobState, StepState } from '../../src/contract/job.ts';
import { Runbook } from '../../src/contract/runbook.ts';
import { planSteps } from '../../src/domain/plan.ts';
import { mask } from '../../src/domain/redact.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { rerunPlan } from '../../src/domain/rerun.ts';
import { keptValues } from '../../src/domain/rerun-values.ts';
import { at, created, numbered } from './job-events.ts';

const button = { innerText: 'Go' };
const field = { labelText: 'A field' };
const open = { type: 'navigate', url: 'http://shop.test/' };
const click = { type: 'click', selector: button };
const fill = (value: string) => ({ type: 'input', selector: field, value });
const read = { type: 'wait', duration: 1 };
const take = (name: string) => [{ name, strategy: 'url' }];

type Raw = { id: string; action: object; captures?: object[]; [field: string]: unknown };
const runbook = (steps: Raw[], variables: object = {}): Runbook =>
  Runbook.parse({ title: 'A', settings: {}, variables, steps: steps.map((s, n) => ({ ordinal: n, description: `do ${s.id}`, ...s })) });

/** The job after these changes to its steps; a step that is not named has succeeded at its own address. */
function stateOf({ steps }: Runbook, changes: Record<string, Partial<StepState>> = {}, header: Partial<JobState> = {}): JobState {
  const state = reduceAll(numbered(created(...steps.map(({ id }) => id)))) as JobState;
  const ran = (step: StepState): StepState => ({
    ...step,
    status: 'succeeded',
    attempt: 1,
    page: { url: `http://shop.test/${step.id}`, title: step.id },
    captures: (steps.find(({ id }) => id === step.id)?.captures ?? []).map(({ name }) => ({ name, value: `the ${name}` })),
    ...changes[step.id],
  });
  return { ...state, status: 'failed', startedAt: at(2), steps: state.steps.map(ran), ...header };
}

const failedBy = (code: StepErrorCode): Partial<StepState> => ({ status: 'failed', error: { code, message: 'no', hint: 'look' } });
const pending: Partial<StepState> = { status: 'skipped', skippedBecause: 'not_reached', page: undefined, captures: [], attempt: 0 };

type Options = { changes?: Record<string, Partial<StepState>>; header?: Partial<JobState>; from?: string; wasParked?: boolean };
const planOf = (book: Runbook, { changes, header, from, wasParked }: Options = {}) =>
  rerunPlan({ state: stateOf(book, changes, header), steps: planSteps(book), variables: book.variables, from, wasParked });

const three = runbook([
  { id: 'open', action: open },
  { id: 'send', action: click },
  { id: 'look', action: read },
]);

test('without a step to begin at, everything is done again, and what happens once needs a tick when it was done', () => {
  const plan = planOf(three, { changes: { look: failedBy('timeout') } });
  expect(plan).toMatchObject({ attempt: 2, from: null, openAt: null, obstacles: [] });
  expect(plan.steps.map(({ id, fate, needsTick, status }) => [id, fate, needsTick, status])).toEqual([
    ['open', 'repeats', false, 'succeeded'],
    ['send', 'repeats', true, 'succeeded'],
    ['look', 'runs', false, 'failed'],
  ]);
});

test('steps before the beginning are kept, and the fresh browser opens the page that the last of them left', () => {
  const plan = planOf(three, { changes: { look: failedBy('timeout') }, from: 'look' });
  expect(plan).toMatchObject({ from: 'look', openAt: 'http://shop.test/send', obstacles: [] });
  expect(plan.steps.map(({ fate, needsTick }) => [fate, needsTick])).toEqual([
    ['kept', false],
    ['kept', false],
    ['runs', false],
  ]);
});

test('a step that opens an address needs no page before it', () => {
  const book = runbook([
    { id: 'one', action: read },
    { id: 'open', action: open },
  ]);
  expect(planOf(book, { from: 'open' })).toMatchObject({ openAt: null, obstacles: [] });
});

test('an unknown step is a RangeError', () => {
  expect(() => planOf(three, { from: 'nowhere' })).toThrow(RangeError);
});

test('attempts are counted from the first job on', () => {
  expect(planOf(three, { header: { rerunOf: { jobId: 'j-1', attempt: 4 } } }).attempt).toBe(5);
});

test.each([
  ['failed', failedBy('timeout'), 'failed'],
  ['skipped', pending, 'was skipped'],
  ['pending', { status: 'pending' as const }, 'was not carried out'],
])('a step that is %s cannot be kept, and the obstacle names it', (_what, change, words) => {
  expect(planOf(three, { changes: { send: change }, from: 'look' }).obstacles).toEqual([
    expect.stringContaining(`step 2 (do send) ${words}, so it cannot be kept`),
  ]);
});

test('a step that an earlier attempt did may be kept again; doing it again needs the tick again', () => {
  const changes = { send: { status: 'skipped', skippedBecause: 'kept' } as const, look: failedBy('timeout') };
  expect(planOf(three, { changes, from: 'look' }).obstacles).toEqual([]);
  expect(planOf(three, { changes, from: 'send' }).steps[1]).toMatchObject({ fate: 'repeats', needsTick: true });
});

test.each<[StepErrorCode, boolean]>([
  ['action_failed', true],
  ['outcome_unknown', true],
  ['browser_crashed', true],
  ['capture_failed', true],
  ['timeout', true],
  ['unknown', true],
  ['element_not_found', false],
  ['ambiguous', false],
  ['value_missing', false],
  ['rejected', false],
  ['session_lost', false],
])('a once step that failed with %s: it may have acted: %s', (code, needsTick) => {
  expect(planOf(three, { changes: { send: failedBy(code), look: pending } }).steps[1]).toMatchObject({ fate: 'runs', needsTick });
});

const clicks = runbook(['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, action: click })));
const cancelledStep: Partial<StepState> = { ...pending, skippedBecause: 'cancelled' };
const ticks = (options: Options): string[] =>
  planOf(clicks, options)
    .steps.filter(({ needsTick }) => needsTick)
    .map(({ id }) => id);

test('the step that was going on when the job was cancelled may have acted; those behind it did not', () => {
  const changes = { b: cancelledStep, c: cancelledStep, d: cancelledStep, e: cancelledStep };
  expect(ticks({ changes, header: { status: 'cancelled' } })).toEqual(['a', 'b']);
  expect(ticks({ changes: { a: cancelledStep, ...changes }, header: { status: 'cancelled', startedAt: undefined } })).toEqual([]);
});

test('nobody heard of the steps that were sent ahead when the workflow was terminated', () => {
  const error = { code: 'unknown' as const, message: 'the workflow was terminated', hint: 'look' };
  expect(ticks({ changes: { b: pending, c: pending, d: pending, e: pending }, header: { error } })).toEqual(['a', 'b', 'c', 'd']);
});

test('a step that waited for an approval when the job was cancelled did not act, nor did those behind it', () => {
  const approvals = [{ approvalId: 'x', kind: 'step' as const, ask: 1, askedAt: at(3), sentence: 'Click' }];
  const changes = { b: { ...cancelledStep, approvals }, c: cancelledStep, d: cancelledStep, e: cancelledStep };
  expect(ticks({ changes, header: { status: 'cancelled' } })).toEqual(['a']);
});

const reading = runbook(
  [
    { id: 'open', action: open, captures: take('total') },
    { id: 'script', action: { type: 'extract', script: '1' }, captures: take('code') },
    { id: 'again', action: read, captures: take('total') },
    { id: 'say', action: fill('{{total}} of {{code}}') },
    { id: 'tell', action: fill('{{ __extracted.length + total.length }}') },
  ],
  { code: { source: 'prompt', required: false } },
);

test('values of kept steps that are gone are obstacles where they are used, each named once', () => {
  const changes = {
    again: { captures: [{ name: 'total', value: 'a long…', truncated: true }] },
    script: { captures: [{ name: 'code', value: null }] },
  };
  expect(planOf(reading, { changes, from: 'say' }).obstacles).toEqual([
    expect.stringMatching(/^step 4 uses \{\{total\}\}, which step 3 \(do again\) gave and which is too long.*begin at step 3 or before$/),
    expect.stringMatching(/^step 4 uses \{\{code\}\}, which step 2 \(do script\) gave and which is sensitive/),
    expect.stringMatching(/^step 5 uses \{\{__extracted\}\}, which step 2 /),
  ]);
  expect(planOf(reading, { changes, from: 'again' }).obstacles.join()).not.toContain('{{total}}');
  expect(planOf(reading, { changes, from: 'script' }).obstacles).toEqual([]);
});

test('the last kept step that captured a name gives its value to the rerun', () => {
  const state = stateOf(reading, { again: { captures: [{ name: 'total', value: 'the second' }] } });
  const steps = planSteps(reading);
  expect(keptValues(steps, state, 3)).toEqual([
    { name: 'total', value: 'the second' },
    { name: 'code', value: 'the code' },
  ]);
  expect(keptValues(steps, state, 1)).toEqual([{ name: 'total', value: 'the total' }]);
  expect(keptValues(steps, stateOf(reading, { again: { captures: [{ name: 'total', value: null }] } }), 3)).toEqual([
    { name: 'code', value: 'the code' },
  ]);
});

test.each([`http://shop.test/?key=${mask}`, `http://shop.test/?key=${encodeURIComponent(mask)}`])(
  'a masked address is never opened: %s',
  (url) => {
    const plan = planOf(three, { changes: { send: { page: { url, title: '' } } }, from: 'look' });
    expect(plan).toMatchObject({ openAt: null, obstacles: [expect.stringContaining('holds a value that is not kept')] });
  },
);

test('an address that is not known, or that no step could open, is an obstacle; an empty page is none', () => {
  const from = (page: StepState['page']) => planOf(three, { changes: { send: { page } }, from: 'look' }).obstacles;
  expect(from(undefined)).toEqual([expect.stringContaining('it is not known where step 2')]);
  expect(from({ url: 'chrome-error://chromewebdata/', title: '' })).toHaveLength(1);
  expect(from({ url: 'about:blank', title: '' })).toEqual([]);
});

const bank = runbook(
  [
    { id: 'news', action: open },
    { id: 'log-in', action: open },
    { id: 'user', action: fill('ama') },
    { id: 'pin', action: fill('{{pin}}') },
    { id: 'enter', action: click },
    { id: 'accounts', action: open },
    { id: 'pay', action: click },
  ],
  { pin: { source: 'prompt', sensitive: true } },
);

test('after a log-in the work goes on from the page of the log-in, since a fresh browser is not logged in', () => {
  const suggested = planOf(bank, { changes: { pay: failedBy('action_failed') } }).suggestedFrom;
  expect(suggested).toEqual({
    stepId: 'log-in',
    because: expect.stringMatching(/step 7 \(do pay\) failed; a fresh browser is not logged in/),
  });
  expect(planOf(bank, { changes: { pay: failedBy('session_lost') } }).suggestedFrom?.because).toMatch(
    /^the log-in had expired when step 7/,
  );
});

test('an element that is missing after the browser was given back is read as an expired log-in', () => {
  const because = (wasParked: boolean) =>
    planOf(bank, { changes: { pay: failedBy('element_not_found') }, wasParked }).suggestedFrom?.because;
  expect(because(true)).toMatch(/^the log-in had expired/);
  expect(because(false)).toMatch(/^step 7 \(do pay\) failed/);
});

test('without a log-in the failed step itself is suggested', () => {
  expect(planOf(three, { changes: { look: failedBy('timeout') } }).suggestedFrom).toEqual({
    stepId: 'look',
    because: 'step 3 (do look) failed; the steps before are kept, and no log-in is among them that a fresh browser would have to repeat',
  });
});

test('what was typed on the page of the failed step is typed again', () => {
  const page = { url: 'http://shop.test/form', title: 'Form' };
  const form = runbook([
    { id: 'home', action: open },
    { id: 'form', action: open },
    { id: 'name', action: fill('Ama') },
    { id: 'send', action: click },
  ]);
  const changes = { form: { page }, name: { page }, send: { ...failedBy('timeout'), page } };
  expect(planOf(form, { changes }).suggestedFrom).toMatchObject({
    stepId: 'form',
    because: expect.stringContaining('since step 2 (do form)'),
  });
});

test('nothing is suggested when no step failed, or when values of kept steps are gone and there is no log-in', () => {
  expect(planOf(three).suggestedFrom).toBeNull();
  const gone = { say: failedBy('timeout'), script: { captures: [{ name: 'code', value: null }] } };
  expect(planOf(reading, { changes: gone }).suggestedFrom).toBeNull();
});

test('inputs that a person may set: sensitive and cut ones must be given again', () => {
  const book = runbook([{ id: 'a', action: read }], {
    plain: { source: 'prompt', description: 'A word' },
    pin: { source: 'prompt', sensitive: true, required: false },
    long: { source: 'prompt' },
    hidden: { source: 'prompt' },
    fixed: { source: 'fixed', value: 'f' },
    overruled: { source: 'fixed', value: 'f' },
    key: { source: 'fixed', value: 'k', sensitive: true },
  });
  const inputs = [
    { name: 'plain', value: 'word' },
    { name: 'pin', value: null },
    { name: 'long', value: `${'x'.repeat(2_000)}…` },
    { name: 'hidden', value: null },
    { name: 'fixed', value: 'f' },
    { name: 'overruled', value: null },
    { name: 'key', value: null },
  ];
  expect(planOf(book, { header: { inputs } }).inputs).toEqual([
    { name: 'plain', description: 'A word', required: true, sensitive: false, value: 'word' },
    { name: 'pin', description: undefined, required: false, sensitive: true, value: null },
    { name: 'long', description: undefined, required: true, sensitive: false, value: null },
    { name: 'hidden', description: undefined, required: true, sensitive: true, value: null },
    { name: 'overruled', description: undefined, required: true, sensitive: true, value: null },
  ]);
});
