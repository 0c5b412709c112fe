/** One look in the page: could the element be used right now? */
import type { Mark } from '../../contract/evidence.ts';
import { within } from '../race.ts';
import type { Target } from './find.ts';

/** `point`: the mouse is put on it (and it must be enabled when it is pressed); `write`: something is put into it; `see`: it must be visible. */
export type Use = 'press' | 'point' | 'write' | 'see';

const lookMs = 500;

/** `mark`: where in the viewport it is, in fractions, when the whole page was asked and not a frame in it. */
export type Usable = { mark?: Mark };

/**
 * A shortcut: Playwright's dry run waits for several frames, and its real action checks everything again in any case. Null means "not now, or not sure": then
 * the dry run waits and finds out. Where it is costs nothing more. Runs in the page, which may lie; all that a lie gains is a failed step.
 */
export async function canBeUsed(element: Target, use: Use): Promise<Usable | null> {
  // for a locator not `evaluate`: that one first makes a handle, which takes longer than everything else here
  const answer = 'waitForElementState' in element ? element.evaluate(usable, use) : element.evaluateAll(usable, use);
  return (await within(lookMs, answer)) ?? null;
}

/** Runs in the page: one function, since nothing else is there. Several elements are not usable as one. */
function usable(found: Node | Node[], use: Use): Usable | null {
  const [node, ...others] = Array.isArray(found) ? found : [found];
  if (!(node instanceof HTMLElement) || others.length > 0 || !node.checkVisibility({ visibilityProperty: true })) return null;
  const box = node.getBoundingClientRect();
  const isDisabled = (): boolean => node.matches(':disabled') || node.closest('[aria-disabled="true"]') !== null;
  const isReadOnly = (): boolean => ('readOnly' in node && node.readOnly === true) || node.ariaReadOnly === 'true';
  const isOnTop = (): boolean => {
    const root = node.getRootNode() as Document | ShadowRoot;
    const hit = root.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return hit !== null && node.contains(hit);
  };
  const place = (): Usable => {
    const clip = (part: number): number => Math.min(1, Math.max(0, part));
    const [x, y] = [clip(box.left / innerWidth), clip(box.top / innerHeight)];
    const mark = { x, y, width: clip(box.right / innerWidth) - x, height: clip(box.bottom / innerHeight) - y };
    return window === window.top && mark.width > 0 && mark.height > 0 ? { mark } : {};
  };
  const checks: Record<Use, () => boolean> = {
    see: () => true,
    write: () => !isDisabled() && !isReadOnly(),
    point: isOnTop,
    press: () => !isDisabled() && isOnTop(),
  };
  return box.width > 0 && box.height > 0 && checks[use]() ? place() : null;
}
