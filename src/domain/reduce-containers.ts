/** What the events of loops and branches mean. */
import type { JobEvent } from '../contract/event.ts';
import type { Iteration, JobState, Notice, Runs, SkippedBecause, StepState } from '../contract/job.ts';
import { count } from './counts.ts';
import { hasEnded } from './decide.ts';
import { containersOf, endOf, isOpen } from './nesting.ts';

type EventOf<T extends JobEvent['type']> = Extract<JobEvent, { type: T }>;
export type ContainerType = Extract<JobEvent['type'], `loop.${string}` | `branch.${string}`>;
type Reducers = { [T in ContainerType]: (state: JobState, event: EventOf<T>) => JobState };

/** Loops of 12 and of 12,000 iterations take the same room. */
const keptIterations = 50;

const noRuns: Runs = { succeeded: 0, failed: 0, skipped: 0 };
const elapsed = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));

/** How often a step has ended so far, this time included. */
function runsOf({ runs = noRuns, status }: StepState): Runs {
  if (runs.whole || (status !== 'succeeded' && status !== 'failed' && status !== 'skipped')) return runs;
  return { ...runs, [status]: runs[status] + 1 };
}

/** In a new iteration of a loop around the loop the counting goes on. */
function goingOn(step: StepState): Runs {
  const { whole: _whole, ...runs } = runsOf(step);
  return runs;
}

function changeInside(state: JobState, index: number, change: (step: StepState) => StepState): StepState[] {
  const end = endOf(state.steps, index);
  return state.steps.map((step, i) => (i > index && i < end ? change(step) : step));
}

/** As if it had not been reached: another iteration begins. What it captured and how it failed last stays until it is known anew. */
const again = (step: StepState): StepState => ({
  ...step,
  status: 'pending',
  runs: goingOn(step),
  startedAt: undefined,
  finishedAt: undefined,
  skippedBecause: undefined,
  loop: undefined,
  taken: undefined,
});

/** The job ended before its turn came, or while it was at work. */
const isLeft = ({ status, skippedBecause }: StepState): boolean =>
  status === 'skipped' && (skippedBecause === 'cancelled' || skippedBecause === 'not_reached');

/** What a step inside a loop has come to in all its iterations. `isCut`: the job ended in the last one, and what that cut off is not said to have succeeded. */
function summed(step: StepState, isCut: boolean): StepState {
  const runs: Runs = { ...runsOf(step), whole: true };
  const ended = { ...step, runs, startedAt: step.startedAt };
  if (runs.failed > 0) return { ...ended, status: 'failed', skippedBecause: undefined };
  if (isCut && isLeft(step)) return ended;
  if (runs.succeeded > 0) return { ...ended, status: 'succeeded', skippedBecause: undefined };
  return { ...ended, status: 'skipped', skippedBecause: runs.skipped > 0 ? step.skippedBecause : 'no_iteration' };
}

/** The last 50, and the first 50 that failed. */
function bounded(iterations: Iteration[]): Iteration[] {
  const recent = iterations.slice(-keptIterations);
  const failed = iterations.slice(0, -keptIterations).filter(({ status }) => status === 'failed');
  return [...failed.slice(0, keptIterations), ...recent];
}

const cutOff = 'The job ended in the middle of it.';

/** What an iteration came to, by what is inside the loop. */
function cameTo(inside: readonly StepState[]): Pick<Iteration, 'status' | 'failedStepId' | 'message'> {
  // branches that failed with a step in them say nothing themselves
  const all = inside.filter((one) => one.status === 'failed');
  const failed = all.find(({ error }) => error) ?? all[0];
  if (failed) return { status: 'failed', failedStepId: failed.id, message: failed.error?.message };
  return inside.some(isLeft) ? { status: 'skipped', message: cutOff } : { status: 'succeeded' };
}

/** The iteration that runs ends. */
function closeIteration(step: StepState, inside: readonly StepState[], at: string): StepState {
  const { loop } = step;
  const last = loop?.iterations.at(-1);
  if (!loop || last?.status !== 'running') return step;
  const closed: Iteration = { ...last, ...cameTo(inside), durationMs: elapsed(last.startedAt, at) };
  const failed = loop.failed + (closed.status === 'failed' ? 1 : 0);
  return { ...step, loop: { ...loop, failed, iterations: [...loop.iterations.slice(0, -1), closed] } };
}

const counted = (state: JobState): JobState => ({ ...state, counts: count(state.steps) });
const insideOf = (state: JobState, index: number): StepState[] => state.steps.slice(index + 1, endOf(state.steps, index));
const indexOf = (state: JobState, stepId: string): number => state.steps.findIndex(({ id }) => id === stepId);
const replace = (steps: StepState[], index: number, step: StepState): StepState[] => steps.map((one, i) => (i === index ? step : one));

function iterated(state: JobState, { stepId, iteration, total, label, at }: EventOf<'loop.iterated'>): JobState {
  const index = indexOf(state, stepId);
  const found = state.steps[index];
  if (!found) return state;
  const step = closeIteration(found, insideOf(state, index), at);
  const before = step.loop ?? { begun: 0, failed: 0, iterations: [] };
  const next: Iteration = { index: iteration, label, status: 'running', startedAt: at };
  const loop = { ...before, begun: iteration + 1, total, iterations: bounded([...before.iterations, next]) };
  const steps = iteration === 0 ? state.steps : changeInside(state, index, again);
  return counted({ ...state, steps: replace(steps, index, { ...step, startedAt: step.startedAt ?? at, loop }) });
}

type Outcome = { status: 'succeeded' | 'failed' } | { status: 'skipped'; skippedBecause: SkippedBecause };

function worst(inside: readonly StepState[]): Outcome {
  if (inside.some(({ status }) => status === 'failed')) return { status: 'failed' };
  const left = inside.find(isLeft)?.skippedBecause;
  return left ? { status: 'skipped', skippedBecause: left } : { status: 'succeeded' };
}

function closed(step: StepState, outcome: Outcome, at: string): StepState {
  return { ...step, ...outcome, finishedAt: at, durationMs: step.startedAt === undefined ? 0 : elapsed(step.startedAt, at) };
}

/** `cut`: why there was no further iteration, when the job ended before the loop did. */
type LoopEnd = { at: string; capped?: boolean; cut?: SkippedBecause };

/** A loop that went around at least once has succeeded or failed with what is in it; one that was cut off has done neither. */
function endLoop(state: JobState, index: number, { at, capped, cut }: LoopEnd): JobState {
  const found = state.steps[index];
  if (!found) return state;
  const step = closeIteration(found, insideOf(state, index), at);
  const loop = { ...(step.loop ?? { begun: 0, failed: 0, iterations: [] }), ...(capped && { capped }), ...(cut && { cut: true }) };
  const steps = changeInside(state, index, (one) => summed(one, cut !== undefined));
  const outcome = worst(steps.slice(index + 1, endOf(steps, index)));
  const ended = closed({ ...step, loop }, cut && outcome.status === 'succeeded' ? { status: 'skipped', skippedBecause: cut } : outcome, at);
  return counted({ ...state, steps: replace(steps, index, ended) });
}

const cappedNotice = (state: JobState, index: number): JobState => {
  const step = state.steps[index];
  if (!step) return state;
  const text = `Step ${step.ordinal} (${step.description}) ended after ${step.loop?.begun ?? 0} iterations, its maxIterations; there was more to do`;
  return { ...state, notices: [...state.notices, { at: step.finishedAt ?? '', kind: 'warning', text } satisfies Notice] };
};

export const containerReducers: Reducers = {
  'loop.iterated': iterated,
  'loop.ended': (state, { stepId, capped, at }) => {
    const index = indexOf(state, stepId);
    const ended = endLoop(state, index, { at, capped });
    return capped ? cappedNotice(ended, index) : ended;
  },
  'branch.taken': (state, { stepId, value, match, at }) => {
    const index = indexOf(state, stepId);
    const step = state.steps[index];
    if (!step) return state;
    return { ...state, steps: replace(state.steps, index, { ...step, startedAt: step.startedAt ?? at, taken: { value, match } }) };
  },
};

/** Branches end with their last step; a loop only when it is said to. */
export function closeBranches(state: JobState, stepId: string, at: string): JobState {
  const around = containersOf(state.steps, indexOf(state, stepId));
  return around.reduce((now, index) => {
    const step = now.steps[index];
    const inside = insideOf(now, index);
    if (!step || step.container !== 'branches' || !isOpen(step) || !inside.every(hasEnded)) return now;
    return { ...now, steps: replace(now.steps, index, closed(step, worst(inside), at)) };
  }, state);
}

/** The job has ended within them. */
export function closeOpen(state: JobState, { at, status }: Pick<EventOf<'job.finished'>, 'at' | 'status'>): JobState {
  const cut = status === 'cancelled' ? 'cancelled' : 'not_reached';
  return state.steps.reduceRight((now, _step, index) => {
    const step = now.steps[index];
    if (!step || !isOpen(step)) return now;
    if (step.container === 'loop') return endLoop(now, index, { at, cut });
    return { ...now, steps: replace(now.steps, index, closed(step, worst(insideOf(now, index)), at)) };
  }, state);
}
