/** What was in the way of an action, by the call log of Playwright's error. */
import { plainText } from './step-failure.ts';

export const isTimeout = (error: unknown): boolean => error instanceof Error && /Timeout \d+ms exceeded/.test(error.message);

/** The last thing that the log complains about; undefined when it does not say. */
export function obstacle(error: unknown): string | undefined {
  const lines = plainText(error)
    .split('\n')
    .map((line) => line.replace(/^[\s-]*(\d+ × )?/, '').trim());
  const covered = lines.findLast((line) => line.includes('intercepts pointer events'));
  if (covered) return `it was covered: ${covered.replace(/ intercepts pointer events.*/, '')} lay over it`;
  const state = lines.findLast((line) => /^(- )?element is not /.test(line))?.replace(/^.*?element is /, '');
  return state && `it was ${state}`;
}
