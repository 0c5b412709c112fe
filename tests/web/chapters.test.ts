import { describe, expect, test } from 'vitest';
import { chapterAt, chaptersOf, cutOf, lengthOf, neighbourOf, partsOf, placeIn } from '../../web/src/components/report/chapters.ts';
import { after, film, stepResult } from './reports.ts';

const at = (ordinal: number, seconds: number) => stepResult(ordinal, { startedAt: after(seconds) });

describe('the chapters of a video', () => {
  test('stand where their steps began, and end where the next one begins', () => {
    const parts = partsOf([film('a', 10_000, [[0, 0]])]);
    const chapters = chaptersOf([at(1, 0.5), at(2, 4), at(3, 9)], parts);
    expect(chapters.map(({ ordinal, fromMs, toMs }) => [ordinal, fromMs, toMs])).toEqual([
      [1, 0, 4_000],
      [2, 4_000, 9_000],
      [3, 9_000, 10_000],
    ]);
  });

  test('leave out what is cut: a step that began in the wait begins where the video goes on', () => {
    const parts = partsOf([
      film('a', 8_000, [
        [0, 0],
        [1_605, 5_000],
      ]),
    ]);
    expect(chaptersOf([at(1, 0), at(2, 700), at(3, 1_606)], parts).map(({ fromMs }) => fromMs)).toEqual([0, 5_000, 6_000]);
    expect(cutOf(parts)).toBe(1_600_000);
  });

  test('go on in the next file, whatever the order in which the files came', () => {
    const parts = partsOf([film('second', 4_000, [[100, 0]]), film('first', 6_000, [[0, 0]])]);
    expect(parts.map(({ artifact, fromMs }) => [artifact.id, fromMs])).toEqual([
      ['first', 0],
      ['second', 6_000],
    ]);
    expect(lengthOf(parts)).toBe(10_000);
    expect(cutOf(parts)).toBe(94_000);
    expect(chaptersOf([at(1, 1), at(2, 101)], parts).map(({ fromMs }) => fromMs)).toEqual([0, 7_000]);
    expect(placeIn(parts, 5_999)).toEqual({ index: 0, ms: 5_999 });
    expect(placeIn(parts, 7_000)).toEqual({ index: 1, ms: 1_000 });
  });

  test('are the iterations of a loop, not the steps inside it', () => {
    const parts = partsOf([film('a', 10_000, [[0, 0]])]);
    const iterations = [0, 1].map((index) => ({
      index,
      label: `INV-${index}`,
      status: 'succeeded' as const,
      startedAt: after(2 + index * 3),
    }));
    const steps = [
      at(1, 0),
      { ...stepResult(2, { container: 'loop', iterations, description: 'Each' }) },
      { ...at(3, 6), depth: 1 },
      at(4, 9),
    ];
    expect(chaptersOf(steps, parts).map(({ text, fromMs }) => [text, fromMs])).toEqual([
      ['Step number 1', 0],
      ['Each · INV-0', 2_000],
      ['Each · INV-1', 5_000],
      ['Step number 4', 9_000],
    ]);
  });

  test('have one before and one after, but for the ends', () => {
    const chapters = chaptersOf([at(1, 0), at(2, 4), at(3, 9)], partsOf([film('a', 10_000, [[0, 0]])]));
    expect([0, 4_000, 9_500].map((ms) => neighbourOf(chapters, ms, 1))).toEqual([4_000, 9_000, undefined]);
    expect([0, 4_000, 9_500].map((ms) => neighbourOf(chapters, ms, -1))).toEqual([undefined, 0, 4_000]);
    expect(neighbourOf([], 5, -1)).toBeUndefined();
  });

  test('leave steps out that never began; a video without steps has none', () => {
    const parts = partsOf([film('a', 10_000, [[0, 0]])]);
    expect(chaptersOf([at(1, 0), stepResult(2, { status: 'skipped' })], parts)).toHaveLength(1);
    expect(chapterAt([], 5)).toBeUndefined();
    expect(placeIn([], 5)).toEqual({ index: 0, ms: 0 });
  });
});
