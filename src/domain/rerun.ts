/** Another attempt of a job: what is kept, what is done again, and why that may be impossible. */
import type { JobState, StepState } from '../contract/job.ts';
import type { RerunPlan, RerunStep } from '../contract/start.ts';
import type { Variable } from '../contract/runbook.ts';
import type { PlannedStep } from '../contract/step-task.ts';
import { mask } from './redact.ts';
import { mayHaveActed } from './rerun-effects.ts';
import { suggestBegin } from './rerun-suggestion.ts';
import { lostValues } from './rerun-values.ts';

type RerunSource = {
  /** of the attempt before; steps that it had kept bear what the one before it captured */
  state: JobState;
  steps: readonly PlannedStep[];
  variables: Readonly<Record<string, Variable>>;
  /** step id; absent: everything is done */
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

const done = (step: StepState | undefined): boolean => step?.status === 'succeeded' || step?.skippedBecause === 'kept';

/** @throws RangeError when the job has no step `from` */
function beginOf({ steps, from }: Pick<RerunSource, 'steps' | 'from'>): number {
  if (from === undefined) return 0;
  const begin = steps.findIndex(({ id }) => id === from);
  if (begin === -1) throw new RangeError(`there is no step ${from}`);
  return begin;
}

function planStep(step: PlannedStep, known: { state: StepState | undefined; kept: boolean; acted: boolean }): RerunStep {
  const { id, ordinal, description, action, effect } = step;
  const fate = known.kept ? 'kept' : done(known.state) ? 'repeats' : 'runs';
  const status = known.state?.status ?? 'pending';
  return {
    id,
    ordinal,
    description,
    action: action.type,
    effect,
    depth: 0,
    status,
    fate,
    needsTick: effect === 'once' && !known.kept && known.acted,
  };
}

const undone: Partial<Record<StepState['status'], string>> = { failed: 'failed', skipped: 'was skipped' };

function unkeepable(steps: readonly PlannedStep[], states: ReadonlyMap<string, StepState>): string[] {
  return steps.flatMap(({ id, ordinal, description }) => {
    const state = states.get(id);
    if (done(state)) return [];
    const what = undone[state?.status ?? 'pending'] ?? 'was not carried out';
    return [`step ${ordinal} (${description}) ${what}, so it cannot be kept; begin there or before`];
  });
}

const masked = (url: string): boolean => url.includes(mask) || url.includes(encodeURIComponent(mask));

type Opening = { openAt: string | null; obstacle?: string };

/** Where the fresh browser is taken, so that the first step finds what the kept ones left. */
function opening(steps: readonly PlannedStep[], states: ReadonlyMap<string, StepState>, begin: number): Opening {
  const last = steps[begin - 1];
  const left = last && states.get(last.id);
  if (!last || !done(left) || steps[begin]?.action.type === 'navigate') return { openAt: null };
  return openingAt(left?.page?.url, `where step ${last.ordinal} (${last.description}) left the page`);
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

function inputsOf({ state, variables }: RerunSource): RerunPlan['inputs'] {
  const shown = new Map(state.inputs.map(({ name, value }) => [name, value]));
  return Object.entries(variables).flatMap(([name, { source, description, required, sensitive }]) => {
    const value = shown.get(name);
    const asSecret = value === null && (!sensitive || source === 'expression');
    if (source !== 'prompt' && !asSecret) return [];
    const usable = typeof value === 'string' && !sensitive && !isCut(value);
    return [{ name, description, required, sensitive: sensitive || asSecret, value: usable ? value : null }];
  });
}

/** @throws RangeError when the job has no step `from` */
export function rerunPlan(source: RerunSource): RerunPlan {
  const { state, steps, from } = source;
  const begin = beginOf(source);
  const states = new Map(state.steps.map((step) => [step.id, step]));
  const acted = mayHaveActed(state);
  const { openAt, obstacles } = beginning(source, begin);
  return {
    attempt: (state.rerunOf?.attempt ?? 1) + 1,
    from: from ?? null,
    suggestedFrom: suggestBegin({ ...source, secrets: secretNames(source), obstacles: (at) => beginning(source, at).obstacles }),
    steps: steps.map((step, index) => planStep(step, { state: states.get(step.id), kept: index < begin, acted: acted.has(step.id) })),
    openAt,
    obstacles,
    inputs: inputsOf(source),
  };
}

function beginning({ state, steps }: RerunSource, begin: number): { openAt: string | null; obstacles: string[] } {
  const states = new Map(state.steps.map((step) => [step.id, step]));
  const { openAt, obstacle } = opening(steps, states, begin);
  const lost = lostValues(steps, state, begin);
  return { openAt, obstacles: [...unkeepable(steps.slice(0, begin), states), ...lost, ...(obstacle === undefined ? [] : [obstacle])] };
}
