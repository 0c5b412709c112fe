/** Something that is to hold, waited for: what `wait` and `assert` share. */
import type { Check } from '../../contract/action.ts';
import { isTrue } from '../../domain/truth.ts';
import { pause, race } from '../race.ts';
import { StepFailure } from '../step-failure.ts';
import { fillSelector } from '../selectors/fill-selector.ts';
import { domChange } from '../selectors/page-change.ts';
import type { StepContext } from '../step-context.ts';
import { addressMatches } from './address.ts';
import { createScriptProbe } from './script.ts';
import { createSelectorProbe } from './selector.ts';
import { createTextProbe } from './text.ts';

/** `instead`: what was there in place of what the check wants, as a sentence. */
export type Seen = { holds: true } | { holds: false; instead: string };
/**
 * One look. `changes` says what can make the next look come out otherwise: the page's DOM, time alone (an address, a script), or nothing at all.
 */
export type Probe = {
  look(): Promise<Seen>;
  changes: 'dom' | 'time' | 'never';
  /** `look` ends with `context.waiting` by itself */ endsItself?: true;
};

/** A DOM that says nothing is looked at this often all the same, in ms. */
const domMs = 500;
const timeMs = 100;

/**
 * Resolves as soon as the check holds. Looks for an element put `candidates` and `matchedBy` into `context.search`.
 * @throws StepFailure `timeout` when it does not hold within the step's time, with what was there instead; `action_failed` for a selector or a script that is not
 * valid; `value_missing`; the reason of `context.waiting`
 */
export async function untilHolds(check: Check, context: StepContext): Promise<void> {
  const probe = await probeOf(check, context);
  let instead = '';
  try {
    for (;;) {
      const seen = await (probe.endsItself ? probe.look() : race(probe.look(), context.waiting));
      if (seen.holds) return;
      instead = seen.instead;
      if (probe.changes === 'never') break;
      const nextLook = probe.changes === 'dom' ? domChange(context.page, domMs) : pause(timeMs, context.waiting);
      await race(nextLook, context.waiting);
    }
  } catch (error) {
    if (!context.limit.signal.aborted || !isLimit(error)) throw error;
    throw new StepFailure('timeout', instead || (error as StepFailure).message);
  }
  throw new StepFailure('timeout', instead);
}

const isLimit = (error: unknown): boolean => error instanceof StepFailure && error.code === 'timeout';

async function probeOf({ selector, state, url, text, condition, script }: Check, context: StepContext): Promise<Probe> {
  if (selector) return createSelectorProbe(await fillSelector(selector, context.fill), state ?? 'visible', context);
  if (url !== undefined) return addressProbe(await context.fill(url), context);
  if (text !== undefined) return createTextProbe(await context.fill(text), context);
  if (script !== undefined) return createScriptProbe(script, context);
  if (condition !== undefined) return conditionProbe(condition, context);
  throw new StepFailure('action_failed', 'There is nothing to check: give selector, url, text, script or condition.');
}

const addressProbe = (wanted: string, context: StepContext): Probe => ({
  changes: 'time',
  look: () => {
    const address = context.page.url();
    const instead = `The address is ${address}; ${wanted} was asked for.`;
    return Promise.resolve(addressMatches(wanted, address) ? { holds: true } : { holds: false, instead });
  },
});

/** A template, or one JavaScript expression over the job's values, which do not change while a step waits. */
const conditionProbe = (condition: string, context: StepContext): Probe => ({
  changes: 'never',
  look: async () => {
    const value = await context.fill(condition.includes('{{') ? condition : `{{ ${condition} }}`);
    return isTrue(value) ? { holds: true } : { holds: false, instead: `The condition ${condition} does not hold: it gives "${value}".` };
  },
});
