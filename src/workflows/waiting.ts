/** Waiting for a person: it ends with an answer, a deadline or a cancel, and does not keep a browser for longer than it must. */
import { condition, workflowInfo } from '@temporalio/workflow';
import type { BrowserSeat } from './browser-seat.ts';
import type { JobControl } from './job-control.ts';
import type { JobLog } from './job-log.ts';

type Parts = { log: JobLog; control: JobControl; seat: BrowserSeat; parkAfterMs: number | undefined };
/** `token` names the checkpoint of this wait; `summary` is for its timer in the Temporal Web UI. */
export type Wait = { until: () => boolean; deadline?: string; token: number; summary: string };
/** `continue`: the history has grown long enough; the wait goes on in the next run. */
export type WaitEnd = 'answered' | 'deadline' | 'cancelled' | 'continue';

export async function waitForPerson(parts: Parts, wait: Wait): Promise<WaitEnd> {
  const { control } = parts;
  const ended = (): boolean => wait.until() || control.cancelling || workflowInfo().continueAsNewSuggested;
  const deadline = wait.deadline === undefined ? Infinity : Date.parse(wait.deadline);
  await untilParked(parts, { ended, deadline, token: wait.token });
  await elapse(ended, deadline, wait.summary);
  if (control.cancelling) return 'cancelled';
  if (wait.until()) return 'answered';
  return Date.now() >= deadline ? 'deadline' : 'continue';
}

type Limits = { ended: () => boolean; deadline: number; token: number };

async function untilParked({ log, seat, parkAfterMs }: Parts, { ended, deadline, token }: Limits): Promise<void> {
  if (parkAfterMs === undefined || !seat.browser) return;
  const parkAt = Date.parse(log.state.waitingSince ?? log.state.createdAt) + parkAfterMs;
  await elapse(ended, Math.min(parkAt, deadline), 'then the browser is given back');
  if (!ended() && Date.now() >= parkAt) await park({ log, seat }, { ended, deadline, token });
}

async function park({ log, seat }: Pick<Parts, 'log' | 'seat'>, { ended, deadline, token }: Limits): Promise<void> {
  const parked = await seat.park(token, ended, deadline);
  if (parked) log.emit({ type: 'job.parked', url: parked.url });
}

/** Until the condition holds, at most until `at` (ms since 1970; Infinity: as long as it takes). */
async function elapse(ended: () => boolean, at: number, summary: string): Promise<void> {
  if (ended()) return;
  if (at === Infinity) return condition(ended);
  const ms = at - Date.now();
  if (ms > 0) await condition(ended, ms, { summary });
}
