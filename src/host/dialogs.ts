/**
 * Dialogs that nobody answers block their page, and a page that is blocked stalls the job. Workers do not listen for dialogs; the host answers them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext, Dialog } from 'playwright';
import type { Log } from '../log.ts';

/** Dialogs of a context that are answered at once; each further one costs the page half a second, so that a loop of alerts does not eat the machine. */
const atOnce = 20;
const refillMs = 500;

/** alert, confirm and prompt are dismissed; leaving a page is accepted. */
export function answerDialogs(context: BrowserContext, log: Log): void {
  let credit = atOnce;
  let since = Date.now();
  const take = (): boolean => {
    const earned = Math.floor((Date.now() - since) / refillMs);
    if (earned > 0) since = Date.now();
    credit = Math.min(atOnce, credit + earned) - 1;
    return credit >= 0;
  };
  context.on('dialog', (dialog) => {
    const ready = take() ? Promise.resolve() : pause(refillMs, undefined, { ref: false });
    // the page may be gone or somebody else may have been quicker: then there is nothing left to answer
    ready.then(() => answer(dialog)).catch((error: unknown) => log.debug({ error: String(error) }, 'dialog was not ours to answer'));
  });
}

const answer = (dialog: Dialog): Promise<void> => (dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss());
