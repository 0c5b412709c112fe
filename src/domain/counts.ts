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

/** One failure in any iteration counts as one; a step whose next iteration is to come counts as what it came to before, so that no figure falls. */
function comeTo({ status, runs }: StepState): 'succeeded' | 'failed' | 'skipped' | undefined {
  if ((runs?.failed ?? 0) > 0) return 'failed';
  if (status === 'succeeded' || status === 'failed' || status === 'skipped') return status;
  return (['succeeded', 'skipped'] as const).find((how) => (runs?.[how] ?? 0) > 0);
}
