/** The time axis: what stands on it, and where. */
import { describe, expect, it } from 'vitest';
import { idleOf, scaleOf, ticksOf } from '../../web/src/components/live/axis-scale.ts';
import { drawnSegments, restAt, segmentAt, segmentsOf, type Segment } from '../../web/src/components/live/segments.ts';
import { nextMoment, parseMoment, playedTo, previousMoment } from '../../web/src/composables/moments.ts';
import type { JobState } from '../../src/contract/job.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { at, created, failed, numbered, succeeded } from '../domain/job-events.ts';
import { around, loopEnded, nestedJob } from './nested-jobs.ts';

const segment = (key: string, from: number, to: number): Segment => ({
  ...{ key, stepId: key, ordinal: 1, text: key, status: 'succeeded', from, to },
});
const clockOf = (job: JobState, second: number) => ({ start: Date.parse(job.startedAt ?? ''), now: Date.parse(at(second)) });
const keys = (segments: readonly Segment[]): string[] => segments.map(({ key }) => key);

describe('segments', () => {
  it('a step stands from its beginning to its end, the one that runs until now, and what has not begun nowhere', () => {
    const job = reduceAll(numbered(created('a', 'b', 'c'), { type: 'job.started', host: 'local' }, succeeded('a')));
    if (!job) throw new Error('no job');
    const segments = segmentsOf(job.steps, clockOf(job, 20));
    expect(segments.find(({ key }) => key === 'a')).toMatchObject({ from: 8_000, to: 10_000, status: 'succeeded' });
    expect(segments.find(({ key }) => key === 'b')).toMatchObject({ to: 18_000, status: 'running', open: true });
    expect(segments).toHaveLength(2);
  });

  it('of a loop that runs, past iterations are one segment each, and the present one is its steps', () => {
    const job = nestedJob(succeeded('sign-in'), around(0, 3), succeeded('open'), around(1, 3));
    const segments = segmentsOf(job.steps, clockOf(job, 60));
    expect(keys(segments)).toContain('each.0');
    expect(keys(segments)).not.toContain('each.1');
    expect(keys(segments).filter((key) => key === 'open')).toHaveLength(1);
    expect(segments.find(({ key }) => key === 'each.0')?.text).toContain('INV-1');
  });

  it('12,000 iterations take no more elements than are kept, and those before are one stretch', () => {
    const times = Array.from({ length: 12_000 }, (_, i) => around(i, 12_000));
    const job = nestedJob(succeeded('sign-in'), ...times, loopEnded());
    const segments = segmentsOf(job.steps, clockOf(job, 13_000));
    expect(segments.length).toBeLessThan(60);
    const earlier = segments.find(({ key }) => key === 'each.earlier');
    const first = segments.find(({ key }) => key === 'each.11950');
    expect(earlier?.text).toContain('1–11,950');
    expect(earlier?.to).toBe(first?.from);
  });

  it('10,000 steps are drawn by as many elements as there is room for, and a failed one is not lost among them', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      ...segment(`s${i}`, i, i + 1),
      ...(i === 5_000 && { status: 'failed' as const }),
    }));
    const drawn = drawnSegments(many, (time) => time / 10_000);
    expect(drawn.length).toBeLessThanOrEqual(301);
    expect(drawn.filter(({ status }) => status === 'failed')).toHaveLength(1);
  });

  it('what is on is the last that has begun', () => {
    const two = [segment('a', 100, 200), segment('b', 300, 400)];
    expect(segmentAt(two, 50)).toBeUndefined();
    expect(segmentAt(two, 250)?.key).toBe('a');
    expect(segmentAt(two, 300)?.key).toBe('b');
  });
});

describe('rest', () => {
  const start = Date.parse(at(0));
  const restOf = (job: JobState, id: string) =>
    restAt(
      job.steps.find((step) => step.id === id),
      segmentsOf(job.steps, { start, now: Date.parse(at(60)) }),
      start,
    );

  it('is the end of the step that failed, though the job went on, and nowhere for any other', () => {
    const job = reduceAll(
      numbered(created('a', 'b', 'c'), { type: 'job.started', host: 'local' }, succeeded('a'), failed('b'), succeeded('c')),
    );
    if (!job) throw new Error('no job');
    const end = Date.parse(job.steps[1]?.finishedAt ?? '') - start;
    expect(restOf(job, 'b')).toMatchObject({ at: end, stepId: 'b', segment: { key: 'b', to: end } });
    expect(restOf(job, 'c')).toBeUndefined();
    expect(restAt(undefined, [], start)).toBeUndefined();
  });

  it('of a step in a loop that is over, which has no place of its own on the axis, is when it ended', () => {
    const job = nestedJob(succeeded('sign-in'), around(0, 1), failed('open'), loopEnded());
    const open = job.steps.find(({ id }) => id === 'open');
    expect(restOf(job, 'open')).toEqual({ at: Date.parse(open?.finishedAt ?? '') - start, stepId: 'open', segment: undefined });
  });
});

describe('scale', () => {
  const minutes = 60_000;
  const work = [segment('a', 0, 10_000), segment('b', 30 * minutes, 30 * minutes + 10_000)];
  const length = 30 * minutes + 10_000;

  it('a long wait is drawn short, and every time leads to a place and back', () => {
    const idle = idleOf(work, [], length);
    expect(idle).toEqual([{ from: 10_000, to: 30 * minutes }]);
    const scale = scaleOf({ length, idle, growing: false });
    expect(scale.place(10_000)).toBeGreaterThan(0.35);
    expect(scale.place(30 * minutes) - scale.place(10_000)).toBeLessThan(0.2);
    for (const time of [0, 5_000, 10_000, 15 * minutes, 30 * minutes, length]) expect(scale.timeAt(scale.place(time))).toBeCloseTo(time, 3);
  });

  it('the time in which a person was asked is a wait, though the step has begun', () => {
    const one = [segment('a', 0, 100_000)];
    expect(idleOf(one, [{ from: 10_000, to: 90_000 }], 100_000)).toEqual([{ from: 10_000, to: 90_000 }]);
    expect(idleOf(one, [{ from: 10_000, to: 20_000 }], 100_000)).toEqual([]);
  });

  it('all waits together never take the room of the work', () => {
    const steps = Array.from({ length: 200 }, (_, i) => segment(`s${i}`, i * 100_000, i * 100_000 + 1_000));
    const idle = idleOf(steps, [], 200 * 100_000);
    const scale = scaleOf({ length: 200 * 100_000, idle, growing: false });
    const share = idle.reduce((sum, { from, to }) => sum + scale.place(to) - scale.place(from), 0);
    expect(share).toBeLessThan(0.5);
  });

  it('of a job that goes on the axis stands still for a while, and now is always on it', () => {
    const spans = Array.from({ length: 100 }, (_, i) => scaleOf({ length: 60_000 + i * 100, idle: [], growing: true }));
    expect(new Set(spans.map(({ span }) => span)).size).toBeLessThan(5);
    for (const [i, scale] of spans.entries()) expect(scale.place(60_000 + i * 100)).toBeLessThan(1);
  });

  it('the ruler has round times, apart from each other, and none in a wait', () => {
    const scale = scaleOf({ length, idle: idleOf(work, [], length), growing: false });
    const ticks = ticksOf(scale, length);
    expect(ticks.length).toBeGreaterThan(3);
    expect(ticks.filter((time) => time > 10_000 && time < 30 * minutes)).toEqual([]);
    expect(ticks.some((time) => time >= 30 * minutes)).toBe(true);
    expect(ticks.every((time) => time % 1_000 === 0)).toBe(true);
  });

  it('a time whose words would be cut off at the end of the ruler is left out', () => {
    const scale = scaleOf({ length: 6_000, idle: [], growing: false });
    expect(ticksOf(scale, 6_000)).toContain(6_000);
    expect(ticksOf(scale, 6_000, { room: 0.1 })).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000]);
  });
});

describe('moments', () => {
  const three = [segment('a', 0, 900), segment('b', 5_000, 6_000), segment('c', 9_000, 9_500)];
  it('only a number of ms in the address is a moment', () => {
    expect(parseMoment('122000')).toBe(122_000);
    for (const other of ['', '-1', '1e9', 'now', '1'.repeat(13), null, undefined, ['1']]) expect(parseMoment(other)).toBeUndefined();
  });
  it('steps are walked in time; well inside one, back leads to its beginning first', () => {
    expect(nextMoment(three, 0)).toBe(5_000);
    expect(nextMoment(three, 9_000)).toBeUndefined();
    expect(previousMoment(three, 9_200)).toBe(5_000);
    expect(previousMoment(three, 8_000)).toBe(5_000);
    expect(previousMoment(three, 0)).toBe(0);
  });
  it('playing leaves waits out', () => {
    expect(playedTo(1_000, 100, [{ from: 1_050, to: 60_000 }])).toBe(60_000);
    expect(playedTo(30_000, 100, [{ from: 1_050, to: 60_000 }])).toBe(60_000);
    expect(playedTo(60_000, 100, [{ from: 1_050, to: 60_000 }])).toBe(60_100);
  });
});
