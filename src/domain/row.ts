/** A job as a row of the list. */
import type { JobRow, JobState, StepState, StepStatus } from '../contract/job.ts';
import { allowedActions } from './decide.ts';

const letters: Record<StepStatus, string> = { pending: 'p', running: 'r', succeeded: 's', failed: 'f', skipped: 'k' };

/** One letter a step: p(ending) r(unning) s(ucceeded) f(ailed) k (skipped). */
export const barOf = (steps: readonly StepState[]): string => steps.map((step) => letters[step.status]).join('');

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;
const current = (state: JobState): StepState | undefined =>
  state.steps.find((step) => step.status === 'running' || step.status === 'pending');

function failedLine(state: JobState): string {
  const failed = state.steps.find((step) => step.status === 'failed');
  if (!failed) return state.error?.message ?? 'Failed';
  return `Step ${failed.ordinal} · ${failed.error?.message ?? failed.description}`;
}

function endedWell(state: JobState): string {
  const values = state.steps.reduce((sum, step) => sum + step.captures.length, 0);
  const parts = [plural(state.counts.succeeded, 'step')];
  if (values > 0) parts.push(`${plural(values, 'value')} captured`);
  if (state.counts.retries > 0) parts.push(state.counts.retries === 1 ? '1 selector retry' : `${state.counts.retries} selector retries`);
  return parts.join(' · ');
}

function runningLine(state: JobState): string {
  const step = current(state);
  const doing = step ? step.description : 'Finishing';
  if (state.cancelling) return 'Cancelling';
  return state.pausing ? `Pausing after “${doing}”` : doing;
}

const commented = (comment: string | undefined): string => (comment ? ` · “${comment}”` : '');

const lines: Record<JobState['status'], (state: JobState) => string> = {
  scheduled: () => 'Waits for its start time',
  queued: () => 'Waits for a free browser',
  running: runningLine,
  waiting_for_approval: (state) => current(state)?.description ?? 'Waits for a person',
  paused: (state) => `Paused by ${state.lastCommand?.actor ?? 'somebody'} before step ${current(state)?.ordinal ?? state.counts.total}`,
  completed: endedWell,
  failed: failedLine,
  cancelled: (state) => `Cancelled by ${state.lastCommand?.actor ?? 'somebody'}${commented(state.lastCommand?.comment)}`,
};

/** One sentence: what the job does, needs or ended with. */
export const lineOf = (state: JobState): string => lines[state.status](state).slice(0, 300);

export function toRow(state: JobState): JobRow {
  const { id, title, runbook, requestedBy, status, pausing, seq, counts, createdAt, startedAt, finishedAt } = state;
  return {
    ...{ id, title, runbook, requestedBy, status, pausing, seq, counts, createdAt, startedAt, finishedAt },
    line: lineOf(state),
    bar: barOf(state.steps),
    actions: allowedActions(state),
  };
}
