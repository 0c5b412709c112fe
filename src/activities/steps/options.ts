/** The options of a list, be it a <select> or one that a page has built itself. */
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

export function noOption({ by, text }: Wanted, options: readonly Option[]): StepFailure {
  const there = options
    .slice(0, 20)
    .map((option) => (by === 'value' ? `${option.value} (${tidy(option.label)})` : tidy(option.label)))
    .join(', ');
  const which = by === 'value' ? `with the value "${text}"` : `"${text}"`;
  return new StepFailure('action_failed', `There is no option ${which}. It has: ${there || 'none'}.`);
}
