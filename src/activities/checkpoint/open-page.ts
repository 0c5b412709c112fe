/** Opens an address outside of any step: when a job comes back, or begins somewhere else than at its first step. */
import type { Page } from 'playwright';
import { refusedHeader } from '../../host/protocol.ts';
import { startLimit, type Limit } from '../limit.ts';
import { explainNavigation, type Navigation } from '../navigation-error.ts';
import { pause, race, within } from '../race.ts';
import { StepFailure } from '../step-failure.ts';

const openMs = 20_000;
const attempts = 3;
const pauseMs = 1_000;
const loadMs = 2_000;

export type Opening = { page: Page; url: string; signal: AbortSignal; network: Navigation['network'] };

/**
 * Done when the document is there; then waits for the page to load, but not longer than 2 s. A server that cannot be reached or answers with 5xx is asked three times
 * within 20 s. Repeating it is harmless.
 * @throws StepFailure `navigation_failed`, `navigation_timeout`, `blocked_address` or `browser_crashed`; the signal's reason when it is aborted
 */
export async function openPage({ page, url, signal, network }: Opening): Promise<void> {
  const address = addressOf(url);
  const limit = startLimit(openMs);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await goTo(address, { page, limit, waiting: signal, network });
      signal.throwIfAborted();
      if (outcome === undefined) break;
      if (attempt === attempts || !outcome.worthAnother || limit.signal.aborted) throw outcome.failure;
      await pause(pauseMs, signal);
    }
    await race(within(loadMs, page.waitForLoadState('load', { timeout: loadMs })), signal);
  } catch (error) {
    // what is still on its way must not arrive in the middle of a step
    const stopped = within(
      300,
      page.evaluate(() => window.stop()),
    );
    if (!signal.aborted) await stopped;
    throw error;
  } finally {
    limit.end();
  }
}

function addressOf(url: string): URL {
  if (!URL.canParse(url)) throw new StepFailure('navigation_failed', `"${url}" is not an address.`);
  const address = new URL(url);
  if (address.protocol === 'http:' || address.protocol === 'https:') return address;
  throw new StepFailure('blocked_address', `Only http and https addresses can be opened, not ${address.protocol}//.`);
}

type Failed = { failure: StepFailure; worthAnother: boolean };

/** undefined: it is open */
async function goTo(address: URL, navigation: Navigation & { limit: Limit }): Promise<Failed | undefined> {
  const { page, limit, waiting } = navigation;
  const since = new Date().toISOString();
  const signal = AbortSignal.any([waiting, limit.signal]);
  try {
    const response = await race(page.goto(address.href, { signal, timeout: 0, waitUntil: 'domcontentloaded' }), signal);
    if (response?.headers()[refusedHeader] !== undefined)
      return { failure: new StepFailure('blocked_address', `${address.href} may not be opened by a job.`), worthAnother: false };
    const status = response?.status() ?? 200;
    if (status < 400) return undefined;
    const failure = new StepFailure('navigation_failed', `${address.href} answered with status ${status}.`);
    return { failure, worthAnother: status >= 500 };
  } catch (error) {
    const failure = await explainNavigation(error, { address, since, context: navigation });
    if (!(failure instanceof StepFailure)) throw failure;
    return { failure, worthAnother: failure.code === 'navigation_failed' };
  }
}
