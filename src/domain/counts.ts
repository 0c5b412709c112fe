import type { JobCounts, StepState } from '../contract/job.ts';

/** Of the steps of the runbook, however often a loop carries them out. */
export function count(steps: StepState[]): JobCounts {
  const counts = { total: 0, succeeded: 0, failed: 0, skipped: 0, retries: 0 };
  for (const step of steps) {
    counts.retries += step.retries;
    // a container counts only when it has failed itself
    if (step.container && !(step.status === 'failed' && step.error)) continue;
    counts.total += 1;
    const come = comeTo(step);
    if (come) counts[come] += 1;
  }
  return counts;
}

/** One failure in any iteration counts as one. */
function comeTo({ status, runs }: StepState): 'succeeded' | 'failed' | 'skipped' | undefined {
  if ((runs?.failed ?? 0) > 0) return 'failed';
  return status === 'succeeded' || status === 'failed' || status === 'skipped' ? status : undefined;
}
