/** How HTML writes the values of fields that take no free text. Browsers empty such a field, or clamp, without a word when the value is written otherwise. */
import { StepFailure } from '../step-failure.ts';

export type FieldKind = { type: string; min: string; max: string };

const date = String.raw`\d{4,6}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`;
const time = String.raw`([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?`;
const number = String.raw`-?(\d+(\.\d+)?|\.\d+)(e[-+]?\d+)?`;

const kinds: Record<string, { pattern: string; written: string }> = {
  date: { pattern: date, written: 'a date is written as 2026-02-28' },
  time: { pattern: time, written: 'a time is written as 09:05 or 09:05:30' },
  month: { pattern: String.raw`\d{4,6}-(0[1-9]|1[0-2])`, written: 'a month is written as 2026-02' },
  week: { pattern: String.raw`\d{4,6}-W(0[1-9]|[1-4]\d|5[0-3])`, written: 'a week is written as 2026-W09' },
  'datetime-local': { pattern: `${date}T${time}`, written: 'a date with a time is written as 2026-02-28T09:05' },
  color: { pattern: '#[0-9a-f]{6}', written: 'a colour is written as #rrggbb, for example #ff8800' },
  range: { pattern: number, written: "a range takes a number between the field's min and max" },
  number: { pattern: number, written: 'a number is written as 12 or -3.5, with a point and nothing else' },
};

/**
 * The value as the field takes it; what people may well write otherwise ("#F80", "9:05") is put in order. Empty: the field is emptied.
 * @throws StepFailure `action_failed` that says how it is written; not what was given, which may be a secret
 */
export function valueFor({ type, min, max }: FieldKind, given: string): string {
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (!kind || given === '') return given;
  const value = putInOrder(type, given.trim());
  const fits = new RegExp(`^${kind.pattern}$`, 'i').test(value) && isDay(type, value) && isWithin(type, value, [min, max]);
  if (!fits) throw new StepFailure('action_failed', `The value does not fit a field of type ${type}: ${kind.written}.`);
  return value;
}

function putInOrder(type: string, value: string): string {
  if (type === 'color') return value.replace(/^#([\da-f])([\da-f])([\da-f])$/i, '#$1$1$2$2$3$3').toLowerCase();
  if (type === 'time') return value.replace(/^(\d:)/, '0$1');
  return type === 'datetime-local' ? value.replace(/^(\d{4}-\d\d-\d\d) +/, '$1T') : value;
}

/** There is no 30th of February. */
function isDay(type: string, value: string): boolean {
  if (type !== 'date' && type !== 'datetime-local') return true;
  const day = value.slice(0, value.lastIndexOf('-') + 3);
  const parsed = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day);
}

/** A range has limits even where its page gives none. */
function isWithin(type: string, value: string, [min, max]: [min: string, max: string]): boolean {
  if (type !== 'range') return true;
  const limit = (text: string, otherwise: number): number => (text.trim() === '' || Number.isNaN(Number(text)) ? otherwise : Number(text));
  return Number(value) >= limit(min, 0) && Number(value) <= limit(max, 100);
}
