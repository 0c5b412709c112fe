/** Why an address could not be opened, in words. */
import { within } from './race.ts';
import type { StepContext } from './step-context.ts';
import { firstLine, Interrupted, StepFailure } from './step-failure.ts';

/** What of a step, or of something like one, tells why it could not open an address. */
export type Navigation = Pick<StepContext, 'limit' | 'waiting' | 'page' | 'network'>;
type Attempted = { address: URL; /** ISO 8601 */ since: string; context: Navigation };

/** The error to report for what `goto` threw: `navigation_timeout`, `navigation_failed`, `blocked_address`, `browser_crashed`, or Interrupted. */
export async function explainNavigation(error: unknown, { address, since, context }: Attempted): Promise<Error> {
  const { limit, waiting, page } = context;
  const line = firstLine(error);
  if (limit.signal.aborted || /Timeout \d+ms exceeded/.test(line))
    return new StepFailure('navigation_timeout', `${address.href} did not answer within the step's time limit.`);
  if (waiting.aborted) return waiting.reason instanceof Error ? waiting.reason : new Interrupted();
  if (page.isClosed()) return new StepFailure('browser_crashed', 'The page was closed while it was opening an address.');
  return explainConnection(line, { address, since, context });
}

/** The browser speaks with the guard, which alone knows what happened behind it. */
async function explainConnection(line: string, { address, since, context }: Attempted): Promise<StepFailure> {
  const known = (await within(500, context.network())) ?? { refusals: [], failures: [] };
  const refused = known.refusals.findLast((one) => one.at >= since);
  if (refused) {
    const what = `${refused.host}:${refused.port} is off limits (${refused.reason})`;
    return new StepFailure('blocked_address', `${address.href} may not be opened by a job: ${what}.`);
  }
  const failed = known.failures.findLast((one) => one.at >= since && bare(one.host) === bare(address.hostname));
  const why = reason(failed?.code ?? /ERR_[A-Z_]+/.exec(line)?.[0], line);
  return new StepFailure('navigation_failed', `${address.href} could not be opened: ${why}`);
}

/** An IPv6 address stands in brackets in a URL. */
const bare = (host: string): string => host.replace(/^\[|\]$/g, '');

/** By Node's codes (from the guard) and Chromium's. */
const reasons: Record<string, string> = {
  ENOTFOUND: 'there is no server of that name.',
  EAI_AGAIN: 'the name could not be looked up.',
  ECONNREFUSED: 'nothing answers at that address.',
  ECONNRESET: 'the server broke the connection.',
  ETIMEDOUT: 'the server could not be reached.',
  EHOSTUNREACH: 'the server could not be reached.',
  ENETUNREACH: 'the server could not be reached.',
  ERR_NAME_NOT_RESOLVED: 'there is no server of that name.',
  ERR_CONNECTION_REFUSED: 'nothing answers at that address.',
  ERR_CONNECTION_RESET: 'the server broke the connection.',
  ERR_EMPTY_RESPONSE: 'the server closed the connection without an answer.',
  ERR_TOO_MANY_REDIRECTS: 'it redirects without end.',
  ERR_ABORTED: 'it was given up; it may be a download, or the page went elsewhere.',
};

function reason(code: string | undefined, line: string): string {
  const known = code === undefined ? undefined : reasons[code];
  return known === undefined ? line : `${known} (${code})`;
}
