import type { Selector } from '../../contract/action.ts';

type Fill = (template: string) => Promise<string>;

/** The selector with every template filled in. */
export async function fillSelector(selector: Selector, fill: Fill): Promise<Selector> {
  const filled: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(selector)) filled[field] = await fillField(field, value, fill);
  return filled;
}

async function fillField(field: string, value: unknown, fill: Fill): Promise<unknown> {
  if (typeof value === 'string') return fill(value);
  if (field === 'dataAttributes') return fillRecord(value as Record<string, string>, fill);
  return Array.isArray(value) ? fillList(value, fill) : value;
}

async function fillList(list: readonly unknown[], fill: Fill): Promise<unknown[]> {
  const filled: unknown[] = [];
  for (const value of list) filled.push(typeof value === 'string' ? await fill(value) : value);
  return filled;
}

async function fillRecord(record: Record<string, string>, fill: Fill): Promise<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const [key, value] of Object.entries(record)) entries.push([key, await fill(value)]);
  return Object.fromEntries(entries);
}
