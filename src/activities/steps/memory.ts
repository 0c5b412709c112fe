import type { StepHandler } from '../step-context.ts';

/** Does nothing itself: its captures and memory operations come afterwards, as with any step. */
export const memory: StepHandler<'memory'> = async (_action, context) => {
  await context.confirmPage();
  return {};
};
