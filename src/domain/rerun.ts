/** Another attempt of a job: what is kept, what is done again, and why that may be impossible. */
import type { JobState, LoopState } from '../contract/job.ts';
import type { RerunPlan, RerunStep } from '../contract/start.ts';
import type { Runbook, Variable } from '../contract/runbook.ts';
import type { PlannedStep } from '../contract/step-task.ts';
import { placed, summaries } from './plan.ts';
import { mask } from './redact.ts';
import { mayHaveActed } from './rerun-effects.ts';
import { isBegun, isDone, isLeftOut, nameOf, pageAfter, statesOf, type States } from './rerun-steps.ts';
import { suggestBegin } from './rerun-suggestion.ts';
import { lostValues } from './rerun-values.ts';
import { isGiven } from './resolve-inputs.ts';

type RerunSource = {
  /** of the attempt before; steps that it had kept bear what the one before it captured */
  state: JobState;
  steps: readonly PlannedStep[];
  variables: Readonly<Record<string, Variable>>;
  dataSource?: Runbook['dataSource'];
  /** id of a step that stands in no other; absent: everything is done */
  from?: string;
  /** its browser was given back at least once while it waited */
  wasParked?: boolean;
};

/** Names of the values that nobody may see: declared so, or given as secrets. */
function secretNames({ state, variables }: Pick<RerunSource, 'state' | 'variables'>): ReadonlySet<string> {
  const declared = Object.entries(variables).filter(([, variable]) => variable.sensitive);
  const given = state.inputs.filter(({ value }) => value === null);
  return new Set([...declared.map(([name]) => name), ...given.map(({ name }) => name)]);
}

/** @throws RangeError when the job has no step `from` */
function beginOf({ steps, from }: Pick<RerunSource, 'steps' | 'from'>): number {
  if (from === undefined) return 0;
  const begin = steps.findIndex(({ id }) => id === from);
  if (begin === -1) throw new RangeError(`there is no step ${from}`);
  return begin;
}

type Known = { states: States; kept: boolean; acted: ReadonlySet<string> };

const statusOf = (id: string, states: States): RerunStep['status'] => states.get(id)?.status ?? 'pending';
const fateOf = (step: PlannedStep, states: States): RerunStep['fate'] => (isBegun(step, states) ? 'repeats' : 'runs');

/** The step and those inside it: all of them are kept, or none. */
function planStep(top: PlannedStep, { states, kept, acted }: Known): RerunStep[] {
  const inside = placed([top]);
  return summaries([top]).map(({ id, ordinal, description, action, effect, depth = 0, container }, index) => {
    return {
      ...{ id, ordinal, description, action, effect, depth, ...(container && { container }) },
      status: statusOf(id, states),
      fate: kept ? 'kept' : fateOf(inside[index]?.step ?? top, states),
      needsTick: effect === 'once' && !kept && acted.has(id),
    };
  });
}

/** Undefined: it can be kept. */
function whyUndone(step: PlannedStep, states: States): string | undefined {
  if (isDone(step, states)) return undefined;
  const { status = 'pending', loop, taken } = states.get(step.id) ?? {};
  if (status === 'failed') return 'failed';
  if (status === 'succeeded' || loop || taken) return `was ended half way${loop ? iterationOf(loop) : ''}`;
  return status === 'skipped' ? 'was skipped' : 'was not carried out';
}

const iterationOf = ({ begun, total }: LoopState): string => `, in iteration ${begun}${total === undefined ? '' : ` of ${total}`}`;

function unkeepable(steps: readonly PlannedStep[], states: States): string[] {
  return steps.flatMap((step) => {
    const what = whyUndone(step, states);
    return what === undefined ? [] : [`${nameOf(step)} ${what}, so it cannot be kept; begin there or before`];
  });
}

const masked = (url: string): boolean => url.includes(mask) || url.includes(encodeURIComponent(mask));

type Opening = { openAt: string | null; obstacle?: string };

/** A step that was left out, or a loop without anything to do, has not changed where the page is. */
const movesNothing = (step: PlannedStep, states: States): boolean => {
  const state = states.get(step.id);
  return state !== undefined && (isLeftOut(state) || (step.bodies !== undefined && pageAfter(step, states) === undefined));
};

/** Where the fresh browser is taken, so that the first step finds what the kept ones left. */
function opening(steps: readonly PlannedStep[], states: States, begin: number): Opening {
  if (steps[begin]?.action.type === 'navigate' && steps[begin].when === undefined) return { openAt: null };
  const last = steps.slice(0, begin).findLast((step) => !movesNothing(step, states));
  if (!last || !isDone(last, states)) return { openAt: null };
  return openingAt(pageAfter(last, states)?.url, `where ${nameOf(last)} left the page`);
}

function openingAt(url: string | undefined, where: string): Opening {
  const remedy = 'begin at a step that opens an address';
  if (url === 'about:blank') return { openAt: null };
  if (url === undefined || !/^https?:/.test(url)) return { openAt: null, obstacle: `it is not known ${where}; ${remedy}` };
  if (masked(url)) return { openAt: null, obstacle: `the address ${where} holds a value that is not kept; ${remedy}` };
  return { openAt: url };
}

/** Shown values are cut at 2,000 characters and end so. */
const isCut = (value: string): boolean => value.length >= 2_000 && value.endsWith('…');

function inputsOf({ state, variables, dataSource }: RerunSource): RerunPlan['inputs'] {
  const shown = new Map(state.inputs.map(({ name, value }) => [name, value]));
  return Object.entries(variables).flatMap(([name, variable]) => {
    const { source, description, required, sensitive } = variable;
    const value = shown.get(name);
    const asSecret = value === null && (!sensitive || source === 'expression');
    if (!isGiven(name, variable, { dataSource }) && !asSecret) return [];
    const usable = typeof value === 'string' && !sensitive && !isCut(value);
    return [{ name, description, required, sensitive: sensitive || asSecret, value: usable ? value : null }];
  });
}

/** @throws RangeError when the job has no step `from` */
export function rerunPlan(source: RerunSource): RerunPlan {
  const { state, steps, from } = source;
  const begin = beginOf(source);
  const states = statesOf(state);
  const acted = mayHaveActed(state);
  const { openAt, obstacles } = beginning(source, begin);
  return {
    attempt: (state.rerunOf?.attempt ?? 1) + 1,
    from: from ?? null,
    suggestedFrom: suggestBegin({ ...source, secrets: secretNames(source), obstacles: (at) => beginning(source, at).obstacles }),
    steps: steps.flatMap((step, index) => planStep(step, { states, kept: index < begin, acted })),
    openAt,
    obstacles,
    inputs: inputsOf(source),
  };
}

function beginning({ state, steps }: RerunSource, begin: number): { openAt: string | null; obstacles: string[] } {
  const states = statesOf(state);
  const { openAt, obstacle } = opening(steps, states, begin);
  const lost = lostValues(steps, state, begin);
  return { openAt, obstacles: [...unkeepable(steps.slice(0, begin), states), ...lost, ...(obstacle === undefined ? [] : [obstacle])] };
}
