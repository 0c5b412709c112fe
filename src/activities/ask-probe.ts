import { untilHolds } from './checks/check.ts';
import type { StepContext } from './step-context.ts';
import { StepFailure } from './step-failure.ts';

/** A probe asks about the past: what it looks for is there already, or after a moment. */
export const probeMs = 5_000;

/**
 * Whether the step has happened; it has not when its probe does not hold within the step's time.
 * @throws StepFailure when the probe itself cannot be evaluated
 */
export async function askProbe(context: StepContext): Promise<boolean> {
  const { probe } = context.step;
  if (!probe) throw new StepFailure('unknown', 'The step has no probe.');
  try {
    await untilHolds(probe, context);
    return true;
  } catch (error) {
    if (error instanceof StepFailure && error.code === 'timeout') return false;
    throw error;
  }
}
