/** These functions run in the page (in-page.ts). */
import type { Tools } from './in-page.ts';
import type { Field, FieldValue } from './read-fields.ts';

/** `missing`: not there (yet); `changed`: had another value and were filled in. */
export type Filled = { missing: number; changed: number };

/** What has its value already is left alone, so that repeating it is harmless. */
export function writeFields(fields: Field[], tools: Tools): Filled {
  const filled = { missing: 0, changed: 0 };
  for (const field of fields) {
    try {
      const outcome = tools.fillIn(field, tools);
      if (outcome !== 'same') filled[outcome] += 1;
    } catch {
      // this field's own handlers threw, or the page forbids to write into it: the others go on
    }
  }
  return filled;
}

export function fillIn({ place, tag, type, state }: Field, { elementAt, stateOf, write }: Tools): 'same' | 'missing' | 'changed' {
  const found = elementAt(place) as HTMLInputElement | null;
  if (found?.localName !== tag || String(found.type) !== type) return 'missing';
  // a radio button that was not chosen gives way when its neighbour is
  const gives = type === 'radio' && !state.value;
  if (gives || found.disabled || JSON.stringify(stateOf(found)) === JSON.stringify(state)) return 'same';
  return write(found, state) ? 'changed' : 'missing';
}

/** False when a select does not offer the value (yet). */
export function write(element: HTMLElement, { kind, value }: FieldValue): boolean {
  if (kind === 'checked') {
    // some frameworks listen to nothing else
    element.click();
    return true;
  }
  if (kind === 'selected') {
    const options = [...(element as HTMLSelectElement).options];
    if (!value.every((wanted) => options.some((option) => option.value === wanted))) return false;
    for (const option of options) option.selected = value.includes(option.value);
  } else if (kind === 'html') element.innerHTML = value;
  // past the setters with which frameworks recognise what they have written themselves
  else Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), 'value')?.set?.call(element, value);
  for (const name of ['input', 'change']) element.dispatchEvent(new Event(name, { bubbles: true, composed: true }));
  return true;
}
