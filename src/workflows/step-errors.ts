/** What the workflow says of a step that no worker could report on. */
import { rootCause } from '@temporalio/workflow';
import type { Answer, Approval } from '../contract/approval.ts';
import type { StepError } from '../contract/error.ts';
import type { StepReport } from '../contract/step-task.ts';

type Failed = StepReport & { outcome: 'failed' };
type Of<O extends StepReport['outcome']> = Extract<StepReport, { outcome: O }>;

export const unknownOutcome = (report: Of<'unknown'>, now: string): Failed => ({
  instance: report.instance,
  outcome: 'failed',
  attempt: report.attempt,
  retries: 0,
  startedAt: report.startedAt,
  finishedAt: now,
  error: {
    code: 'outcome_unknown',
    message: 'The browser worker died while this step was acting. It may have happened, or not; it was not repeated.',
    hint: 'Look in the application whether it happened before you run the runbook again.',
  },
});

export const lostError = (report: Of<'lost'>, now: string): Failed => ({
  instance: report.instance,
  outcome: 'failed',
  attempt: report.attempt,
  retries: 0,
  startedAt: now,
  finishedAt: now,
  error: {
    code: 'browser_crashed',
    message: 'The browser of this job is gone: it crashed, or the browser host was restarted.',
    hint: 'Start the job again. If it happens again at the same step, the page may need more memory than the machine has.',
  },
});

/** An activity that failed for good although a step's error is a result: a defect, or an operator's hand. */
export const brokenReport = (instance: number, error: unknown): Failed => {
  const now = new Date().toISOString();
  return {
    instance,
    outcome: 'failed',
    attempt: 1,
    retries: 0,
    startedAt: now,
    finishedAt: now,
    error: {
      code: 'unknown',
      message: `The step could not be carried out: ${(rootCause(error) ?? 'no reason given').slice(0, 300)}`,
      hint: 'The log of the browser worker has the details.',
    },
  };
};

type At = { instance: number; startedAt: string; now: string };

/** A step that a person or the deadline did not let run. */
export function rejected({ evidence, kind }: Approval, { actor, comment, verdict }: Answer, at: At): Failed {
  const why = comment ? `: “${comment}”` : '';
  const expired = 'Nobody answered in time, so the step was not carried out.';
  return {
    ...without(at),
    screenshot: evidence.screenshot,
    page: { url: evidence.url, title: evidence.title },
    error: {
      code: kind === 'outcome' ? 'outcome_unknown' : 'rejected',
      message: kind === 'outcome' ? `${actor} said that it failed${why}` : verdict === 'expired' ? expired : `${actor} rejected it${why}`,
      hint:
        kind === 'outcome'
          ? 'Its first attempt was cut off while it acted. Look in the application before you run the runbook again.'
          : 'Nothing was done. Rerun from this step when it may run after all.',
    },
  };
}

/** The page would not hold still, or could not be put back. */
export const sessionLost = (error: StepError, at: At): Failed => ({ ...without(at), error });

export const neverTheSame: StepError = {
  code: 'session_lost',
  message: 'The page was not what had been approved, twice; the step was not carried out.',
  hint: 'The changes are in its approvals. When they are harmless, name the changing parameters in the step; else rerun from the log-in step.',
};

const without = ({ instance, startedAt, now }: At) =>
  ({ instance, outcome: 'failed', attempt: 0, retries: 0, startedAt, finishedAt: now }) as const;
