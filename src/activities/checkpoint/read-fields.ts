/** These functions run in the page (in-page.ts). */
import type { Tools } from './in-page.ts';
import type { Place } from './places.ts';

/** `selected`: the values of a select; `html`: the content of an element that can be edited. */
export type FieldValue =
  { kind: 'value' | 'html'; value: string } | { kind: 'checked'; value: boolean } | { kind: 'selected'; value: string[] };
export type Field = { place: Place; tag: string; type: string; state: FieldValue };
/** `ms`: how long the page may be kept busy by reading. */
export type FieldLimits = { fields: number; characters: number; ms: number };

/**
 * What a person or a step has entered. A field that nobody can write, or that stands as the server gave it, is left out: the page that is loaded anew has the server's
 * word of then, which must not be overwritten by an older one (an approval is about what will really be sent). A value that is too long is left out, never cut.
 */
export function readFields(limits: FieldLimits, { placeOf, stateOf, isServers }: Tools): Field[] {
  const found: Field[] = [];
  const roots: (Document | ShadowRoot)[] = [document];
  let left = limits.characters;
  const ends = performance.now() + limits.ms;
  for (const root of roots) {
    for (const element of root.querySelectorAll('*')) {
      if (performance.now() > ends) return found;
      if (element.shadowRoot) roots.push(element.shadowRoot);
      const state = found.length < limits.fields && !isServers(element) ? stateOf(element) : null;
      const size = state === null ? 0 : JSON.stringify(state.value).length;
      if (state === null || size > left) continue;
      left -= size;
      found.push({ place: placeOf(element), tag: element.localName, type: String((element as HTMLInputElement).type), state });
    }
  }
  return found;
}

/** null: no field. Hidden inputs are none: a page that is loaded anew has its own. */
export function stateOf(element: Element): FieldValue | null {
  if (element instanceof HTMLInputElement) {
    if (['file', 'hidden', 'submit', 'button', 'image', 'reset'].includes(element.type)) return null;
    const box = element.type === 'checkbox' || element.type === 'radio';
    return box ? { kind: 'checked', value: element.checked } : { kind: 'value', value: element.value };
  }
  if (element instanceof HTMLTextAreaElement) return { kind: 'value', value: element.value };
  if (element instanceof HTMLSelectElement) return { kind: 'selected', value: [...element.selectedOptions].map((option) => option.value) };
  const edited = element.matches('[contenteditable]') && element instanceof HTMLElement && element.isContentEditable;
  return edited ? { kind: 'html', value: element.innerHTML } : null;
}

/** Some frameworks write what is typed into the default, too: there a default says nothing. */
export function isServers(element: Element): boolean {
  if (Object.keys(element).some((name) => name.startsWith('__react'))) return false;
  if (element instanceof HTMLSelectElement) {
    const options = [...element.options];
    const chosen = options.findIndex((option) => option.defaultSelected);
    const first = element.multiple ? -1 : Math.max(0, chosen);
    return options.every((option, nth) => option.selected === (element.multiple ? option.defaultSelected : nth === first));
  }
  if (element instanceof HTMLTextAreaElement) return element.readOnly || element.value === element.defaultValue;
  if (!(element instanceof HTMLInputElement)) return false;
  const box = element.type === 'checkbox' || element.type === 'radio';
  return element.readOnly || (box ? element.checked === element.defaultChecked : element.value === element.defaultValue);
}
