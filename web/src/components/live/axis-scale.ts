/** Where a time stands on the axis. Long waits, in which nothing is carried out, are drawn short, so that the work keeps its room. Pure. */
import type { Segment } from './segments.ts';

/** ms since the start of the job */
export type Stretch = { from: number; to: number };
export type Scale = {
  /** from 0 to 1 */
  place: (at: number) => number;
  timeAt: (place: number) => number;
  /** waits that are drawn short */
  cuts: readonly Stretch[];
  /** of the whole axis, in ms as they are drawn */
  span: number;
};

const leastCut = 15_000;
/** as it is drawn */
const leastCutDrawn = 3_000;
/** of a job that goes on */
const leastSpan = 10_000;
/** of the work's length: one cut, and all of them together */
const cutShare = 0.04;
const allCutsShare = 0.3;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400].map((s) => s * 1_000);
const stepFor = (span: number, most: number): number =>
  steps.find((step) => span / step <= most) ?? Math.ceil(span / most / 86_400_000) * 86_400_000;

/** Times in which nothing was carried out: between steps, and while a person was asked. `waits`: of approvals. */
export function idleOf(segments: readonly Segment[], waits: readonly Stretch[], length: number): Stretch[] {
  const work = segments.filter(({ status }) => status !== 'waiting').flatMap((segment) => without(segment, waits));
  work.sort((a, b) => a.from - b.from);
  const idle: Stretch[] = [];
  let until = 0;
  for (const { from, to } of [...work, { from: length, to: length }]) {
    if (from - until >= leastCut) idle.push({ from: until, to: from });
    until = Math.max(until, to);
  }
  return idle;
}

function without(segment: Stretch, waits: readonly Stretch[]): Stretch[] {
  const parts = waits.reduce<Stretch[]>(
    (left, wait) =>
      left.flatMap(({ from, to }) =>
        wait.to <= from || wait.from >= to
          ? [{ from, to }]
          : [
              { from, to: wait.from },
              { from: wait.to, to },
            ].filter((part) => part.to > part.from),
      ),
    [{ from: segment.from, to: segment.to }],
  );
  return parts;
}

/** `growing`: the job goes on. Then there is room behind now, in steps: the axis stands still for a while, instead of shrinking a little all the time. */
export function scaleOf({ length, idle, growing }: { length: number; idle: readonly Stretch[]; growing: boolean }): Scale {
  const cut = idle.reduce((sum, { from, to }) => sum + to - from, 0);
  const work = Math.max(1_000, length - cut);
  const each = idle.length === 0 ? 0 : Math.min(Math.max(leastCutDrawn, work * cutShare), (work * allCutsShare) / idle.length);
  /** drawn ms of a time */
  const drawn = (at: number): number =>
    idle.reduce((sum, { from, to }) => {
      if (at <= from) return sum;
      const inside = Math.min(at, to) - from;
      return sum - inside + inside * (each / (to - from));
    }, at);
  const whole = drawn(length);
  const room = stepFor(whole, 12);
  const span = growing ? Math.max(leastSpan, Math.ceil((whole * 1.02) / room) * room) : Math.max(1_000, whole * 1.01);
  return { place: (at) => drawn(at) / span, timeAt: (place) => timeOf(place * span, idle, each), cuts: idle, span };
}

function timeOf(drawn: number, idle: readonly Stretch[], each: number): number {
  let shift = 0;
  for (const { from, to } of idle) {
    const begin = from - shift;
    if (drawn <= begin) break;
    if (drawn < begin + each) return from + ((drawn - begin) / each) * (to - from);
    shift += to - from - each;
  }
  return drawn + shift;
}

/** `most` of them; `room`: what the words of one need, as a part of the axis. */
export type Ruler = { most?: number; room?: number };

/** Times for the ruler, round ones, none of which stands too near another, in a cut, or so near the end of the axis that its words would be cut off. */
export function ticksOf(scale: Scale, length: number, { most = 9, room = 0 }: Ruler = {}): number[] {
  const step = stepFor(scale.span, most);
  const ticks: number[] = [];
  let at = 0;
  while (at <= length && ticks.length <= 2 * most) {
    const time = at;
    const cut = scale.cuts.find(({ from, to }) => time > from && time < to);
    const last = ticks.at(-1);
    if (!cut && (last === undefined || scale.place(time) - scale.place(last) > 0.6 / most)) ticks.push(time);
    at = cut ? Math.ceil(cut.to / step) * step : at + step;
  }
  return ticks.filter((tick) => scale.place(tick) <= 1 - room);
}
