import { StepFailure } from '../step-failure.ts';
import type { StepOutcome } from '../step-context.ts';

/** Replaced one by one while the language grows. */
export const unfinished = (): Promise<StepOutcome> => Promise.reject(new StepFailure('unknown', 'This action is not built yet.'));
