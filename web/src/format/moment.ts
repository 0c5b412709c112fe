import { age } from './duration.ts';

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** "14:10:38", in the reader's zone. */
export const timeOfDay = (at: string | number): string => time.format(new Date(at));

/** "23 Nov 2026, 14:10:38", in the reader's zone. */
export const exactTime = (at: string | number): string => exact.format(new Date(at));

/** "just now", "12 s ago", "3 min ago", "5 h ago", then the day: "18 Nov", "18 Nov 2025". */
export function ago(at: string, now: number): string {
  const then = Date.parse(at);
  const passed = now - then;
  if (passed < 5_000) return 'just now';
  if (passed < 86_400_000) return `${age(passed)} ago`;
  const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? day : dayOfYear).format(new Date(then));
}
