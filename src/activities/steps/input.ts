import type { ElementHandle } from 'playwright';
import { withElement } from '../selectors/with-element.ts';
import type { ActOptions, StepHandler } from '../step-context.ts';

/**
 * Replaces what is in the field by the text, at once. Checkboxes and radio buttons take "true" or "false"; dates, times, colours and ranges take their value as
 * HTML writes it.
 */
export const input: StepHandler<'input'> = async (action, context) => {
  const value = await context.fill(action.value);
  await withElement(context, action.selector, {
    ready: async (element, options) => {
      await element.waitForElementState('visible', options);
      await element.waitForElementState('enabled', options);
      if (!(await isTick(element))) await element.waitForElementState('editable', options);
    },
    act: (element, options) => put(element, value, options),
  });
  return {};
};

async function put(element: ElementHandle, value: string, options: ActOptions): Promise<void> {
  if (await isTick(element)) await element.setChecked(isYes(value), options);
  else await element.fill(value, options);
}

const isTick = async (element: ElementHandle): Promise<boolean> =>
  ['checkbox', 'radio'].includes((await element.getAttribute('type')) ?? '');

const isYes = (value: string): boolean => !['', 'false', '0', 'off', 'no', 'null', 'undefined'].includes(value.trim().toLowerCase());
