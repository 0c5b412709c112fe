/** Watching a page between two looks. Both run in the page, which may lie or never answer: callers race them, and nothing depends on them but time. */
import type { Frame, Page } from 'playwright';
import { within } from '../race.ts';

/** Resolves at the first change of the DOM (open shadow roots included) after it has settled for 30 ms, else after `ms`. Never rejects. */
export async function domChange(page: Page | Frame, ms: number): Promise<void> {
  const started = Date.now();
  await within(ms + 100, page.evaluate(waitForMutation, ms));
  // a navigation, or a page that cannot answer, ends the wait early: no hot loop
  const rest = Math.min(50, ms) - (Date.now() - started);
  if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
}

function waitForMutation(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const roots: Node[] = [document];
    for (const element of document.querySelectorAll('*')) if (element.shadowRoot) roots.push(element.shadowRoot);
    const end = (): void => {
      observer.disconnect();
      resolve();
    };
    const observer = new MutationObserver(() => setTimeout(end, 30));
    for (const root of roots) observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    setTimeout(end, ms);
  });
}

/** A fingerprint of the page's structure: tags, ids, names and roles of up to 5,000 elements, no texts. Undefined when the page does not say. */
export const structureOf = (page: Page | Frame): Promise<string | undefined> => within(500, page.evaluate(fingerprint));

function fingerprint(): string {
  let hash = 0;
  let seen = 0;
  for (const element of document.querySelectorAll('*')) {
    if ((seen += 1) > 5_000) break;
    const text = `${element.tagName}#${element.id}.${element.getAttribute('name') ?? ''}.${element.getAttribute('role') ?? ''}`;
    for (let i = 0; i < text.length; i += 1) hash = (hash * 31 + text.charCodeAt(i)) | 0;
  }
  return `${location.href.split('#')[0]} ${seen} ${hash}`;
}
