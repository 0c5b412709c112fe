/** A job as a row of the list. */
import type { JobHeader, JobRow, JobState, StepState, StepStatus } from '../contract/job.ts';
import { briefOf } from './approval.ts';
import { allowedActions } from './decide.ts';
import { currentIndex, currentStep, loopPlaceOf } from './nesting.ts';

const letters: Record<StepStatus, string> = { pending: 'p', running: 'r', waiting: 'w', succeeded: 's', failed: 'f', skipped: 'k' };

/** One letter a step, containers left out: p(ending) r(unning) w(aiting) s(ucceeded) f(ailed) k (skipped). */
export const barOf = (steps: readonly StepState[]): string =>
  steps
    .filter(({ container }) => !container)
    .map((step) => letters[step.status])
    .join('');

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;
const current = (state: JobState): StepState | undefined => currentStep(state.steps);

function failedLine(state: JobState): string {
  const failed = state.steps.find((step) => step.status === 'failed' && step.error);
  if (!failed) return state.error?.message ?? 'Failed';
  return `Step ${failed.ordinal} · ${failed.error?.message ?? failed.description}`;
}

function endedWell(state: JobState): string {
  const values = state.steps.reduce((sum, step) => sum + step.captures.length, 0);
  const kept = state.steps.filter((step) => !step.container && step.skippedBecause === 'kept').length;
  const parts = [plural(state.counts.succeeded + kept, 'step') + (kept > 0 ? `, ${kept} of them kept` : '')];
  if (values > 0) parts.push(`${plural(values, 'value')} captured`);
  if (state.counts.retries > 0) parts.push(state.counts.retries === 1 ? '1 selector retry' : `${state.counts.retries} selector retries`);
  return parts.join(' · ');
}

function runningLine(state: JobState): string {
  const index = currentIndex(state.steps);
  const doing = [state.steps[index]?.description ?? 'Finishing', loopPlaceOf(state.steps, index)].filter(Boolean).join(' · ');
  if (state.cancelling) return 'Cancelling';
  return state.pausing ? `Pausing after “${doing}”` : doing;
}

const commented = (comment: string | undefined): string => (comment ? ` · “${comment}”` : '');

const place = (state: JobState): number => current(state)?.ordinal ?? state.counts.total;

const lines: Record<JobState['status'], (state: JobState) => string> = {
  scheduled: () => 'Waits for its start time',
  queued: (state) => (state.parked ? `Waits for a free browser, to go on at step ${place(state)}` : 'Waits for a free browser'),
  running: runningLine,
  waiting_for_approval: (state) => state.approval?.evidence.sentence ?? current(state)?.description ?? 'Waits for a person',
  paused: (state) => `Paused by ${state.lastCommand?.actor ?? 'somebody'} before step ${place(state)}`,
  completed: endedWell,
  failed: failedLine,
  cancelled: (state) => `Cancelled by ${state.lastCommand?.actor ?? 'somebody'}${commented(state.lastCommand?.comment)}`,
};

/** One sentence: what the job does, needs or ended with. */
export const lineOf = (state: JobState): string => lines[state.status](state).slice(0, 300);

type Drawn = { line: string; bar: string };

/** `queuePlace` is known only to the store. */
export function rowOf(header: JobHeader, { line, bar }: Drawn, queuePlace: number | null = null): JobRow {
  const { id, title, runbook, requestedBy, status, pausing, seq, counts, createdAt, startedAt, finishedAt } = header;
  const { scheduledFor, waitingSince, parked, rerunOf } = header;
  return {
    ...{ id, title, runbook, requestedBy, status, pausing, seq, counts, createdAt, startedAt, finishedAt },
    ...{ scheduledFor, waitingSince, parked, rerunOf, line, bar, queuePlace },
    actions: allowedActions(header),
    approval: briefOf(header.approval),
  };
}

export const toRow = (state: JobState): JobRow => rowOf(state, { line: lineOf(state), bar: barOf(state.steps) });
