/** Whether a step of an attempt that is over may have acted. */
import type { StepErrorCode } from '../contract/error.ts';
import type { JobState, StepState } from '../contract/job.ts';
import { dispatchWindow } from './names.ts';
import { endOf } from './nesting.ts';
import { hasHappened, isLeftOut } from './rerun-steps.ts';

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

/** A step that ran several times tells only its last failure: the others may have been of another kind. */
const actedInALoop = ({ runs }: StepState): boolean => runs !== undefined && (runs.succeeded > 0 || runs.failed > 1);

const hasActed = (step: StepState): boolean => hasHappened(step) || actedInALoop(step) || failedActing(step);

const failedActing = ({ status, error }: StepState): boolean => status === 'failed' && !beforeActing.has(error?.code ?? 'unknown');

/** Where the job stood when it ended: inside a loop that did not come to its end, else anywhere. Nothing is sent ahead past the end of an iteration. */
function whereItEnded(steps: readonly StepState[]): readonly StepState[] {
  const cut = steps.findIndex(({ loop }) => loop?.cut);
  return cut === -1 ? steps : steps.slice(cut + 1, endOf(steps, cut));
}

/**
 * Steps that were in a browser's hands when the job was ended from outside, and of which no more was heard. A cancelled job hears of every step but the one that
 * was going on; one that was ended in Temporal hears of none that was sent ahead.
 */
function unheardOf({ steps, status, error, startedAt }: JobState): StepState[] {
  if (startedAt === undefined) return [];
  const width = status === 'cancelled' ? 1 : error ? dispatchWindow : 0;
  const open = whereItEnded(steps)
    .filter((step) => !step.container && !isLeftOut(step))
    .filter((step) => !hasHappened(step) && step.status !== 'failed')
    .slice(0, width);
  const held = open.findIndex(heldBack);
  return held === -1 ? open : open.slice(0, held);
}

/** Ids of the steps that acted, or of which nobody can say that they did not. */
export const mayHaveActed = (state: JobState): ReadonlySet<string> =>
  new Set([...state.steps.filter(hasActed), ...unheardOf(state)].map(({ id }) => id));
