import { StepFailure } from '../step-failure.ts';

/** An error that comes of a page, or one of its frames, being replaced at this moment: the next look knows more. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Error &&
  !(error instanceof StepFailure) &&
  /context was destroyed|Cannot find context|because of a navigation|frame (was|got|has been) detached|Frame was detached|page, context or browser has been closed/i.test(
    error.message,
  );
