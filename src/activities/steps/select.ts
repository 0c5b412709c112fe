import { StepFailure } from '../step-failure.ts';
import { withElement } from '../selectors/with-element.ts';
import type { StepHandler } from '../step-context.ts';

/** Chooses an option by its value attribute; by its text when there is no `value`. Options that come late are waited for. */
export const select: StepHandler<'select'> = async (action, context) => {
  const template = action.value ?? action.optionText;
  if (template === undefined) throw new StepFailure('action_failed', 'A select step needs a value or an optionText.');
  const wanted = await context.fill(template);
  const option = action.value === undefined ? { label: wanted } : { value: wanted };
  await withElement(context, action.selector, {
    ready: async (element, options) => {
      await element.waitForElementState('visible', options);
      await element.waitForElementState('enabled', options);
    },
    act: async (element, options) => void (await element.selectOption(option, options)),
  });
  return {};
};
