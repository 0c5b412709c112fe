import { runInPage } from '../page-script.ts';
import type { StepHandler } from '../step-context.ts';

/** Runs JavaScript in the page: an expression, statements (the last one's value), or a function body with `return`. Later captures know the result as {{__extracted}}. */
export const extract: StepHandler<'extract'> = async (action, context) => {
  const script = action.script;
  const run = (): Promise<string> => runInPage(script, context.page, context.values);
  return { extracted: await context.act(run) };
};
