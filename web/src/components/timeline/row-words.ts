/** What a row of the timeline says at its end, and below its name. Pure. */
import type { StepState } from '../../../../src/contract/job.ts';
import { clock, duration } from '../../format/duration.ts';
import { errorTitles, skipReasons, stepStatuses } from '../../status/vocabulary.ts';

/** Why it was skipped. Branches of which no case was taken are skipped as a whole. */
export function skippedWords({ skippedBecause = 'not_reached', container }: Pick<StepState, 'skippedBecause' | 'container'>): string {
  return skippedBecause === 'branch' && container === 'branches' ? 'no case of it was taken' : skipReasons[skippedBecause];
}

/** How long it took or has taken so far; of a step that waits since it was asked; why it was skipped. `now` in ms. */
export function tookOf(step: StepState, now: number): string {
  const { status, durationMs, startedAt, approvals } = step;
  const asked = approvals?.at(-1)?.askedAt;
  if (status === 'skipped') return skippedWords(step);
  if (status === 'waiting' && asked) return clock(now - Date.parse(asked));
  if (status === 'running' && startedAt) return clock(now - Date.parse(startedAt));
  return durationMs === undefined || status === 'pending' ? '' : duration(durationMs);
}

/** The line below its name: what it waits for, or how it failed. A step in a loop keeps its last failure; it is told only while it counts. */
export function noteOf({ status, error }: StepState): string {
  if (status === 'waiting') return stepStatuses.waiting.word;
  return status === 'failed' && error ? errorTitles[error.code] : '';
}

/** A step that will not happen again, has not happened or does not count is quiet; one that needs a person or runs is loud. */
export const isLoud = ({ status }: Pick<StepState, 'status'>): boolean => ['running', 'waiting', 'failed'].includes(status);
