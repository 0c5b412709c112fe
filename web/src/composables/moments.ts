/** Arithmetic of the time axis. Times in ms since the start of the job. Pure. */
import type { Stretch } from '../components/live/axis-scale.ts';
import type { Segment } from '../components/live/segments.ts';

/** Of `?t=`; undefined: it is none. */
export function parseMoment(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : undefined;
}

/** Who is well inside a step goes to its beginning first, as players do. */
const wellInside = 1_500;

export function previousMoment(segments: readonly Segment[], at: number): number {
  const index = segments.findLastIndex(({ from }) => from <= at);
  const current = segments[index];
  if (!current) return 0;
  return at - current.from > wellInside ? current.from : (segments.findLast(({ from }) => from < current.from)?.from ?? 0);
}

/** undefined: there is none after it. */
export const nextMoment = (segments: readonly Segment[], at: number): number | undefined => segments.find(({ from }) => from > at)?.from;

/** Where playing has come to after `passed` ms; waits that are drawn short are left out. */
export function playedTo(at: number, passed: number, cuts: readonly Stretch[]): number {
  let to = at + passed;
  for (const cut of cuts) if (to > cut.from && at < cut.to) to = Math.max(to, cut.to);
  return to;
}
