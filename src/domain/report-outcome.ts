/** What became of a job, as a person would write it: one or two sentences at the head of its report. */
import type { JobState, StepState } from '../contract/job.ts';
import { lineOf } from './row.ts';

const longestCause = 400;

export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
const verb = (n: number, one: string, many: string): string => (n === 1 ? one : many);

/** The text as a sentence: it ends with a mark. */
export const ended = (text: string): string => (/[.!?…][”"]?$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

const skippedAs = ({ steps }: JobState, ...because: StepState['skippedBecause'][]): number =>
  steps.filter((step) => !step.container && step.status === 'skipped' && because.includes(step.skippedBecause)).length;

/** Elements that were found, but not at once. */
const lookedAgain = ({ steps }: JobState): number => steps.filter(({ status, retries }) => status === 'succeeded' && retries > 0).length;

/** What is worth knowing although it went well; each without an end. */
function remarksOf(state: JobState): string[] {
  const kept = skippedAs(state, 'kept');
  const leftOut = skippedAs(state, 'condition', 'branch', 'no_iteration');
  const again = lookedAgain(state);
  const repeated = state.steps.filter(({ container, attempt }) => !container && attempt > 1).length;
  return [
    ...(kept > 0 ? [`${plural(kept, 'step')} ${verb(kept, 'was', 'were')} kept from an earlier attempt`] : []),
    ...(leftOut > 0 ? [`${leftOut} ${verb(leftOut, 'was', 'were')} left out by the runbook’s own conditions`] : []),
    ...(repeated > 0 ? [`${plural(repeated, 'step')} ${verb(repeated, 'was', 'were')} carried out again`] : []),
    ...(again > 0 ? [`${verb(again, 'one element', `${again} elements`)} needed a second look`] : []),
  ];
}

function successes({ counts }: JobState): string {
  const { succeeded, total } = counts;
  if (succeeded === total) return total === 1 ? 'The one step succeeded' : `All ${total} steps succeeded`;
  return `${succeeded} of ${plural(total, 'step')} succeeded`;
}

const completed = (state: JobState): string => ended([successes(state), ...remarksOf(state)].join('; '));

function notReached(state: JobState): string {
  const left = skippedAs(state, 'not_reached', 'cancelled');
  return left > 0 ? `${plural(left, 'step')} ${verb(left, 'was', 'were')} not reached.` : '';
}

function whatFailed(steps: number, first: StepState | undefined): string {
  if (!first) return 'The job failed';
  return steps > 1 ? `${steps} steps failed, the first of them step ${first.ordinal}` : `Step ${first.ordinal} failed`;
}

function failed(state: JobState): string {
  const broken = state.steps.filter(({ status, container }) => status === 'failed' && !container);
  const first = broken[0] ?? state.steps.find(({ status }) => status === 'failed');
  const cause = (first?.error ?? state.error)?.message.slice(0, longestCause);
  const what = whatFailed(broken.length, first);
  return [ended(cause === undefined ? what : `${what}: ${cause}`), notReached(state)].filter(Boolean).join(' ');
}

function cancelled(state: JobState): string {
  const { actor = 'somebody', comment } = state.lastCommand?.action === 'cancel' ? state.lastCommand : {};
  const { succeeded, total } = state.counts;
  const done = succeeded === 0 ? 'No step had succeeded.' : `${succeeded} of ${plural(total, 'step')} had succeeded.`;
  return `${ended(`Cancelled by ${actor}${comment ? `: “${comment}”` : ''}`)} ${done}`;
}

function underway(state: JobState): string {
  const { succeeded, failed: broken, skipped, total } = state.counts;
  return `Not over: ${succeeded + broken + skipped} of ${plural(total, 'step')} ended so far. ${ended(lineOf(state))}`;
}

export function outcomeOf(state: JobState): string {
  if (state.status === 'completed') return completed(state);
  if (state.status === 'failed') return failed(state);
  return state.status === 'cancelled' ? cancelled(state) : underway(state);
}
