import { describe, expect, it } from 'vitest';
import { age, clock, duration } from '../../web/src/format/duration.ts';
import { ago } from '../../web/src/format/moment.ts';
import { segmentsOf } from '../../web/src/format/step-bar.ts';

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [840, '840 ms'],
    [12_400, '12.4 s'],
    [59_970, '1 min 0 s'],
    [251_000, '4 min 11 s'],
    [11_520_000, '3 h 12 min'],
    [194_400_000, '2 d 6 h'],
    [-5, '0 ms'],
  ])('of %d ms is written %s', (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [0, '0:00'],
    [251_000, '4:11'],
    [14_651_000, '4:04:11'],
    [-3_000, '0:00'],
  ])('of %d ms counts as %s', (ms, text) => expect(clock(ms)).toBe(text));

  it.each([
    [3_999, '3 s'],
    [125_000, '2 min'],
    [7_300_000, '2 h'],
    [200_000_000, '2 d'],
  ])('of %d ms is an age of %s', (ms, text) => expect(age(ms)).toBe(text));
});

describe('a moment', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  it.each([
    ['2026-11-23T11:59:58Z', 'just now'],
    ['2026-11-23T12:00:02Z', 'just now'],
    ['2026-11-23T11:59:40Z', '20 s ago'],
    ['2026-11-23T09:00:00Z', '3 h ago'],
    ['2026-11-18T12:00:00Z', '18 Nov'],
    ['2025-11-18T12:00:00Z', '18 Nov 2025'],
  ])('at %s is %s', (at, text) => expect(ago(at, now)).toBe(text));
});

describe('the bar of steps', () => {
  it('has a segment for each step', () => {
    expect(segmentsOf('srpfk')).toEqual(['succeeded', 'running', 'pending', 'failed', 'skipped']);
  });

  it('draws a thousand steps by forty segments', () => {
    expect(segmentsOf('s'.repeat(1_000))).toEqual(Array.from({ length: 40 }, () => 'succeeded'));
  });

  it('never hides a failed step among others', () => {
    const bar = `${'s'.repeat(499)}f${'k'.repeat(500)}`;
    expect(segmentsOf(bar).filter((status) => status === 'failed')).toHaveLength(1);
  });

  it('shows the running step of a long job', () => {
    expect(segmentsOf(`${'s'.repeat(123)}r${'p'.repeat(300)}`)).toContain('running');
  });
});
