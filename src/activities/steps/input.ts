import type { Target } from '../selectors/find.ts';
import { withElement } from '../selectors/with-element.ts';
import type { ActOptions, StepHandler } from '../step-context.ts';
import { valueFor, type FieldKind } from './field-formats.ts';
import { isYes } from './yes.ts';

/**
 * Replaces what is in the field by the text, at once; also in what a page lets people edit (`contenteditable`). Checkboxes and radio buttons take "true" or "false";
 * dates, times, colours, ranges and numbers take their value as HTML writes it.
 * @throws StepFailure `action_failed` for a value that is none of the field's kind, with the form that it takes
 */
export const input: StepHandler<'input'> = async (action, context) => {
  const filled = await context.fill(action.value);
  let value = filled;
  await withElement(context, action.selector, {
    use: 'write',
    ready: async (element, options) => {
      await element.waitForElementState('visible', options);
      await element.waitForElementState('enabled', options);
      if (!(await isTick(element))) await element.waitForElementState('editable', options);
    },
    content: async (element) => {
      value = valueFor(await kindOf(element), filled);
    },
    act: (element, options) => put(element, value, options),
  });
  return {};
};

const kindOf = (element: Target): Promise<FieldKind> =>
  'waitForElementState' in element ? element.evaluate(readKind) : element.evaluateAll(readKind);

/** Runs in the page, which is told nothing of the value. A label stands for its field. */
function readKind(found: Node | Node[]): FieldKind {
  const node = Array.isArray(found) ? found[0] : found;
  const field = node instanceof HTMLLabelElement ? node.control : node;
  // a limit that is longer is none, and half of one could be half of a secret
  const short = (text: string): string => (text.length > 100 ? '' : text);
  if (!(field instanceof HTMLInputElement)) return { type: '', min: '', max: '' };
  return { type: short(field.type), min: short(field.min), max: short(field.max) };
}

async function put(element: Target, value: string, options: ActOptions): Promise<void> {
  try {
    await element.fill(value, options);
  } catch (error) {
    if (!isTickRefusal(error)) throw error;
    await element.setChecked(isYes(value), options);
  }
}

const isTickRefusal = (error: unknown): boolean =>
  error instanceof Error && /Input of type "(checkbox|radio)" cannot be filled/.test(error.message);

const isTick = async (element: Target): Promise<boolean> => ['checkbox', 'radio'].includes((await element.getAttribute('type')) ?? '');
