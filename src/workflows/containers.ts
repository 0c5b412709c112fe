/** What becomes of a job at its loops and branches: decisions are heeded, and what they leave out is told. */
import type { SkippedBecause } from '../contract/job.ts';
import type { Decision, PlannedStep, StepReport } from '../contract/step-task.ts';
import { advance, afterFailure, enter, isContainer, iterationAt, stepAt, type Cursor } from '../domain/cursor.ts';
import { hasEnded } from '../domain/decide.ts';
import { isOpen } from '../domain/nesting.ts';
import { placed } from '../domain/plan.ts';
import type { JobLog } from './job-log.ts';

type At = { log: JobLog; steps: readonly PlannedStep[]; cursor: Cursor; step: PlannedStep };
type Done = Extract<StepReport, { outcome: 'done' }>;

const idsOf = (steps: readonly PlannedStep[]): string[] => placed(steps).map(({ step }) => step.id);
const inside = ({ bodies = [] }: PlannedStep): PlannedStep[] => bodies.flat();

function skip(log: JobLog, stepIds: string[], because: SkippedBecause): void {
  if (stepIds.length > 0) log.emit({ type: 'steps.skipped', stepIds, because });
}

/** Its `when` did not hold: neither the step nor anything inside it. @returns where the job goes on */
export function passBy({ log, steps, cursor, step }: At): Cursor {
  skip(log, idsOf([step]), 'condition');
  return advance(steps, cursor);
}

/** @returns where the job goes on */
export function heedDecision(at: At, { decision }: Done): Cursor {
  const { step, steps, cursor } = at;
  if (!decision) return advance(steps, cursor);
  if (step.loop) return heedLoop(at, decision);
  return heedBranches(at, decision);
}

function heedLoop({ log, step, steps, cursor }: At, decision: Decision): Cursor {
  if (decision.go === 'past') {
    log.emit({ type: 'loop.ended', stepId: step.id, capped: decision.capped ?? false });
    return advance(steps, cursor);
  }
  const { total, label = null } = decision;
  log.emit({ type: 'loop.iterated', stepId: step.id, iteration: iterationAt(cursor), total, label });
  return enter(cursor, decision.body);
}

function heedBranches({ log, step, steps, cursor }: At, decision: Decision): Cursor {
  if (decision.go === 'past') {
    skip(log, idsOf([step]), 'branch');
    return advance(steps, cursor);
  }
  const { body, value = null } = decision;
  log.emit({ type: 'branch.taken', stepId: step.id, value, match: step.branches?.matches[body] ?? null });
  skip(log, idsOf((step.bodies ?? []).filter((_, index) => index !== body).flat()), 'branch');
  return enter(cursor, body);
}

/** It could not decide: what is inside it does not come (any more). */
export function closeUndecided({ log, step, cursor }: Pick<At, 'log' | 'step' | 'cursor'>): void {
  if (!isContainer(step)) return;
  if (step.loop && iterationAt(cursor) > 0) log.emit({ type: 'loop.ended', stepId: step.id, capped: false });
  else skip(log, idsOf(inside(step)), 'not_reached');
}

/**
 * A step has failed, and so has the body around it, up to a container that goes on all the same.
 * @returns where the job goes on; undefined: it does not
 */
export function leaveBody({ log, steps, cursor }: Omit<At, 'step'>): Cursor | undefined {
  const after = afterFailure(steps, cursor);
  const container = after && stepAt(steps, cursor.slice(0, after.depth));
  if (!after || !container) return undefined;
  const left = new Set(idsOf(inside(container)));
  const state = () => log.state.steps.filter(({ id }) => left.has(id));
  skip(
    log,
    state()
      .filter((step) => !hasEnded(step) && !isOpen(step))
      .map(({ id }) => id),
    'not_reached',
  );
  for (const { id } of state()
    .filter((step) => isOpen(step) && step.container === 'loop')
    .reverse())
    log.emit({ type: 'loop.ended', stepId: id, capped: false });
  return after.cursor;
}
