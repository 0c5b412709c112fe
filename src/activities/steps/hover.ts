import { withElement } from '../selectors/with-element.ts';
import type { StepHandler } from '../step-context.ts';

/** Moves the mouse over the middle of the element and leaves it there. */
export const hover: StepHandler<'hover'> = async (action, context) => {
  await withElement(context, action.selector, {
    use: 'point',
    ready: (element, options) => element.hover({ ...options, trial: true }),
    act: (element, options) => element.hover(options),
  });
  return {};
};
