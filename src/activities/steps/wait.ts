import type { Selector } from '../../contract/action.ts';
import { pause, race } from '../race.ts';
import { StepFailure, firstLine } from '../step-failure.ts';
import { look } from '../selectors/find.ts';
import { fillSelector } from '../selectors/fill-selector.ts';
import { domChange } from '../selectors/page-change.ts';
import type { ActionOf, StepContext, StepHandler } from '../step-context.ts';

type State = NonNullable<ActionOf<'wait'>['state']>;

/**
 * Waits for a time (ms), a selector's state (default: visible), a URL or a text. A URL matches when it is the same, when it is a glob ("**\/done*"), or when it
 * is contained. A time longer than the step's limit is cut there, which is an error.
 */
export const wait: StepHandler<'wait'> = async (action, context) => {
  await context.confirmPage();
  if (action.selector) await waitForSelector(await fillSelector(action.selector, context.fill), action.state ?? 'visible', context);
  else if (action.url !== undefined) await waitForUrl(await context.fill(action.url), context);
  else if (action.text !== undefined) await waitForText(await context.fill(action.text), context);
  else await pause(action.duration ?? 0, context.waiting);
  return {};
};

async function waitForSelector(selector: Selector, state: State, context: StepContext): Promise<void> {
  for (;;) {
    const seen = await race(look(context.page, selector).catch(duringNavigation), context.waiting).catch((error: unknown) =>
      context.limit.signal.aborted
        ? Promise.reject(tooLate(context, `No element that matches the selector became ${state} in time.`))
        : Promise.reject(error as Error),
    );
    if (seen) {
      context.search.candidates = seen.candidates;
      if (seen.found) context.search.matchedBy = seen.matchedBy;
      if (await holds(seen, state, context)) return;
    }
    await untilChange(context, `No element that matches the selector became ${state} in time.`);
  }
}

async function holds(seen: Awaited<ReturnType<typeof look>>, state: State, context: StepContext): Promise<boolean> {
  const there = seen.found || seen.several !== null;
  if (state === 'attached') return there;
  if (state === 'detached') return !there;
  const visible = seen.found
    ? await race(
        seen.element.isVisible().catch(() => false),
        context.waiting,
      )
    : seen.several !== null && (await race(seen.several.filter({ visible: true }).count(), context.waiting)) > 0;
  return state === 'visible' ? visible : !visible;
}

/** A wait counts as nothing while its page is being replaced; other errors (an invalid selector) are final. */
const duringNavigation = (error: unknown): undefined => {
  if (error instanceof StepFailure || !/context|navigat|detached/i.test(firstLine(error))) throw error;
  return undefined;
};

async function waitForUrl(wanted: string, { page, waiting, limit }: StepContext): Promise<void> {
  const matches = (url: URL): boolean => url.href === wanted || url.href.includes(wanted) || globMatches(wanted, url.href);
  await race(page.waitForURL(matches, { timeout: limit.remaining() + 1_000, signal: waiting, waitUntil: 'commit' }), waiting).catch(
    (error: unknown) => {
      throw limit.signal.aborted ? new StepFailure('timeout', `The page's address did not become ${wanted} in time.`) : error;
    },
  );
}

/** `*` stands for anything without a slash, `**` for anything. Linear in practice: at most ten stars. */
function globMatches(glob: string, text: string): boolean {
  if (!glob.includes('*') || glob.split('*').length > 11) return false;
  const source = glob
    .split('**')
    .map((part) =>
      part
        .split('*')
        .map((p) => p.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('[^/]*'),
    )
    .join('.*');
  return new RegExp(`^${source}$`).test(text.slice(0, 2_000));
}

async function waitForText(text: string, context: StepContext): Promise<void> {
  const locator = context.page.getByText(text).filter({ visible: true }).first();
  const options = { state: 'visible', timeout: context.limit.remaining() + 1_000, signal: context.waiting } as const;
  await race(locator.waitFor(options), context.waiting).catch((error: unknown) => {
    throw context.limit.signal.aborted ? new StepFailure('timeout', `The text "${text}" did not appear in time.`) : error;
  });
}

async function untilChange(context: StepContext, message: string): Promise<void> {
  await race(domChange(context.page, 500), context.waiting).catch((error: unknown) =>
    Promise.reject(context.limit.signal.aborted ? tooLate(context, message) : (error as Error)),
  );
}

const tooLate = (_: StepContext, message: string): StepFailure => new StepFailure('timeout', message);
