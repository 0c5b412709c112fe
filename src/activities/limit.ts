import { StepFailure } from './step-failure.ts';

/** A step's own time limit. `signal` is aborted with a StepFailure `timeout` when it is over. */
/** `overdue` follows a second later, for a handler that did not end with `signal`. */
export type Limit = { signal: AbortSignal; overdue: AbortSignal; remaining(): number; end(): void };

const overdueMs = 1_000;

/** @param ms the limit; 0 means none of its own, which is one hour */
export function startLimit(ms: number): Limit {
  const total = ms === 0 ? 3_600_000 : ms;
  const controller = new AbortController();
  const late = new AbortController();
  const ends = Date.now() + total;
  const failure = new StepFailure('timeout', `The step was not finished after ${total} ms.`);
  const timers = [setTimeout(() => controller.abort(failure), total), setTimeout(() => late.abort(failure), total + overdueMs)];
  return {
    signal: controller.signal,
    overdue: late.signal,
    remaining: () => Math.max(1, ends - Date.now()),
    end: () => timers.forEach((timer) => clearTimeout(timer)),
  };
}
