import { cutOff, prepareCutOff } from '../cut-off.ts';
import { runInPage } from '../page-script.ts';
import type { StepContext, StepHandler } from '../step-context.ts';
import { StepFailure } from '../step-failure.ts';

/**
 * Runs JavaScript in the page: an expression, statements (the last one's value), or a function body with `return`. Later captures know the result as {{__extracted}}. A
 * script that has not ended with the step's time is stopped, so that the page is there for later steps.
 */
export const extract: StepHandler<'extract'> = async (action, context) => {
  const run = (): Promise<string> => runInPage(action.script, context.page, context.values);
  prepareCutOff(context.page);
  try {
    return { extracted: await context.act(run) };
  } catch (error) {
    if (context.limit.signal.aborted) throw await unending(context);
    if (context.waiting.aborted) await cutOff(context.page);
    throw error;
  }
};

/** Of a script that may have changed something nobody can say how far it came. */
async function unending({ page, step }: StepContext): Promise<StepFailure> {
  const answers = await cutOff(page);
  const because = `The script did not come to an end within ${step.timeout} ms and was stopped`;
  const after = answers ? '.' : '; the page does not answer any more: open it anew before the next step.';
  return new StepFailure(step.effect === 'read' ? 'timeout' : 'action_failed', `${because}${after}`);
}
