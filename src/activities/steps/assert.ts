import { untilHolds } from '../checks/check.ts';
import type { StepHandler } from '../step-context.ts';
import { StepFailure } from '../step-failure.ts';

/** Passes as soon as the check holds; fails as `assertion_failed` when it does not within the step's time. */
export const assert: StepHandler<'assert'> = async ({ type: _, message, ...check }, context) => {
  await context.confirmPage();
  // when the time is over, nothing can be filled in any more
  const said = message === undefined ? undefined : await context.fill(message);
  try {
    await untilHolds(check, context);
  } catch (error) {
    if (!(error instanceof StepFailure) || error.code !== 'timeout') throw error;
    throw new StepFailure('assertion_failed', said ?? `What the step expects is not so. ${error.message}`, error.diagnostics);
  }
  return {};
};
