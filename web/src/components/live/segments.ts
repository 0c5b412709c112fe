/** What of a job stands on its time axis: steps, and times through loops, with where they begin and end. Times in ms since the start of the job. Pure. */
import type { Iteration, StepState, StepStatus } from '../../../../src/contract/job.ts';
import { hasEnded } from '../../../../src/domain/decide.ts';
import { endOf } from '../../../../src/domain/nesting.ts';

/** `open`: it goes on, `to` is now. A time through a loop has the loop's step. */
export type Segment = {
  key: string;
  stepId: string;
  ordinal: number;
  text: string;
  status: StepStatus;
  from: number;
  to: number;
  open?: true;
};
/** `start`, `now` in ms since the epoch; of a job that is over, `now` is its end. */
export type Clock = { start: number; now: number };
type Walk = { steps: readonly StepState[]; clock: Clock; found: Segment[] };
/** A part of the flat list, and since when: what is inside a loop keeps the times of its last iteration. */
type Part = { from: number; to: number; since: number };

const nameOf = ({ description, action }: StepState): string => description || action;

/** In order of their beginning. */
export function segmentsOf(steps: readonly StepState[], clock: Clock): Segment[] {
  const walk: Walk = { steps, clock, found: [] };
  collect(walk, { from: 0, to: steps.length, since: -Infinity });
  return walk.found.sort((a, b) => a.from - b.from);
}

function collect(walk: Walk, { from, to, since }: Part): void {
  for (let i = from; i < to; i = endOf(walk.steps, i)) {
    const step = walk.steps[i];
    if (!step) return;
    const inside = { from: i + 1, to: endOf(walk.steps, i), since };
    if (step.container === 'loop') collectLoop(walk, step, inside);
    else if (step.container) collect(walk, inside);
    else collectStep(walk, step, since);
  }
}

/** A step that waits has not begun; it stands there since it was asked about. */
function collectStep({ clock, found }: Walk, step: StepState, since: number): void {
  const asked = step.status === 'waiting' ? step.approvals?.at(-1)?.askedAt : undefined;
  const began = step.startedAt ?? asked;
  if (began === undefined || Date.parse(began) < since) return;
  const { id, ordinal, status } = step;
  const open = !hasEnded(step);
  const ended = step.finishedAt && !open ? Date.parse(step.finishedAt) : clock.now;
  const from = Date.parse(began) - clock.start;
  found.push({
    ...{ key: id, stepId: id, ordinal, text: nameOf(step), status },
    ...{ from, to: Math.max(from, ended - clock.start), ...(open && { open }) },
  });
}

/** Of a loop that goes on, the steps of the present iteration stand in its place. */
function collectLoop(walk: Walk, step: StepState, inside: Part): void {
  const { loop, startedAt } = step;
  if (!loop || !startedAt || Date.parse(startedAt) < inside.since) return;
  const running = hasEnded(step) ? undefined : loop.iterations.find(({ status }) => status === 'running');
  const past = loop.iterations.filter((iteration) => iteration !== running);
  const { found, clock } = walk;
  const earlier = earlierOf(step, past, clock);
  if (earlier) found.push(earlier);
  for (const iteration of past) found.push(iterationSegment(step, iteration, clock));
  if (running) collect(walk, { ...inside, since: Date.parse(running.startedAt) });
}

function iterationSegment(step: StepState, { index, label, status, startedAt, durationMs }: Iteration, { start, now }: Clock): Segment {
  const from = Date.parse(startedAt) - start;
  const to = durationMs === undefined ? now - start : from + durationMs;
  const text = `${nameOf(step)} · ${label ?? `iteration ${index + 1}`}`;
  return { key: `${step.id}.${index}`, stepId: step.id, ordinal: step.ordinal, text, status, from, to };
}

/** Only the last iterations are kept, and the first that failed: those before are one stretch. */
function earlierOf(step: StepState, past: readonly Iteration[], { start }: Clock): Segment | undefined {
  const firstOfLast = past.find(({ index }, i) => past.length - i === (past.at(-1)?.index ?? 0) - index + 1);
  if (!firstOfLast || firstOfLast.index === 0 || !step.startedAt) return undefined;
  const { id: stepId, ordinal } = step;
  const text = `${nameOf(step)} · iterations 1–${firstOfLast.index.toLocaleString('en')}`;
  const [from, to] = [Date.parse(step.startedAt) - start, Date.parse(firstOfLast.startedAt) - start];
  return { key: `${stepId}.earlier`, stepId, ordinal, text, status: 'succeeded', from, to };
}

/** What is on at `at`, or was last; undefined before the first. */
export const segmentAt = (segments: readonly Segment[], at: number): Segment | undefined => segments.findLast(({ from }) => from <= at);

/** Where the axis stands while nobody has taken hold of it, when that is not the end. `segment`: the step's own; a step in a loop that is over has none. */
export type Rest = { at: number; stepId: string; segment: Segment | undefined };

/** The end of a step that failed: a job that went on afterwards would else show a page that has nothing to do with it. `start`: of the job, ms since the epoch. */
export function restAt(step: StepState | undefined, segments: readonly Segment[], start: number): Rest | undefined {
  if (step?.status !== 'failed' || step.finishedAt === undefined) return undefined;
  const segment = segments.findLast(({ stepId }) => stepId === step.id);
  return { at: segment?.to ?? Math.max(0, Date.parse(step.finishedAt) - start), stepId: step.id, segment };
}

/** What a person must not overlook. */
const rank: readonly StepStatus[] = ['failed', 'waiting', 'running', 'pending', 'skipped', 'succeeded'];
const louder = (a: StepStatus, b: StepStatus): StepStatus => rank.find((status) => status === a || status === b) ?? a;

/** Segments that would stand on the same `least` of the axis are drawn as one: 10,000 steps take no more elements than the axis has room for. */
export function drawnSegments(segments: readonly Segment[], place: (at: number) => number, least = 1 / 300): Segment[] {
  const drawn: Segment[] = [];
  for (const segment of segments) {
    const last = drawn.at(-1);
    if (!last || place(segment.from) - place(last.from) >= least) drawn.push(segment);
    else drawn[drawn.length - 1] = { ...last, to: Math.max(last.to, segment.to), status: louder(last.status, segment.status) };
  }
  return drawn;
}
