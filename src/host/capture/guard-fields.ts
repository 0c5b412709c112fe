/** Covers fields that show a secret. Part of the guard's script: the function is serialised, so nothing outside of it is there. */
import type { Matcher } from './guard-matcher.ts';
import type { Paint } from './guard-paint.ts';

export type FieldCover = {
  /** Covers those of these fields, in the order of the document, that show a secret, and uncovers the others; how many were not covered before. `all`: none is missing between them */
  look(fields: HTMLElement[], all: boolean): number;
  /** The field that an event comes from. */
  of(event: Event): HTMLElement | null;
  /** of all fields */
  readonly selector: string;
};

export function createFieldCover(matcher: () => Matcher, paint: Paint): FieldCover {
  const selector = 'input, textarea, select, [contenteditable]:not([contenteditable="false" i])';
  const wordless = new Set(['hidden', 'checkbox', 'radio', 'range', 'color', 'image']);
  const buttons = new Set(['submit', 'button', 'reset', 'file']);

  const choicesOf = (field: HTMLSelectElement): string[] => {
    const isList = field.multiple || field.size > 1;
    const groups = isList ? [...field.querySelectorAll('optgroup')].map(({ label }) => label) : [];
    return [...groups, ...[...(isList ? field.options : field.selectedOptions)].flatMap(({ label, text }) => [label, text])];
  };
  const valueOf = (field: HTMLElement): string => {
    if (field instanceof HTMLSelectElement) return choicesOf(field).join('\n');
    return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value : (field.textContent ?? '');
  };
  const shows = (field: HTMLElement): boolean => {
    const value = valueOf(field);
    if (field instanceof HTMLInputElement) {
      if (field.type === 'password' && value !== '') return true;
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
        if (boxes.has(field) || shows(field)) fresh += paint.cover(field, 'field');
        else if (all) paint.uncover(field, 'field');
      return fresh;
    },
    of(event) {
      const [target] = event.composedPath();
      return target instanceof HTMLElement ? target.closest<HTMLElement>(selector) : null;
    },
  };
}
