/** The options of a list, be it a <select> or one that a page has built itself. */
import { pause, race } from '../race.ts';
import type { ActOptions } from '../step-context.ts';
import { StepFailure } from '../step-failure.ts';

/** `nth`: its place in the list, from 0 */
export type Option = { nth: number; value: string; label: string };
export type Wanted = { by: 'value' | 'text'; text: string };

/** Runs in the page. Null: not one <select>. */
export const readOptions = (found: Node | Node[]): Option[] | null => {
  const [node, ...others] = Array.isArray(found) ? found : [found];
  if (!(node instanceof HTMLSelectElement) || others.length > 0) return null;
  return [...node.options].map(({ value, label }, nth) => ({ nth, value, label }));
};

const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** By value only exactly; by text exactly, then without regard to case, then the only one that contains it. */
export function optionFor(options: readonly Option[], { by, text }: Wanted): Option | undefined {
  if (by === 'value') return options.find((option) => option.value === text);
  const wanted = tidy(text);
  const folded = wanted.toLowerCase();
  const exact = options.find(({ label }) => tidy(label) === wanted) ?? options.find(({ label }) => tidy(label).toLowerCase() === folded);
  if (exact || folded === '') return exact;
  const [only, ...others] = options.filter(({ label }) => tidy(label).toLowerCase().includes(folded));
  return others.length === 0 ? only : undefined;
}

const betweenMs = 100;
/** What the answer needs of the step's time. */
const reservedMs = 250;

export type Listed<T> = { list: T; options: Option[] };

/**
 * Reads the lists again and again until one has the option. The time for that ends by a timer of its own, a little before the step's: a page that takes long to give its
 * options must not use up the time in which they are told.
 * @throws StepFailure `action_failed` that names the options there were; the signal's reason
 */
export async function awaitOption<T>(
  read: () => Promise<Listed<T>[]>,
  wanted: Wanted,
  { timeout, signal }: ActOptions,
): Promise<{ list: T; option: Option }> {
  let last: Listed<T>[] | undefined;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), Math.max(0, timeout - reservedMs));
  const either = AbortSignal.any([signal, late.signal]);
  try {
    for (;;) {
      last = await race(read(), either);
      for (const { list, options } of last) {
        const option = optionFor(options, wanted);
        if (option) return { list, option };
      }
      await pause(betweenMs, either);
    }
  } catch (error) {
    if (signal.aborted || !late.signal.aborted || !last) throw error;
    throw noOption(wanted, last[0]?.options ?? []);
  } finally {
    clearTimeout(timer);
  }
}

function noOption({ by, text }: Wanted, options: readonly Option[]): StepFailure {
  const there = options
    .slice(0, 20)
    .map((option) => (by === 'value' ? `${option.value} (${tidy(option.label)})` : tidy(option.label)))
    .join(', ');
  const which = by === 'value' ? `with the value "${text}"` : `"${text}"`;
  return new StepFailure('action_failed', `There is no option ${which}. It has: ${there || 'none'}.`);
}
