/** What of sensitive values has to be masked. */
import { listPrefix } from './names.ts';

type Value = { name: string; value: string; sensitive: boolean };

/** More parts of one value would make masking slow; the whole value is masked all the same. */
const mostParts = 1_000;

const known = new WeakMap<Value, string[]>();

/** The sensitive values, and the texts and numbers in those that are JSON lists or objects: a step may use one of them alone. */
export const secretTexts = (values: Iterable<Value>): string[] => [...new Set([...values].flatMap(textsOf))];

function textsOf(value: Value): string[] {
  // items of a list are values of their own as soon as they are used
  if (!value.sensitive || value.value === '' || value.name.startsWith(listPrefix)) return [];
  const texts = known.get(value) ?? [value.value, ...partsOf(value.value)];
  known.set(value, texts);
  return texts;
}

function partsOf(text: string): string[] {
  if (!/^\s*[[{]/.test(text)) return [];
  const parts: string[] = [];
  const collect = (data: unknown): void => {
    if (parts.length >= mostParts) return;
    if (typeof data === 'string' || typeof data === 'number') parts.push(String(data));
    else if (typeof data === 'object' && data !== null) Object.values(data).forEach(collect);
  };
  collect(parsed(text));
  return parts.filter((part) => part.trim() !== '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
