import { withElement } from '../selectors/with-element.ts';
import type { StepHandler } from '../step-context.ts';

/** A left click on the middle of the element, once it is visible, enabled, at rest and not covered. */
export const click: StepHandler<'click'> = async (action, context) => {
  await withElement(context, action.selector, {
    use: 'press',
    ready: (element, options) => element.click({ ...options, trial: true }),
    act: (element, options) => element.click(options),
  });
  return {};
};
