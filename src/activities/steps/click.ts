import type { ElementHandle } from 'playwright';
import type { Target } from '../selectors/find.ts';
import { withElement } from '../selectors/with-element.ts';
import type { ActOptions, StepContext, StepHandler } from '../step-context.ts';
import { unlessClosed } from './closing.ts';

/**
 * A click on the middle of the element, once it is visible, enabled, at rest and not covered. Over when the tab that it opens is known: the next step acts there.
 */
export const click: StepHandler<'click'> = async (action, context) => {
  const { button, count, modifiers } = action;
  const how = { ...(button && { button }), ...(count && { clickCount: count }), ...(modifiers && { modifiers }) };
  await withElement(context, action.selector, {
    use: 'press',
    ready: (element, options) => element.click({ ...options, ...how, trial: true }),
    act: (element, options) => clickIn(context, element, { ...options, ...how }),
  });
  await context.tabsSettled();
  return {};
};

type How = ActOptions & Pick<NonNullable<Parameters<ElementHandle['click']>[0]>, 'button' | 'clickCount' | 'modifiers'>;

const clickIn = ({ page }: StepContext, element: Target, how: How): Promise<void> => unlessClosed(page, element.click(how));
