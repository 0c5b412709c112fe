/**
 * For what a page shows only while it is scrolled: pages that load as they are scrolled, and lists that keep only the rows in sight. Runs in the page, which may lie
 * or never answer: all that a lie gains is a search that ends without a find.
 */
import type { Frame, JSHandle } from 'playwright';
import { within } from '../race.ts';

const stepMs = 1_000;
/** of one search */
const mostScrolls = 150;
const longestMs = 8_000;

/**
 * Scrolls the window and then every box that can be scrolled, from the top down by most of a screen, with a look after each scroll. What was scrolled in vain is put
 * back to where it was.
 * @returns the first find; undefined when there is none within `ms`, 8 s at most
 */
export async function scrollUntil<T>(frame: Frame, look: () => Promise<T | undefined>, ms: number): Promise<T | undefined> {
  const ends = Date.now() + Math.min(ms, longestMs);
  const scroller = await within(stepMs, frame.evaluateHandle(createScroller));
  if (!scroller) return undefined;
  let found: T | undefined;
  for (let scroll = 0; scroll < mostScrolls && Date.now() < ends && found === undefined; scroll += 1) {
    const more = await within(stepMs, scroller.evaluate(scrollOn));
    if (!more) break;
    found = await look();
  }
  await end(scroller, found === undefined);
  return found;
}

async function end(scroller: JSHandle<Scroller>, back: boolean): Promise<void> {
  if (back) await within(stepMs, scroller.evaluate(putBack));
  void within(stepMs, scroller.dispose());
}

type Box = { element: Element; top: number; left: number; begun: boolean };
type Scroller = { boxes: Box[]; nth: number };

/** Runs in the page. The window comes first, then the boxes in sight, the largest first. */
function createScroller(): Scroller {
  const window = document.scrollingElement ?? document.documentElement;
  const found: Element[] = [];
  const collect = (root: ParentNode): void => {
    let scanned = 0;
    for (const element of root.querySelectorAll('*')) {
      if ((scanned += 1) > 20_000 || found.length >= 200) return;
      if (element.shadowRoot) collect(element.shadowRoot);
      const overflows = element !== window && element !== document.body && element.scrollHeight > element.clientHeight + 10;
      if (overflows && element.clientHeight > 20 && /auto|scroll/.test(getComputedStyle(element).overflowY)) found.push(element);
    }
  };
  collect(document);
  const area = (element: Element): number => element.clientWidth * element.clientHeight;
  const boxes = [
    window,
    ...found
      .filter((element) => element.checkVisibility())
      .sort((a, b) => area(b) - area(a))
      .slice(0, 10),
  ];
  return { boxes: boxes.map((element) => ({ element, top: element.scrollTop, left: element.scrollLeft, begun: false })), nth: 0 };
}

/** Runs in the page. Each box begins at its top, unless it is there. False: there is nothing more to scroll. */
async function scrollOn(scroller: Scroller): Promise<boolean> {
  for (; scroller.nth < scroller.boxes.length; scroller.nth += 1) {
    const box = scroller.boxes[scroller.nth];
    if (!box) return false;
    const before = box.element.scrollTop;
    const top = !box.begun && before > 0 ? 0 : before + Math.max(20, (scroller.nth === 0 ? innerHeight : box.element.clientHeight) * 0.8);
    box.begun = true;
    box.element.scrollTo({ top, behavior: 'instant' });
    // two frames: the page hears of the scroll in the first and draws in the second
    await new Promise((resolve) => setTimeout(resolve, 40));
    if (Math.abs(box.element.scrollTop - before) >= 1) return true;
    if (scroller.nth > 0) box.element.scrollTo({ top: box.top, left: box.left, behavior: 'instant' });
  }
  return false;
}

/** Runs in the page. */
function putBack({ boxes }: Scroller): void {
  for (const { element, top, left } of boxes) element.scrollTo({ top, left, behavior: 'instant' });
}
