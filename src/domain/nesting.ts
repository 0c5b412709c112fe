/** Steps that stand in others: a flat list in the order of the runbook, in which what is inside a container follows it and is deeper. */
import type { PlannedStepSummary, StepState } from '../contract/job.ts';
import { hasEnded } from './decide.ts';

type Nested = Pick<PlannedStepSummary, 'depth'>;

const depthOf = ({ depth = 0 }: Nested): number => depth;

/** The index behind the last step inside the one at `index`; `index + 1` when there is none. */
export function endOf(steps: readonly Nested[], index: number): number {
  const own = depthOf(steps[index] ?? {});
  let end = index + 1;
  while (end < steps.length && depthOf(steps[end] as Nested) > own) end += 1;
  return end;
}

/** The containers around the step, from the innermost on. */
export function containersOf(steps: readonly Nested[], index: number): number[] {
  const found: number[] = [];
  let depth = depthOf(steps[index] ?? {});
  for (let i = index - 1; i >= 0 && depth > 0; i -= 1) {
    if (depthOf(steps[i] as Nested) >= depth) continue;
    found.push(i);
    depth = depthOf(steps[i] as Nested);
  }
  return found;
}

/** It has decided, and what is inside it is carried out. */
export const isOpen = (step: StepState): boolean => step.container !== undefined && !hasEnded(step) && Boolean(step.loop ?? step.taken);

/** The step that the job stands at: the first that has not ended, but of an open container what is inside it. -1 when all have ended. */
export function currentIndex(steps: readonly StepState[], from = 0, to = steps.length): number {
  const at = steps.findIndex((step, index) => index >= from && index < to && !hasEnded(step));
  const step = steps[at];
  if (!step || !isOpen(step)) return at;
  const inside = currentIndex(steps, at + 1, Math.min(to, endOf(steps, at)));
  return inside === -1 ? at : inside;
}

export const currentStep = (steps: readonly StepState[]): StepState | undefined => steps[currentIndex(steps)];

/** Which time through the innermost loop around the step it is: "3 of 12", or "time 3" when nobody knows how often. Empty outside of loops. */
export function loopPlaceOf(steps: readonly StepState[], index: number): string {
  const around = containersOf(steps, index).find((at) => steps[at]?.loop);
  const loop = around === undefined ? undefined : steps[around]?.loop;
  if (!loop) return '';
  return loop.total === undefined ? `time ${loop.begun}` : `${loop.begun} of ${loop.total}`;
}
