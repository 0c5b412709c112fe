/** The document of a page in which a step has failed, as it was: to be read, never to be run. */
import type { Page } from 'playwright';
import type { Redactor } from '../domain/redact.ts';
import { inertPage } from './inert-page.ts';
import { keepProof, type ProofMeans } from './keep-proof.ts';
import { within } from './race.ts';

/** `key`: what is kept again with the same one replaces what was there */
type Failed = { jobId: string; stepId: string; key: string; redact: Redactor };

const readMs = 1_000;
const mostNodes = 100_000;

/** Masked. Never rejects; that a page does not answer in time is told with what is missing. */
export async function keepSnapshot(page: Page, { redact, ...about }: Failed, means: ProofMeans): Promise<void> {
  const html = inertPage(await within(readMs, page.evaluate(nodesOf, mostNodes)), redact);
  if (html === undefined) return means.lost.ungiven(about.jobId, 'page');
  const file = { kind: 'snapshot', name: `${about.stepId}-page.html`, type: 'text/html', bytes: Buffer.from(html) } as const;
  await keepProof('page', { ...about, ...file, createdAt: new Date().toISOString(), detail: { because: 'failure' } }, means);
}

type Told = string | [string, Record<string, string>, ...Told[]];

/**
 * Runs in the page, which may lie. Each element with its attributes; what was typed and chosen stands as attributes, except in password fields. Open shadow trees stand
 * as their first child.
 */
function nodesOf(most: number): Told {
  let left = most;
  const attributesOf = (element: Element): Record<string, string> => {
    const told: Record<string, string> = {};
    for (const { name, value } of element.attributes) told[name] = value;
    if (element instanceof HTMLInputElement) {
      told['value'] = element.type === 'password' ? '' : element.value;
      delete told['checked'];
      if (element.checked) told['checked'] = '';
    }
    if (element instanceof HTMLOptionElement) {
      delete told['selected'];
      if (element.selected) told['selected'] = '';
    }
    return told;
  };
  const tell = (element: Element, depth: number): Told => {
    const told: Told = [element.localName, attributesOf(element)];
    if (element instanceof HTMLTextAreaElement) return [...told, element.value] as Told;
    if (depth > 300) return told;
    if (element.shadowRoot) told.push(['x-shadow', {}, ...inside(element.shadowRoot, depth)]);
    told.push(...inside(element, depth));
    return told;
  };
  const inside = (parent: ParentNode & Node, depth: number): Told[] => {
    const told: Told[] = [];
    for (const child of parent.childNodes) {
      left -= 1;
      if (left < 0) break;
      const last = told.at(-1);
      // a text that stands in several nodes is one for whoever reads it
      if (child instanceof Text && typeof last === 'string') told[told.length - 1] = last + child.data;
      else if (child instanceof Text) told.push(child.data);
      else if (child instanceof Element) told.push(tell(child, depth + 1));
    }
    return told;
  };
  return tell(document.documentElement, 0);
}
