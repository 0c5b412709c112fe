/** What the live picture says about itself: how fresh it is, or why it stands still. Pure. */
import type { LiveFrame, LiveState } from '../../../../src/contract/evidence.ts';
import type { JobState } from '../../../../src/contract/job.ts';
import { age } from '../../format/duration.ts';
import type { Freshness } from '../../stream/freshness.ts';

/**
 * The clocks of server and page differ by an unknown offset, of which the smallest difference that was ever seen is the best guess: what a message took beyond that is
 * the network's. All in ms.
 */
export const offsetOf = (known: number | undefined, sentAt: number, receivedAt: number): number =>
  Math.min(known ?? Infinity, receivedAt - sentAt);

/** From paint in the page to here. */
export const latencyOf = ({ at, sentAt }: Pick<LiveFrame, 'at' | 'sentAt'>, receivedAt: number, offset: number): number =>
  Math.max(0, sentAt - at) + Math.max(0, receivedAt - sentAt - offset);

export type Still = {
  job: Pick<JobState, 'status' | 'parked' | 'options'>;
  /** undefined: not heard yet */
  state: LiveState | undefined;
  freshness: Freshness;
  /** ms since the page looked like that; undefined: there is no frame */
  age: number | undefined;
};
export type Reason = { word: string; /** the picture is from before, and is not what is there now */ old: boolean };

const reason = (word: string, old = false): Reason => ({ word, old });

/** Why it stands still, in one or two words; undefined: it does not. */
export function whyStill({ job, state, freshness, age: old }: Still): Reason | undefined {
  if (freshness === 'stale' || freshness === 'offline') return reason('Reconnecting', true);
  return whyByJob(job) ?? whyByState(state, old);
}

function whyByJob({ status, parked, options }: Still['job']): Reason | undefined {
  if (status === 'queued') return reason(parked ? 'Queued to come back' : 'Queued', true);
  if (parked) return reason('Parked', true);
  if (status === 'waiting_for_approval') return reason('Waiting for approval');
  if (status === 'paused') return reason('Paused');
  return options?.live === false ? reason('Live view is off', true) : undefined;
}

/** A page that moves gives a frame, and one that does not is said to be quiet, within a fraction of this. */
const newestMs = 3_000;

function whyByState(state: LiveState | undefined, old: number | undefined): Reason | undefined {
  if (state === 'off') return reason('Live view is off', true);
  if (state === 'unreachable') return reason('Browser host away', true);
  if (old === undefined) return reason('No picture yet');
  if (state === undefined) return reason('Reconnecting', true);
  if (state === 'none') return reason('No browser', true);
  if (state === 'quiet') return reason('Quiet page');
  return old > newestMs ? reason('No newer picture', true) : undefined;
}

/** "0.2 s old", "12 s old", "3 min old". */
export const ageWords = (ms: number): string => `${ms < 1_000 ? `${(Math.max(0, ms) / 1_000).toFixed(1)} s` : age(ms)} old`;
