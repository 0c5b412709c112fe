import type { Selector } from '../../contract/action.ts';

/** The selector with every template filled in. */
export async function fillSelector(selector: Selector, fill: (template: string) => Promise<string>): Promise<Selector> {
  const filled: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(selector)) {
    if (typeof value === 'string') filled[field] = await fill(value);
    else filled[field] = field === 'dataAttributes' ? await fillRecord(value as Record<string, string>, fill) : value;
  }
  return filled;
}

async function fillRecord(record: Record<string, string>, fill: (template: string) => Promise<string>): Promise<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const [key, value] of Object.entries(record)) entries.push([key, await fill(value)]);
  return Object.fromEntries(entries);
}
