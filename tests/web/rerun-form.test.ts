import { describe, expect, it } from 'vitest';
import type { RerunPlan, RerunStep } from '../../src/contract/start.ts';
import {
  canBegin,
  changedOptions,
  consequenceOf,
  missingInputs,
  placeErrors,
  rerunBody,
  stepsToTick,
} from '../../web/src/components/rerun/rerun-form.ts';

const step = (id: string, ordinal: number, more: Partial<RerunStep>): RerunStep => ({
  ...{
    id,
    ordinal,
    description: id,
    action: 'click',
    effect: 'idempotent',
    status: 'succeeded',
    fate: 'repeats',
    needsTick: false,
    depth: 0,
  },
  ...more,
});
const plan: RerunPlan = {
  attempt: 2,
  from: 'sign-in',
  suggestedFrom: null,
  openAt: null,
  obstacles: [],
  steps: [
    step('pay-first', 1, { effect: 'once', fate: 'kept', needsTick: true }),
    step('sign-in', 2, {}),
    step('pay', 3, { effect: 'once', needsTick: true }),
    step('read', 4, { status: 'failed', fate: 'runs' }),
  ],
  inputs: [
    { name: 'month', required: true, sensitive: false, value: '2026-10' },
    { name: 'note', required: false, sensitive: false, value: 'urgent' },
    { name: 'tag', required: false, sensitive: false, value: null },
    { name: 'pin', required: true, sensitive: true, value: null },
  ],
};
const values = { month: '2026-11', note: '', tag: '', pin: '4711' };

describe('another attempt', () => {
  it('asks for a tick for each step that would happen once more, not for those that are kept', () => {
    expect(stepsToTick(plan).map((one) => one.id)).toEqual(['pay']);
  });

  it('sends what was filled in, secrets apart, an emptied value as empty, and only the ticks that count', () => {
    expect(rerunBody(plan, { from: 'sign-in', values, ticked: new Set(['pay', 'pay-first']) })).toEqual({
      from: 'sign-in',
      inputs: { month: '2026-11', note: '' },
      secrets: { pin: '4711' },
      repeat: ['pay'],
    });
  });

  it('of the whole job names no step', () => {
    expect(rerunBody(plan, { from: '', values, ticked: new Set() })).not.toHaveProperty('from');
  });

  it('lacks required values, the secret ones among them', () => {
    expect(missingInputs(plan, { ...values, month: '', pin: '' })).toEqual(['month', 'pin']);
    expect(missingInputs(plan, values)).toEqual([]);
  });

  it('tells what becomes of the steps', () => {
    expect(consequenceOf(plan)).toBe('Keeps 1 step, repeats 2, runs 1 not done yet.');
  });

  it('does not count loops, only the steps in them', () => {
    const loop = step('each', 5, { action: 'loop', container: 'loop' });
    const within = step('open', 6, { depth: 1, effect: 'once', needsTick: true });
    const nested = { ...plan, steps: [...plan.steps, loop, within] };
    expect(consequenceOf(nested)).toBe('Keeps 1 step, repeats 3, runs 1 not done yet.');
    expect(stepsToTick(nested).map((one) => one.id)).toEqual(['pay', 'open']);
  });

  it('sends options as a whole when they differ from those of the attempt before, and else none', () => {
    expect(changedOptions({ video: true, live: true }, { video: true })).toEqual({});
    expect(changedOptions(undefined, {})).toEqual({});
    expect(changedOptions({ video: true }, { trace: true })).toEqual({ options: { trace: true } });
    expect(changedOptions({ video: true, screenshots: 'always' }, {})).toEqual({ options: {} });
  });

  it('begins only at steps that stand in no other', () => {
    expect(canBegin(step('each', 5, { action: 'loop', container: 'loop' }))).toBe(true);
    expect(canBegin(step('open', 6, { depth: 1 }))).toBe(false);
  });
});

describe('a refusal', () => {
  it('is shown where it belongs', () => {
    const errors = [
      { path: 'inputs.month', message: 'no such month' },
      { path: 'secrets.pin', message: 'too short' },
      { path: 'repeat.pay', message: 'needs a tick' },
      { path: 'repeat', message: 'unknown step' },
      { path: '', message: 'no' },
      { path: 'options.video', message: 'not on this plan' },
    ];
    expect(placeErrors(plan, errors)).toEqual({
      inputs: { month: 'no such month', pin: 'too short' },
      steps: { pay: 'needs a tick' },
      rest: ['repeat: unknown step', 'no'],
      evidence: 'not on this plan',
    });
  });
});
