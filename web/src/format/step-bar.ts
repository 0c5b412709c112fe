import type { StepStatus } from '../../../src/contract/job.ts';

const statuses: Record<string, StepStatus> = { p: 'pending', r: 'running', w: 'waiting', s: 'succeeded', f: 'failed', k: 'skipped' };
/** What a segment of several steps shows: the state that a person must not overlook. */
const rank: readonly StepStatus[] = ['failed', 'waiting', 'running', 'pending', 'skipped', 'succeeded'];

/** The segments of a row's bar. A long bar is drawn by at most `most` segments, so that 1,000 steps take the room of 40. */
export function segmentsOf(bar: string, most = 40): StepStatus[] {
  const steps = [...bar].map((letter) => statuses[letter] ?? 'pending');
  if (steps.length <= most) return steps;
  return Array.from({ length: most }, (_, i) => {
    const group = steps.slice(Math.floor((i * steps.length) / most), Math.floor(((i + 1) * steps.length) / most));
    return rank.find((status) => group.includes(status)) ?? 'pending';
  });
}
