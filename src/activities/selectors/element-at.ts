import type { ElementHandle, Page } from 'playwright';
import type { Selector } from '../../contract/action.ts';
import { byRole, filterCss } from './locators.ts';

type Rect = NonNullable<Selector['rect']>;

/** The element in the middle of a rectangle of the viewport, or its nearest ancestor that passes the filters. A last resort: layouts move. */
export async function elementAt(page: Page, selector: Selector, rect: Rect): Promise<ElementHandle | undefined> {
  const css = filterCss(selector)?.replace(/^css=/, '') ?? '*';
  const roles = selector.role === undefined ? null : await byRole(page, selector.role).elementHandles();
  const found = await page.evaluateHandle(atPoint, { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2, css, roles });
  return found.asElement() ?? undefined;
}

/** Runs in the page; goes into open shadow roots on the way down, and out of them on the way up. One function: nothing else is there. */
function atPoint({ x, y, css, roles }: { x: number; y: number; css: string; roles: Node[] | null }): Element | null {
  const deepest = (root: Document | ShadowRoot): Element | null => {
    const element = root.elementFromPoint(x, y);
    const inner = element?.shadowRoot ? deepest(element.shadowRoot) : null;
    return inner ?? element;
  };
  const above = (element: Element): Element | null => {
    const root = element.getRootNode();
    return element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  };
  const passes = (element: Element): boolean => element.matches(css) && (!roles || roles.includes(element));
  let element = deepest(document);
  while (element && !passes(element)) element = above(element);
  return element;
}
