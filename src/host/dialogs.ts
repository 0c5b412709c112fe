/**
 * Dialogs that nobody answers block their page, and a page that is blocked stalls the job. The host answers them, as the step wants it that runs; workers only
 * listen. What was answered is kept until the next step begins.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext, Dialog } from 'playwright';
import type { SeenDialog } from '../contract/job.ts';
import type { Log } from '../log.ts';

/** Dialogs of a context that are answered at once; each further one costs the page half a second, so that a loop of alerts does not eat the machine. */
const atOnce = 20;
const refillMs = 500;

const mostKept = 50;
/** Shortened further where it is shown: a secret cut in two would not be recognised there. */
const longestMessage = 10_000;

export type DialogAnswer = { accept: boolean; text?: string | undefined };
export type Dialogs = {
  /** a step begins: nothing has been seen yet, and nothing is expected */
  begin(): void;
  /** what becomes of dialogs until the step ends */
  expect(answer: DialogAnswer): void;
  /** the step has ended: dialogs are dismissed again */
  end(): void;
  /** since the last step began, oldest first; at most 50 */
  seen(): SeenDialog[];
};

/** Unless a step says otherwise, alert, confirm and prompt are dismissed, and leaving a page is accepted. */
export function answerDialogs(context: BrowserContext, log: Log): Dialogs {
  let expected: DialogAnswer | undefined;
  let seen: SeenDialog[] = [];
  const take = createCredit();
  context.on('dialog', (dialog) => {
    const answer = expected ?? { accept: dialog.type() === 'beforeunload' };
    if (seen.length < mostKept) seen.push(recordOf(dialog, answer, expected !== undefined));
    const ready = take() ? Promise.resolve() : pause(refillMs, undefined, { ref: false });
    // the page may be gone or somebody else may have been quicker: then there is nothing left to answer
    ready.then(() => give(dialog, answer)).catch((error: unknown) => log.debug({ error: String(error) }, 'dialog was not ours to answer'));
  });
  return {
    begin() {
      expected = undefined;
      seen = [];
    },
    expect: (answer) => void (expected = answer),
    end: () => void (expected = undefined),
    seen: () => [...seen],
  };
}

const recordOf = (dialog: Dialog, { accept }: DialogAnswer, asked: boolean): SeenDialog => ({
  type: dialog.type(),
  message: dialog.message().slice(0, longestMessage),
  answer: accept ? 'accepted' : 'dismissed',
  asked,
});

/** A prompt that is accepted without a text keeps what it suggests. */
const give = (dialog: Dialog, { accept, text }: DialogAnswer): Promise<void> =>
  accept ? dialog.accept(text ?? (dialog.type() === 'prompt' ? dialog.defaultValue() : undefined)) : dialog.dismiss();

function createCredit(): () => boolean {
  let credit = atOnce;
  let since = Date.now();
  return () => {
    const earned = Math.floor((Date.now() - since) / refillMs);
    if (earned > 0) since = Date.now();
    credit = Math.min(atOnce, credit + earned) - 1;
    return credit >= 0;
  };
}
