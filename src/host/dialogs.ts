/**
 * Dialogs that nobody answers block their page, and a page that is blocked stalls the job. Workers do not listen for dialogs; the host answers them.
 */
import type { BrowserContext, Dialog } from 'playwright';
import type { Log } from '../log.ts';

/** alert, confirm and prompt are dismissed; leaving a page is accepted. */
export function answerDialogs(context: BrowserContext, log: Log): void {
  context.on('dialog', (dialog) => {
    // the page may be gone or somebody else may have been quicker: then there is nothing left to answer
    answer(dialog).catch((error: unknown) => log.debug({ error: String(error) }, 'dialog was not ours to answer'));
  });
}

const answer = (dialog: Dialog): Promise<void> => (dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss());
