/** Looking again: the selector's retries. */
import type { Page } from 'playwright';
import type { Selector } from '../../contract/action.ts';
import { Interrupted, StepFailure } from '../step-failure.ts';
import { pause, race } from '../race.ts';
import type { StepContext } from '../step-context.ts';
import { describeAll } from './describe.ts';
import { look, type Look, type Target } from './find.ts';
import { domChange, structureOf } from './page-change.ts';

/** How long each retry waits for the page, in ms. A change of the DOM is looked at at once; the last retry scrolls. */
const windows = [500, 1_500, 3_000];
/** a page that changes all the time (a clock) is looked at no more often than this, and a page that says nothing at least that often */
const pollMs = 500;

/**
 * The element that the selector means. Not found (or ambiguous) at first: up to `step.retries` times more, each counted in `context.search`.
 * @throws StepFailure `element_not_found`, `page_structure_changed`, `ambiguous`; `action_failed` for an invalid selector
 */
export async function findElement(context: StepContext, selector: Selector): Promise<Target> {
  const { page, step } = context;
  let seen = await lookOnce(context, selector);
  if (seen.found) return take(context, seen);
  const before = await race(structureOf(page), context.waiting);
  for (let retry = 0; retry < step.retries && context.limit.remaining() > 100; retry += 1) {
    // several that stay several will not become one: one retry lets the page settle, no more
    if (seen.several && retry > 0) break;
    context.search.retries += 1;
    const last = retry === step.retries - 1;
    if (last) await scrollThrough(page, context.waiting);
    seen = await lookDuring(context, selector, windows[retry] ?? 3_000);
    if (seen.found) return take(context, seen);
  }
  throw await notFound(context, seen, before);
}

function take(context: StepContext, seen: Look & { found: true }): Target {
  context.search.matchedBy = seen.matchedBy;
  return seen.element;
}

async function lookOnce(context: StepContext, selector: Selector): Promise<Look> {
  const seen = await race(
    retryDuringNavigation(() => look(context.page, selector), context.waiting),
    context.waiting,
  );
  context.search.candidates = seen.candidates;
  return seen;
}

async function retryDuringNavigation<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isNavigating(error)) throw error;
      await pause(50, signal);
    }
  }
}

const isNavigating = (error: unknown): boolean =>
  error instanceof Error &&
  /context was destroyed|Cannot find context|because of a navigation|frame (was|got) detached/i.test(error.message);

async function lookDuring(context: StepContext, selector: Selector, windowMs: number): Promise<Look> {
  const ends = Date.now() + Math.min(windowMs, Math.max(0, context.limit.remaining() - 50));
  let seen: Look;
  do {
    await race(domChange(context.page, Math.max(1, Math.min(pollMs, ends - Date.now()))), context.waiting);
    seen = await lookOnce(context, selector);
  } while (!seen.found && Date.now() < ends);
  return seen;
}

/** Down to the end by screens and back to the top: pages that load while they are scrolled get their chance. */
async function scrollThrough(page: Page, signal: AbortSignal): Promise<void> {
  const scroll = page.evaluate(async () => {
    for (let screen = 0; screen < 20; screen += 1) {
      const y = scrollY;
      scrollBy(0, innerHeight);
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (scrollY === y) break;
    }
  });
  await race(
    scroll.catch(() => undefined),
    signal,
  );
}

async function notFound(context: StepContext, seen: Look & { found: false }, before: string | undefined): Promise<Error> {
  if (context.waiting.aborted && !context.limit.signal.aborted) return new Interrupted();
  if (seen.several) {
    const matches = await describeAll(seen.several);
    return new StepFailure('ambiguous', `${matches.total} elements match the selector, and nothing tells them apart.`, {
      matches: matches.shown,
    });
  }
  const tries = `${context.search.retries + 1} ${context.search.retries === 0 ? 'look' : 'looks'}`;
  const after = await structureOf(context.page);
  const changed = before !== undefined && after !== undefined && before !== after;
  if (changed)
    return new StepFailure('page_structure_changed', `No element matches the selector after ${tries}, and the page changed meanwhile.`);
  return new StepFailure('element_not_found', `No element matches the selector after ${tries}.`);
}
