/** A blank page in the job's own browser, without network, where expressions and regular expressions run: never in Node. */
import type { Browser, BrowserContext, Page } from 'playwright';
import { blankViewport } from '../host/protocol.ts';
import { race } from './race.ts';

type Open = { context: BrowserContext; page: Page };
export type Blank = {
  /** Evaluates in the blank page. When it hangs, or the signal is aborted, the page is thrown away and the next call gets a new one. */
  run<A, R>(work: (argument: A) => R | Promise<R>, argument: A, signal: AbortSignal): Promise<R>;
};

/** @param context the host's blank context; undefined: a new one is made */
export function createBlank(browser: Browser, context: BrowserContext | undefined): Blank {
  const first = context?.pages()[0];
  let open: Promise<Open> | undefined = context && first && Promise.resolve({ context, page: first });
  const discard = (): void => {
    void open?.then(({ context }) => context.close()).catch(() => undefined);
    open = undefined;
  };
  return {
    async run(work, argument, signal) {
      open ??= openBlank(browser);
      try {
        const { page } = await race(open, signal);
        return await race(evaluate(page, work, argument), signal);
      } catch (error) {
        if (signal.aborted || !(error instanceof EvaluationError)) discard();
        throw error;
      }
    },
  };
}

/** The evaluated code itself threw; the page is well. */
export class EvaluationError extends Error {}

async function evaluate<A, R>(page: Page, work: (argument: A) => R | Promise<R>, argument: A): Promise<R> {
  try {
    return await (page as { evaluate(work: (argument: A) => R | Promise<R>, argument: A): Promise<R> }).evaluate(work, argument);
  } catch (error) {
    if (page.isClosed() || !(error instanceof Error)) throw error;
    throw new EvaluationError(error.message, { cause: error });
  }
}

async function openBlank(browser: Browser): Promise<Open> {
  const context = await browser.newContext({ viewport: blankViewport, offline: true, serviceWorkers: 'block' });
  return { context, page: await context.newPage() };
}
