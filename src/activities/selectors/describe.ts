import type { Locator } from 'playwright';
import { within } from '../race.ts';

/** Short descriptions of the elements that a locator matches, at most ten. */
export async function describeAll(locator: Locator): Promise<{ total: number; shown: string[] }> {
  const described = await within(1_000, locator.evaluateAll(shortForms));
  return described ?? { total: (await within(500, locator.count())) ?? 2, shown: [] };
}

/** Runs in the page. The attributes that a selector could use, then the text. */
function shortForms(elements: Element[]): { total: number; shown: string[] } {
  const named = ['id', 'name', 'type', 'role', 'aria-label', 'data-testid', 'href', 'class'];
  const shown = elements.slice(0, 10).map((element) => {
    const attributes = named
      .filter((name) => element.hasAttribute(name))
      .map((name) => ` ${name}="${(element.getAttribute(name) ?? '').slice(0, 400)}"`);
    const text = (element.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 400);
    return `<${element.tagName.toLowerCase()}${attributes.join('')}> ${text}`.trim();
  });
  return { total: elements.length, shown };
}
