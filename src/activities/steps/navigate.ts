import { firstLine, Interrupted, StepFailure } from '../step-failure.ts';
import { within } from '../race.ts';
import type { StepContext, StepHandler } from '../step-context.ts';

/** How long a page whose document is there may go on loading pictures and scripts before the next step begins. */
const loadGrace = 2_000;

/**
 * Opens an address, which may be relative to the runbook's baseUrl, else to the current page. Done when the document is parsed; then waits for `load`, but
 * not longer than 2 s. A status of 400 or more fails the step: a log-in or an error page is not what the runbook meant.
 */
export const navigate: StepHandler<'navigate'> = async (action, context) => {
  const address = absolute(await context.fill(action.url), context);
  const go = async (options: { timeout: number; signal: AbortSignal }): Promise<void> => {
    const response = await context.page.goto(address.href, { ...options, waitUntil: 'domcontentloaded' }).catch((error: unknown) => Promise.reject(explain(error, address, context)));
    if (response?.headers()['x-understudy-refused'] !== undefined) throw new StepFailure('blocked_address', `${address.href} may not be opened by a job.`);
    if (response && response.status() >= 400) throw new StepFailure('navigation_failed', `${address.href} answered with status ${response.status()}.`);
    const rest = Math.min(loadGrace, context.limit.remaining());
    await within(rest, context.page.waitForLoadState('load', { timeout: rest, signal: options.signal }));
  };
  await context.act(() => Promise.resolve());
  const signal = context.step.effect === 'read' ? context.waiting : context.limit.signal;
  await go({ timeout: context.limit.remaining() + 1_000, signal }).catch(async (error: unknown) => {
    // what is still on its way must not arrive in the middle of a later step
    await within(300, context.page.evaluate(() => window.stop()));
    throw error;
  });
  return {};
};

/** @throws StepFailure `navigation_failed` when it is no http address */
function absolute(text: string, context: StepContext): URL {
  const base = [context.baseUrl, context.page.url()].find((candidate) => candidate !== undefined && /^https?:/.test(candidate));
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
  if (!url) throw new StepFailure('navigation_failed', `"${text}" is not an address${base ? '' : ', and there is no baseUrl or page that it could be relative to'}.`);
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new StepFailure('blocked_address', `Only http and https addresses can be opened, not ${url.protocol}//.`);
}

function explain(error: unknown, address: URL, { limit, waiting, page }: StepContext): Error {
  if (limit.signal.aborted) return new StepFailure('navigation_timeout', `${address.href} did not answer within the step's time limit.`);
  if (waiting.aborted) return waiting.reason instanceof Error ? waiting.reason : new Interrupted();
  if (page.isClosed()) return new StepFailure('browser_crashed', 'The page was closed while it was opening an address.');
  const line = firstLine(error);
  if (/Timeout \d+ms exceeded/.test(line)) return new StepFailure('navigation_timeout', `${address.href} did not answer within the step's time limit.`);
  if (/ERR_BLOCKED_BY|ERR_TUNNEL_CONNECTION_FAILED|ERR_ACCESS_DENIED/.test(line)) return new StepFailure('blocked_address', `${address.href} may not be opened by a job.`);
  return new StepFailure('navigation_failed', `${address.href} could not be opened: ${reason(line)}`);
}

const reasons: Record<string, string> = {
  ERR_NAME_NOT_RESOLVED: 'there is no server of that name.',
  ERR_CONNECTION_REFUSED: 'nothing answers at that address.',
  ERR_TOO_MANY_REDIRECTS: 'it redirects without end.',
  ERR_CONNECTION_RESET: 'the server broke the connection.',
  ERR_EMPTY_RESPONSE: 'the server closed the connection without an answer.',
  ERR_ABORTED: 'it was given up; it may be a download, or the page went elsewhere.',
};

function reason(line: string): string {
  const code = /ERR_[A-Z_]+/.exec(line)?.[0];
  const known = code === undefined ? undefined : reasons[code];
  return known === undefined ? line : `${known} (${code})`;
}
