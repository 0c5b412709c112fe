/** What an attempt has made of its steps, those inside others included. A rerun keeps or repeats the outermost ones as a whole. */
import type { JobState, PageRef, StepState } from '../contract/job.ts';
import type { PlannedStep } from '../contract/step-task.ts';
import { placed } from './plan.ts';

export type States = ReadonlyMap<string, StepState>;
export const statesOf = ({ steps }: JobState): States => new Map(steps.map((step) => [step.id, step]));

/** Nobody has missed it: its condition did not hold, or the runbook went another way. */
export const isLeftOut = ({ skippedBecause }: StepState): boolean =>
  skippedBecause === 'condition' || skippedBecause === 'branch' || skippedBecause === 'no_iteration';

export const hasHappened = (state: StepState | undefined): boolean => state?.status === 'succeeded' || state?.skippedBecause === 'kept';

/** The step and all that is in it are done, or were left out; a loop has come to its end. */
export const isDone = (step: PlannedStep, states: States): boolean =>
  placed([step]).every(({ step: each }) => {
    const state = states.get(each.id);
    return state !== undefined && !state.loop?.cut && (hasHappened(state) || isLeftOut(state));
  });

/** It was done at least in part. */
export const isBegun = (step: PlannedStep, states: States): boolean =>
  placed([step]).some(({ step: each }) => !each.bodies && hasHappened(states.get(each.id)));

/** Steps in the order in which they ended; of those inside a loop the last time counts. */
export function inOrder(steps: readonly PlannedStep[], states: States): { step: PlannedStep; state: StepState; top: PlannedStep }[] {
  const all = steps.flatMap((top) =>
    placed([top]).flatMap(({ step }) => {
      const state = states.get(step.id);
      return state ? [{ step, state, top }] : [];
    }),
  );
  const ended = ({ state }: (typeof all)[number]): string => state.finishedAt ?? '';
  return all.every((one) => one.top === one.step) ? all : all.sort((a, b) => (ended(a) < ended(b) ? -1 : ended(a) > ended(b) ? 1 : 0));
}

/** Where the step left the page; undefined when nothing in it is known to have looked at one. */
export function pageAfter(step: PlannedStep, states: States): PageRef | undefined {
  return inOrder([step], states).findLast(({ state }) => state.page)?.state.page;
}

export const nameOf = ({ ordinal, description }: Pick<PlannedStep, 'ordinal' | 'description'>): string =>
  `step ${ordinal} (${description})`;
