import { refusedHeader } from '../../host/protocol.ts';
import { explainNavigation } from '../navigation-error.ts';
import { StepFailure } from '../step-failure.ts';
import { within } from '../race.ts';
import type { StepHandler } from '../step-context.ts';

/** How long a page whose document is there may go on loading pictures and scripts before the next step begins. */
const loadGrace = 2_000;

/**
 * Opens an address, which may be relative to the runbook's baseUrl, else to the current page. Done when the document is parsed; then waits for `load`, but
 * not longer than 2 s. A status of 400 or more fails the step: a log-in or an error page is not what the runbook meant.
 */
export const navigate: StepHandler<'navigate'> = async (action, context) => {
  const address = await context.address(action.url);
  const since = new Date().toISOString();
  const go = async (options: { timeout: number; signal: AbortSignal }): Promise<void> => {
    const response = await context.page
      .goto(address.href, { ...options, waitUntil: 'domcontentloaded' })
      .catch(async (error: unknown) => Promise.reject(await explainNavigation(error, { address, since, context })));
    if (response?.headers()[refusedHeader] !== undefined)
      throw new StepFailure('blocked_address', `${address.href} may not be opened by a job.`);
    if (response && response.status() >= 400)
      throw new StepFailure('navigation_failed', `${address.href} answered with status ${response.status()}.`);
    const rest = Math.min(loadGrace, context.limit.remaining());
    await within(rest, context.page.waitForLoadState('load', { timeout: rest, signal: options.signal }));
  };
  await context.act(() => Promise.resolve());
  const signal = context.step.effect === 'read' ? context.waiting : context.limit.signal;
  await go({ timeout: context.limit.remaining() + 1_000, signal }).catch(async (error: unknown) => {
    // what is still on its way must not arrive in the middle of a later step
    await within(
      300,
      context.page.evaluate(() => window.stop()),
    );
    throw error;
  });
  return {};
};
