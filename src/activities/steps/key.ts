import { withElement } from '../selectors/with-element.ts';
import type { StepHandler } from '../step-context.ts';

/** Presses a key or a combination ("Enter", "Control+A"), in the element when one is given, else where the focus is. */
export const key: StepHandler<'key'> = async (action, context) => {
  const pressed = await context.fill(action.key);
  if (action.selector) {
    await withElement(context, action.selector, {
      use: 'see',
      ready: (element, options) => element.waitForElementState('visible', options),
      act: (element, options) => element.press(pressed, options),
    });
  } else {
    await context.act(() => context.page.keyboard.press(pressed));
  }
  return {};
};
