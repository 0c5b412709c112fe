import { findElement } from '../selectors/search.ts';
import { fillSelector } from '../selectors/fill-selector.ts';
import type { StepHandler } from '../step-context.ts';

/** Brings an element into view; or scrolls to the page's top or bottom; or by a distance in CSS pixels (negative: up). Without any of them: one screen down. */
export const scroll: StepHandler<'scroll'> = async (action, context) => {
  const { selector, to, by } = action;
  if (selector) {
    const element = await context.confirm(await findElement(context, await fillSelector(selector, context.fill)));
    await context.act((options) => element.scrollIntoViewIfNeeded(options));
  } else {
    await context.act(() => context.page.evaluate(scrollPage, { to, by }));
  }
  return {};
};

/** Runs in the page. Not smooth: the next step must find it at rest. */
function scrollPage({ to, by }: { to?: 'top' | 'bottom'; by?: number }): void {
  const behavior = 'instant';
  if (to === 'top') scrollTo({ top: 0, behavior });
  else if (to === 'bottom') scrollTo({ top: document.documentElement.scrollHeight, behavior });
  else scrollBy({ top: by ?? innerHeight, behavior });
}
