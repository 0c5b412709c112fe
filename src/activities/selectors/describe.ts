import type { Locator } from 'playwright';
import { within } from '../race.ts';

const shownLength = 400;

/** Short descriptions of the elements that a locator matches, at most ten: the attributes that a selector could use, then the text. Masked by `redact` before they are cut. */
export async function describeAll(locator: Locator, redact: (text: string) => string): Promise<{ total: number; shown: string[] }> {
  const described = await within(1_000, locator.evaluateAll(readElements));
  if (!described) return { total: (await within(500, locator.count())) ?? 2, shown: [] };
  const short = (text: string): string => redact(text).slice(0, shownLength);
  const shown = described.shown.map(({ tag, attributes, text }) => {
    const named = attributes.map(([name, value]) => ` ${name}="${short(value)}"`);
    return `<${tag}${named.join('')}> ${short(text)}`.trim();
  });
  return { total: described.total, shown };
}

type Described = { tag: string; attributes: [string, string][]; text: string };

/** Runs in the page. Texts are long enough for a secret at the end of what is shown to be whole. */
function readElements(elements: Element[]): { total: number; shown: Described[] } {
  const longest = 10_000;
  const named = ['id', 'name', 'type', 'role', 'aria-label', 'data-testid', 'href', 'class'];
  const shown = elements.slice(0, 10).map((element) => ({
    tag: element.tagName.toLowerCase(),
    attributes: named
      .filter((name) => element.hasAttribute(name))
      .map((name): [string, string] => [name, (element.getAttribute(name) ?? '').slice(0, longest)]),
    text: (element.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, longest),
  }));
  return { total: elements.length, shown };
}
