/** Where the page is scrolled to, and what has the focus. The functions run in the page (in-page.ts). */
import type { Tools } from './in-page.ts';
import type { Place } from './places.ts';

/** `scrolled`: elements that are not at their beginning; the page itself has the place []. */
export type Position = { scrolled: { place: Place; left: number; top: number }[]; focus: Place | null };

export function readPosition(most: number, { placeOf, focused }: Tools): Position {
  const scrolled: Position['scrolled'] = [];
  for (const element of document.querySelectorAll('*')) {
    if (scrolled.length >= most) break;
    const { scrollLeft: left, scrollTop: top } = element;
    if (left === 0 && top === 0) continue;
    scrolled.push({ place: element === document.scrollingElement ? [] : placeOf(element), left, top });
  }
  const active = focused();
  return { scrolled, focus: active && placeOf(active) };
}

/** Through open shadow roots; null when it is the page as a whole. */
export function focused(): Element | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active === document.body || active === document.documentElement ? null : active;
}

/** False when something could not be scrolled as far: the page may not be there as a whole yet. */
export function scrollAll(scrolled: Position['scrolled'], { elementAt }: Tools): boolean {
  let reached = true;
  for (const { place, left, top } of scrolled) {
    const element = place.length === 0 ? document.scrollingElement : elementAt(place);
    element?.scrollTo({ left, top, behavior: 'instant' });
    if (!element || Math.abs(element.scrollTop - top) > 2 || Math.abs(element.scrollLeft - left) > 2) reached = false;
  }
  return reached;
}

export function focusOn(place: Place, { elementAt }: Tools): void {
  const element = elementAt(place);
  if (element instanceof HTMLElement) element.focus({ preventScroll: true });
}
