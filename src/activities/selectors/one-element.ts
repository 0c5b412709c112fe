import type { ElementHandle } from 'playwright';
import type { Target } from './find.ts';

const handleMs = 500;

/**
 * The element itself, which stays the same whatever the page does next.
 * @throws Error that tells of a replaced element, when there is none or more than one by now
 */
export async function oneElement(target: Target): Promise<ElementHandle> {
  if ('waitForElementState' in target) return target;
  // strict: of ten thousand that match by now no handles are made
  const handle = await target.elementHandle({ timeout: handleMs }).catch((error: unknown) => {
    throw /strict mode violation|Timeout \d+ms exceeded/.test(String(error)) ? new Error(replaced) : error;
  });
  if (!handle) throw new Error(replaced);
  return handle;
}

const replaced = 'the element was replaced: not attached to the DOM';
