import type { Target } from '../selectors/find.ts';
import { withElement } from '../selectors/with-element.ts';
import type { ActOptions, StepHandler } from '../step-context.ts';
import { isYes } from './yes.ts';

/**
 * Replaces what is in the field by the text, at once. Checkboxes and radio buttons take "true" or "false"; dates, times, colours and ranges take their value as
 * HTML writes it.
 */
export const input: StepHandler<'input'> = async (action, context) => {
  const value = await context.fill(action.value);
  await withElement(context, action.selector, {
    use: 'write',
    ready: async (element, options) => {
      await element.waitForElementState('visible', options);
      await element.waitForElementState('enabled', options);
      if (!(await isTick(element))) await element.waitForElementState('editable', options);
    },
    act: (element, options) => put(element, value, options),
  });
  return {};
};

/** Asking first what kind of field it is would cost as much again as filling it. */
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
