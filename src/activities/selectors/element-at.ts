import type { ElementHandle, Frame } from 'playwright';
import type { Selector } from '../../contract/action.ts';
import { filterBy } from './locators.ts';

type Rect = NonNullable<Selector['rect']>;

const handleMs = 1_000;

/**
 * The element in the middle of a rectangle of the viewport (of its frame), or its nearest ancestor that passes the filters. A last resort: layouts move.
 */
export async function elementAt(scope: Frame, selector: Selector, rect: Rect): Promise<ElementHandle | undefined> {
  const passing = filterBy(scope, selector, scope.locator('css=*'));
  const nth = await passing.evaluateAll(placeAtPoint, { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 });
  return nth < 0 ? undefined : ((await passing.nth(nth).elementHandle({ timeout: handleMs })) ?? undefined);
}

/** Runs in the page; goes into open shadow roots on the way down, and out of them on the way up. One function: nothing else is there. */
function placeAtPoint(passing: Element[], { x, y }: { x: number; y: number }): number {
  const deepest = (root: Document | ShadowRoot): Element | null => {
    const element = root.elementFromPoint(x, y);
    const inner = element?.shadowRoot ? deepest(element.shadowRoot) : null;
    return inner ?? element;
  };
  const above = (element: Element): Element | null => {
    const root = element.getRootNode();
    return element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  };
  const places = new Map(passing.map((element, nth) => [element, nth]));
  let element = deepest(document);
  while (element && !places.has(element)) element = above(element);
  return element ? (places.get(element) ?? -1) : -1;
}
