/** What the details of a step say in sentences. Pure. */
import type { StepState } from '../../../../src/contract/job.ts';
import { duration } from '../../format/duration.ts';

/** `id "save"` as `id “save”`. */
const quoted = (missed: string): string => missed.replace(/^(\S+) "(.*)"$/s, '$1 “$2”');

/** One line for each selector field that matched nothing though a less dependable one did. */
export function repairHints({ missed = [], matchedBy }: Pick<StepState, 'missed' | 'matchedBy'>): string[] {
  const found = matchedBy === undefined ? '' : `; found by ${matchedBy}`;
  return missed.map((one) => `${quoted(one)} matched nothing${found}`);
}

/** Decided by people or by the state of the session: nothing was looked for. */
const decided: ReadonlySet<string> = new Set(['rejected', 'outcome_unknown', 'session_lost', 'value_missing', 'blocked_address']);

/** "after 22.9 s, 3 retries": what was done before it was given up; empty when nothing was tried. */
export function triedWords({ durationMs, retries, error }: Pick<StepState, 'durationMs' | 'retries' | 'error'>): string {
  if (error && decided.has(error.code)) return '';
  const again = retries > 0 ? `${retries} ${retries === 1 ? 'retry' : 'retries'}` : 'no retry';
  return durationMs === undefined ? again : `after ${duration(durationMs)}, ${again}`;
}
