/** Find, wait until the element can be acted on, act: what click, input, select, hover and key share. */
import type { ElementHandle } from 'playwright';
import type { Selector } from '../../contract/action.ts';
import { firstLine, Interrupted, Looked, StepFailure } from '../step-failure.ts';
import { placeOf } from '../look/mark.ts';
import { isTimeout, obstacle } from '../obstacle.ts';
import { race, within } from '../race.ts';
import type { ActOptions, StepContext } from '../step-context.ts';
import { fillSelector } from './fill-selector.ts';
import type { Target } from './find.ts';
import { oneElement } from './one-element.ts';
import { canBeUsed, type Usable, type Use } from './readiness.ts';
import { findElement } from './search.ts';

type Interaction = {
  /** what is to be done with it: one look in the page says whether it could be done now, which it mostly can */
  use: Use;
  /** otherwise: waits until the element can be acted on; must change nothing */
  ready(element: ElementHandle, options: ActOptions): Promise<void>;
  /** waits for what the element must hold before it can be acted on (an option of a list) */
  content?(element: Target, options: ActOptions): Promise<void>;
  act(element: Target, options: ActOptions): Promise<void>;
};

/** How often an element that its page replaces is looked for again, before the step gives up as `element_stale`. */
const replacements = 3;

/**
 * @throws StepFailure of the search; `element_stale` when the page keeps replacing the element; `timeout` when it never became ready, with what was in the
 * way; `action_failed`
 */
export async function withElement(context: StepContext, selector: Selector, interaction: Interaction): Promise<void> {
  const wanted = await fillSelector(selector, context.fill);
  const { element, mark } = await readyElement(context, wanted, interaction);
  await context.act((options) => interaction.act(element, options), mark);
}

type Ready = Usable & { element: Target };

async function readyElement(context: StepContext, selector: Selector, interaction: Interaction): Promise<Ready> {
  for (let time = 1; time <= replacements; time += 1) {
    const element = await findElement(context, selector);
    try {
      const usable = await canBeUsedNow(context, { selector, element, use: interaction.use });
      if (!usable) await untilReady(context, element, interaction);
      if (interaction.content) await race(interaction.content(element, waitOptions(context)), context.waiting);
      const confirmed = await context.confirm(element);
      const mark = usable?.mark ?? (await placeOf(confirmed, context.page));
      return { element: confirmed, ...(mark && { mark }) };
    } catch (error) {
      if (!isReplaced(error)) throw notReady(error);
    }
  }
  throw new StepFailure('element_stale', 'The page replaced the element again and again while the step was about to act on it.');
}

type Found = { selector: Selector; element: Target; use: Use };

/** What lies over a frame is not seen from within it: only the dry run finds that out. */
async function canBeUsedNow({ waiting }: StepContext, { selector, element, use }: Found): Promise<Usable | null> {
  if (selector.frame !== undefined && (use === 'press' || use === 'point')) return null;
  return race(canBeUsed(element, use), waiting);
}

/** Playwright's own limit comes a little earlier than the step's: only its message says what was in the way. */
const waitOptions = ({ limit, waiting }: StepContext): ActOptions => ({ timeout: Math.max(1, limit.remaining() - 100), signal: waiting });

async function untilReady(context: StepContext, element: Target, interaction: Interaction): Promise<void> {
  const { waiting } = context;
  const handle = await race(oneElement(element), waiting);
  await race(interaction.ready(handle, waitOptions(context)), waiting);
  if (handle !== element) void within(1_000, handle.dispose());
}

const isReplaced = (error: unknown): boolean =>
  (error instanceof StepFailure && error.code === 'element_stale') || (error instanceof Error && isReplacedMessage(error.message));

const isReplacedMessage = (message: string): boolean =>
  /not attached to the DOM|strict mode violation|detached|not connected|context was destroyed|Cannot find context|JSHandle is disposed/i.test(
    message,
  );

function notReady(error: unknown): Error {
  if (!(error instanceof Error) || error instanceof StepFailure || error instanceof Interrupted || error instanceof Looked)
    return error as Error;
  if (!isTimeout(error)) return error.name === 'AbortError' ? error : new StepFailure('action_failed', firstLine(error));
  return new StepFailure(
    'timeout',
    `The element was found, but ${obstacle(error) ?? 'it could not be acted on'} until the step's time was over.`,
  );
}
