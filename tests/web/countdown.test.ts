import { describe, expect, it } from 'vitest';
import { countdown, localMinute, ordinal, startTimeOf } from '../../web/src/format/countdown.ts';

describe('a countdown', () => {
  it.each([
    [-5_000, '0:00'],
    [59_400, '0:59'],
    [3_599_000, '59:59'],
    [3_600_000, '1 h 0 min'],
    [8_040_000, '2 h 14 min'],
    [270_000_000, '3 d 3 h'],
  ])('of %i ms is "%s"', (ms, said) => expect(countdown(ms)).toBe(said));
});

describe('a place in the queue', () => {
  it.each([
    [1, '1st'],
    [2, '2nd'],
    [3, '3rd'],
    [4, '4th'],
    [11, '11th'],
    [12, '12th'],
    [21, '21st'],
    [112, '112th'],
    [100, '100th'],
  ])('%i is %s', (n, said) => expect(ordinal(n)).toBe(said));
});

describe('the time that a person types', () => {
  const now = new Date(2026, 10, 23, 18, 0, 30).getTime();

  it('is of their own zone and sent in UTC', () => {
    expect(startTimeOf('2026-11-23T18:05', now)).toEqual({ at: new Date(2026, 10, 23, 18, 5).toISOString() });
  });

  it('is written by the field as it is read', () => {
    const minute = new Date(2026, 2, 9, 4, 7).getTime();
    expect(localMinute(minute)).toBe('2026-03-09T04:07');
    expect(startTimeOf(localMinute(minute), 0).error).toBe('At most a year ahead');
    expect(startTimeOf(localMinute(minute), minute - 1).at).toBe(new Date(minute).toISOString());
  });

  it.each([
    { typed: '2026-11-23T18:00', error: 'This time has passed; choose a later one' },
    { typed: '2027-11-24T18:00', error: 'At most a year ahead' },
    { typed: '', error: 'Say when it starts: a date and a time' },
    { typed: 'soon', error: 'Say when it starts: a date and a time' },
  ])('“$typed” is refused: $error', ({ typed, error }) => expect(startTimeOf(typed, now)).toEqual({ error }));
});
