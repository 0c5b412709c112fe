import { untilHolds } from '../checks/check.ts';
import { pause } from '../race.ts';
import type { StepHandler } from '../step-context.ts';

/**
 * Waits for a time (ms), a selector's state (default: visible), an address, a text, or a script that becomes true. An address matches when it is the same, when it
 * is a glob ("**\/done*"), or when it is contained. A time longer than the step's limit is cut there, which is an error.
 */
export const wait: StepHandler<'wait'> = async (action, context) => {
  await context.confirmPage();
  const { type: _type, duration, ...check } = action;
  if (Object.values(check).some((value) => value !== undefined)) await untilHolds(check, context);
  else await pause(duration ?? 0, context.waiting);
  return {};
};
