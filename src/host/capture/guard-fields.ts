/** Covers fields that show a secret. Part of the guard's script: the function is serialised, so nothing outside of it is there. */
import type { Matcher } from './guard-matcher.ts';

export type FieldCover = {
  /** Covers those of these fields, in the order of the document, that show a secret, and uncovers the others; how many were not covered before. `all`: none is missing between them */
  look(fields: HTMLElement[], all: boolean): number;
  /** The field that an event comes from. */
  of(event: Event): HTMLElement | null;
  tidy(): void;
  /** of all fields */
  readonly selector: string;
};

export function createFieldCover(matcher: () => Matcher): FieldCover {
  const selector = 'input, textarea, select, [contenteditable]:not([contenteditable="false" i])';
  // a transition would show the colours of before for a while
  const black = { transition: 'none', animation: 'none', background: '#000', color: '#000', '-webkit-text-fill-color': '#000' };
  const style = Object.entries({ ...black, 'caret-color': '#000', 'text-shadow': 'none', filter: 'brightness(0)' });
  const wordless = new Set(['hidden', 'checkbox', 'radio', 'range', 'color', 'image']);
  const buttons = new Set(['submit', 'button', 'reset', 'file']);
  type Paint = { before: [string, string, string][]; after: string };
  const covered = new Map<HTMLElement, Paint>();
  const stateOf = (field: HTMLElement): string =>
    style.map(([property]) => `${field.style.getPropertyValue(property)} ${field.style.getPropertyPriority(property)}`).join();

  const cover = (field: HTMLElement): number => {
    const known = covered.get(field);
    if (known?.after === stateOf(field)) return 0;
    const before =
      known?.before ??
      style.map(([property]): [string, string, string] => [
        property,
        field.style.getPropertyValue(property),
        field.style.getPropertyPriority(property),
      ]);
    for (const [property, value] of style) field.style.setProperty(property, value, 'important');
    covered.set(field, { before, after: stateOf(field) });
    return 1;
  };
  const uncover = (field: HTMLElement): void => {
    for (const [property, value, priority] of covered.get(field)?.before ?? [])
      if (value === '') field.style.removeProperty(property);
      else field.style.setProperty(property, value, priority);
    covered.delete(field);
  };

  const valueOf = (field: HTMLElement): string => {
    if (field instanceof HTMLSelectElement) {
      const isList = field.multiple || field.size > 1;
      return [...(isList ? field.options : field.selectedOptions)].map(({ text }) => text).join('\n');
    }
    return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value : (field.textContent ?? '');
  };
  const shows = (field: HTMLElement): boolean => {
    const value = valueOf(field);
    if (field instanceof HTMLInputElement) {
      if (field.type === 'password') return value !== '';
      if (wordless.has(field.type)) return false;
    }
    const isTyped = !(field instanceof HTMLSelectElement) && !(field instanceof HTMLInputElement && buttons.has(field.type));
    return (
      matcher().inField(value) ||
      (isTyped && matcher().begins(value)) ||
      (value === '' && matcher().inField(field.getAttribute('placeholder') ?? ''))
    );
  };
  /** Fields of one character each, side by side, are one: codes are typed so. */
  const boxesAround = (fields: HTMLElement[]): Set<HTMLElement> => {
    const found = new Set<HTMLElement>();
    let boxes: HTMLElement[] = [];
    const end = (): void => {
      const value = boxes.map(valueOf).join('');
      if (boxes.length > 1 && (matcher().inField(value) || matcher().begins(value))) for (const box of boxes) found.add(box);
      boxes = [];
    };
    for (const field of fields)
      if (field instanceof HTMLInputElement && !wordless.has(field.type) && field.value.length === 1) boxes.push(field);
      else end();
    end();
    return found;
  };

  return {
    selector,
    look(fields, all) {
      const boxes = boxesAround(fields);
      let fresh = 0;
      for (const field of fields)
        if (boxes.has(field) || shows(field)) fresh += cover(field);
        else if (all) uncover(field);
      return fresh;
    },
    of(event) {
      const [target] = event.composedPath();
      return target instanceof HTMLElement ? target.closest<HTMLElement>(selector) : null;
    },
    tidy() {
      for (const field of [...covered.keys()]) if (!field.isConnected) covered.delete(field);
    },
  };
}
