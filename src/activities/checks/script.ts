/** JavaScript in the page that is to become true. */
import { isTrue } from '../../domain/truth.ts';
import { cutOff, prepareCutOff } from '../cut-off.ts';
import { runInPage } from '../page-script.ts';
import { race } from '../race.ts';
import { isPassing } from '../selectors/passing.ts';
import type { StepContext } from '../step-context.ts';
import { StepFailure } from '../step-failure.ts';
import type { Probe, Seen } from './check.ts';

const shown = 200;
const replaced: Seen = { holds: false, instead: 'The script did not become true; the page was still being replaced.' };

/**
 * An expression, statements or a function body as `extract` takes them; true is what is true in a `when`. One that does not come to an end is stopped with the step's
 * time, so that the page is there for later steps.
 */
export const createScriptProbe = (script: string, context: StepContext): Probe => ({
  changes: 'time',
  endsItself: true,
  look: async () => {
    const { page, values, waiting, limit, redact } = context;
    prepareCutOff(page);
    try {
      const value = await race(runInPage(script, page, values), waiting);
      return isTrue(value)
        ? { holds: true }
        : { holds: false, instead: `The script did not become true; it gives "${redact(value).slice(0, shown)}".` };
    } catch (error) {
      if (waiting.aborted) await cutOff(page);
      if (limit.signal.aborted) throw new StepFailure('timeout', 'The script did not come to an end in time and was stopped.');
      if (isPassing(error)) return replaced;
      throw error;
    }
  },
});
