/** The state of an element. */
import type { ElementState, Selector } from '../../contract/action.ts';
import { look, type Look } from '../selectors/find.ts';
import { isPassing } from '../selectors/passing.ts';
import { tellMatch } from '../selectors/search.ts';
import type { StepContext } from '../step-context.ts';
import type { Probe } from './check.ts';

type State = typeof ElementState._output;
type Presence = { there: number; visible: boolean };

export const createSelectorProbe = (selector: Selector, state: State, context: StepContext): Probe => ({
  changes: 'dom',
  look: async () => {
    const presence = await presenceOf(selector, context);
    return presence && holds(presence, state) ? { holds: true } : { holds: false, instead: insteadOf(presence, state) };
  },
});

/** undefined while the page is being replaced: it counts as nothing then, not even as the element's absence */
async function presenceOf(selector: Selector, context: StepContext): Promise<Presence | undefined> {
  try {
    const seen = await look(context.page, selector);
    context.search.candidates = seen.candidates;
    if (seen.found) tellMatch(context, seen);
    return { there: countOf(seen), visible: await isVisible(seen) };
  } catch (error) {
    if (!isPassing(error)) throw error;
    return undefined;
  }
}

const countOf = (seen: Look): number => (seen.found ? 1 : seen.several ? (seen.candidates.at(-1)?.left ?? 2) : 0);

const isVisible = async (seen: Look): Promise<boolean> =>
  seen.found ? seen.element.isVisible() : seen.several !== null && (await seen.several.filter({ visible: true }).count()) > 0;

function holds({ there, visible }: Presence, state: State): boolean {
  if (state === 'attached') return there > 0;
  if (state === 'detached') return there === 0;
  return state === 'visible' ? visible : !visible;
}

function insteadOf(presence: Presence | undefined, state: State): string {
  const wanted = `No element that matches the selector became ${state} in time`;
  if (!presence) return `${wanted}: the page was still being replaced.`;
  const { there, visible } = presence;
  if (there === 0) return `${wanted}: none is there.`;
  const which = there === 1 ? 'one is' : `${there} are`;
  return `${wanted}: ${which} there, ${visible ? 'in sight' : 'but hidden'}.`;
}
