import { withElement } from '../selectors/with-element.ts';
import type { StepHandler } from '../step-context.ts';
import { StepFailure } from '../step-failure.ts';
import { unlessClosed } from './closing.ts';

/** Presses a key or a combination ("Enter", "Control+A"), in the element when one is given, else where the focus is. */
export const key: StepHandler<'key'> = async (action, context) => {
  const pressed = await context.fill(action.key);
  if (action.selector) {
    await withElement(context, action.selector, {
      use: 'see',
      ready: (element, options) => element.waitForElementState('visible', options),
      act: (element, options) => unlessClosed(context.page, element.press(pressed, options).catch(unknownKey)),
    });
  } else {
    const { page } = context;
    await context.act(() => unlessClosed(page, page.keyboard.press(pressed).catch(unknownKey)));
  }
  await context.tabsSettled();
  return {};
};

/** Playwright's own message quotes a piece of what was asked for, which may be a piece of a secret: no mask would find it. */
function unknownKey(error: unknown): never {
  if (!/Unknown key/.test(String(error))) throw error;
  throw new StepFailure('action_failed', 'The browser knows no such key. Keys are named as in "Enter", "ArrowDown", "a", "Control+A".');
}
