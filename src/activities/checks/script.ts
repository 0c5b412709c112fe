/** JavaScript in the page that is to become true. */
import { isTrue } from '../../domain/truth.ts';
import { runInPage } from '../page-script.ts';
import { isPassing } from '../selectors/passing.ts';
import type { StepContext } from '../step-context.ts';
import type { Probe } from './check.ts';

const shown = 200;

/** An expression, statements or a function body as `extract` takes them; true is what is true in a `when`. What it throws counts as not true yet. */
export const createScriptProbe = (script: string, context: StepContext): Probe => ({
  changes: 'time',
  look: async () => {
    try {
      const value = await runInPage(script, context.page, context.values);
      return isTrue(value)
        ? { holds: true }
        : { holds: false, instead: `The script did not become true; it gives "${value.slice(0, shown)}".` };
    } catch (error) {
      return notYet(error);
    }
  },
});

function notYet(error: unknown): { holds: false; instead: string } {
  if (isPassing(error)) return { holds: false, instead: 'The script did not become true; the page was still being replaced.' };
  throw error;
}
