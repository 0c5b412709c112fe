import { clock, duration } from './duration.ts';

/** What is left: under an hour a clock, 134000 → "2:14"; then 8040000 → "2 h 14 min", 270000000 → "3 d 3 h". Never below zero. */
export const countdown = (ms: number): string => (ms < 3_600_000 ? clock(ms) : duration(ms));

/** 1 → "1st", 2 → "2nd", 11 → "11th". */
export function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return `${n}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`;
}

/** The person's own time zone, as the browser names it: "Europe/Berlin". */
export const timeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** "2026-11-23T18:04" in the person's zone, as a field of date and time writes it. */
export function localMinute(at: number): string {
  const date = new Date(at);
  const pad = (n: number): string => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

const aYear = 365 * 86_400_000;
export type StartTime = { at: string; error?: undefined } | { at?: undefined; error: string };

/** What a person typed, in UTC, or what is wrong with it. A minute that has begun counts as past: it cannot be met any more. */
export function startTimeOf(typed: string, now: number): StartTime {
  const at = Date.parse(typed);
  if (Number.isNaN(at)) return { error: 'Say when it starts: a date and a time' };
  if (at <= now) return { error: 'This time has passed; choose a later one' };
  if (at > now + aYear) return { error: 'At most a year ahead' };
  return { at: new Date(at).toISOString() };
}
