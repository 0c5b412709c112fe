import type { ElementHandle } from 'playwright';
import type { Target } from './find.ts';

/**
 * The element itself, which stays the same whatever the page does next.
 * @throws Error that tells of a replaced element, when there is none or more than one by now
 */
export async function oneElement(target: Target): Promise<ElementHandle> {
  if ('waitForElementState' in target) return target;
  // not `elementHandle`, which is built to wait and asks the page more often
  const [handle, ...others] = await target.elementHandles();
  if (!handle || others.length > 0) throw new Error('the element was replaced: not attached to the DOM');
  return handle;
}
