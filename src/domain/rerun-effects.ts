/** Whether a step of an attempt that is over may have acted. */
import type { StepErrorCode } from '../contract/error.ts';
import type { JobState, StepState } from '../contract/job.ts';
import { dispatchWindow } from './names.ts';

/** A step that failed like this had not begun to act. */
const beforeActing: ReadonlySet<StepErrorCode> = new Set<StepErrorCode>([
  'element_not_found',
  'ambiguous',
  'page_structure_changed',
  'element_stale',
  'value_missing',
  'rejected',
  'session_lost',
]);

/** It was asked about and nobody said yes: it did not run, and nothing behind it was sent to a browser. */
const heldBack = ({ approvals = [] }: StepState): boolean => {
  const last = approvals.at(-1);
  return last !== undefined && last.kind === 'step' && last.answer?.verdict !== 'approved';
};

/**
 * Steps that were in a browser's hands when the job was ended from outside, and of which no more was heard. A cancelled job hears of every step but the one that
 * was going on; one that was ended in Temporal hears of none that was sent ahead.
 */
function unheardOf({ steps, status, error, startedAt }: JobState): StepState[] {
  if (startedAt === undefined) return [];
  const width = status === 'cancelled' ? 1 : error ? dispatchWindow : 0;
  const open = steps
    .filter((step) => step.status !== 'succeeded' && step.status !== 'failed' && step.skippedBecause !== 'kept')
    .slice(0, width);
  const held = open.findIndex(heldBack);
  return held === -1 ? open : open.slice(0, held);
}

/** Ids of the steps that acted, or of which nobody can say that they did not. */
export function mayHaveActed(state: JobState): ReadonlySet<string> {
  const acted = state.steps.filter(
    (step) =>
      step.status === 'succeeded' ||
      step.skippedBecause === 'kept' ||
      (step.status === 'failed' && !beforeActing.has(step.error?.code ?? 'unknown')),
  );
  return new Set([...acted, ...unheardOf(state)].map(({ id }) => id));
}
