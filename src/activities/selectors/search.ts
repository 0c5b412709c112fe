/** Looking again: the selector's retries. */
import type { Candidate } from '../../contract/error.ts';
import type { Selector } from '../../contract/action.ts';
import { Interrupted, StepFailure } from '../step-failure.ts';
import { pause, race } from '../race.ts';
import type { StepContext } from '../step-context.ts';
import { describeAll } from './describe.ts';
import { look, type Look, type Target } from './find.ts';
import { lookAlikes } from './look-alikes.ts';
import { domChange, structureOf } from './page-change.ts';
import { isPassing } from './passing.ts';
import { scrollUntil } from './scroll-recovery.ts';

/** How long each retry waits for the page, in ms. A change of the DOM is looked at at once; the last retry scrolls. */
const windows = [500, 1_500, 3_000];
/** a page that changes all the time (a clock) is looked at no more often than this, and a page that says nothing at least that often */
const pollMs = 500;

/**
 * The element that the selector means. Not found (or ambiguous) at first: up to `step.retries` times more, each counted in `context.search`. Always in the page
 * that is the job's at that moment: a tab that opens late is searched too.
 * @throws StepFailure `element_not_found`, `page_structure_changed`, `ambiguous`; `action_failed` for an invalid selector
 */
export async function findElement(context: StepContext, selector: Selector): Promise<Target> {
  const { step } = context;
  let seen = await lookOnce(context, selector);
  if (seen.found) return take(context, seen);
  const before = await race(structureOf(seen.scope), context.waiting);
  for (let retry = 0; retry < step.retries && context.limit.remaining() > 100; retry += 1) {
    // several that stay several will not become one: one retry lets the page settle, no more
    if (seen.several && retry > 0) break;
    context.search.retries += 1;
    context.lookingAgain(context.search.retries);
    const again: Look | undefined = await lookAgain(context, selector, { seen, retry }).catch((error: unknown) =>
      untilTimeIsUp(context, error),
    );
    if (!again) break;
    seen = again;
    if (seen.found) return take(context, seen);
  }
  throw await notFound(context, { selector, seen, before });
}

/** The step's time ended in the middle of a look: what was seen before it tells more than that. */
function untilTimeIsUp({ limit }: StepContext, error: unknown): undefined {
  if (limit.signal.aborted && error === limit.signal.reason) return undefined;
  throw error;
}

type Tried = { seen: Look & { found: false }; retry: number };

/** The last retry scrolls first. */
async function lookAgain(context: StepContext, selector: Selector, { seen, retry }: Tried): Promise<Look> {
  const scrolls = retry === context.step.retries - 1 && !seen.several;
  const scrolled = scrolls ? await lookWhileScrolling(context, selector, seen) : seen;
  return scrolled.found ? scrolled : lookDuring(context, selector, windows[retry] ?? 3_000);
}

function take(context: StepContext, seen: Look & { found: true }): Target {
  tellMatch(context, seen);
  return seen.element;
}

const shownMiss = 300;

/** Which field it was, and which more dependable ones it was not, masked. */
export function tellMatch({ search, redact }: StepContext, { matchedBy, candidates }: Look & { found: true }): void {
  search.matchedBy = matchedBy;
  const missed = missedOf(candidates, matchedBy).map((miss) => redact(miss).slice(0, shownMiss));
  if (missed.length > 0) search.missed = missed;
  else delete search.missed;
}

function missedOf(candidates: readonly Candidate[], matchedBy: string): string[] {
  const fieldOf = (label: string): string => label.replace(/ \(.*\)$/, '');
  const missed = candidates.filter(({ field, left }) => left === 0 && field !== 'frame' && fieldOf(field) !== fieldOf(matchedBy));
  return [...new Set(missed.map(({ field, value }) => `${fieldOf(field)} "${value}"`))];
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
      if (!isPassing(error)) throw error;
      await pause(50, signal);
    }
  }
}

async function lookDuring(context: StepContext, selector: Selector, windowMs: number): Promise<Look> {
  const ends = Date.now() + Math.min(windowMs, Math.max(0, context.limit.remaining() - 50));
  let seen: Look | undefined;
  do {
    const left = Math.max(1, Math.min(pollMs, ends - Date.now()));
    await race(domChange(seen?.scope.isDetached() === false ? seen.scope : context.page, left), context.waiting);
    seen = await lookOnce(context, selector);
  } while (!seen.found && Date.now() < ends);
  return seen;
}

async function lookWhileScrolling(context: StepContext, selector: Selector, before: Look & { found: false }): Promise<Look> {
  const find = async (): Promise<Look | undefined> => {
    const seen = await lookOnce(context, selector);
    return seen.found || seen.several ? seen : undefined;
  };
  const ms = Math.max(0, context.limit.remaining() - 500);
  return (await race(scrollUntil(before.scope, find, ms), context.waiting)) ?? before;
}

type Missing = { selector: Selector; seen: Look & { found: false }; before: string | undefined };

async function notFound(context: StepContext, { selector, seen, before }: Missing): Promise<Error> {
  if (context.waiting.aborted && !context.limit.signal.aborted) return new Interrupted();
  if (seen.several) {
    const matches = await describeAll(seen.several, context.redact);
    return new StepFailure('ambiguous', `${matches.total} elements match the selector, and nothing tells them apart.`, {
      matches: matches.shown,
    });
  }
  const tries = `${context.search.retries + 1} ${context.search.retries === 0 ? 'look' : 'looks'}`;
  const [after, { sentences, nearest }] = await Promise.all([
    structureOf(seen.scope),
    lookAlikes({ page: context.page, scope: seen.scope, selector, redact: context.redact }),
  ]);
  const found = { ...(sentences.length > 0 && { lookAlikes: sentences }), alike: nearest };
  const changed = before !== undefined && after !== undefined && before !== after;
  const message = `${unreached(seen)} after ${tries}`;
  if (changed) return new StepFailure('page_structure_changed', `${message}, and the page changed meanwhile.`, found);
  return new StepFailure('element_not_found', `${message}.`, found);
}

function unreached({ candidates }: Look): string {
  const last = candidates.at(-1);
  if (last?.field !== 'frame' || last.left > 0) return 'No element matches the selector';
  return `No frame matches ${last.value}, in which the element is to be,`;
}
