/** One look at the page: the element that a selector means, or why there is none. */
import type { ElementHandle, Locator, Page } from 'playwright';
import type { Candidate } from '../../contract/error.ts';
import type { Selector } from '../../contract/action.ts';
import { firstLine, StepFailure } from '../step-failure.ts';
import { elementAt } from './element-at.ts';
import { fieldLocators, filterBy, hasFilters, type FieldLocator } from './locators.ts';

/** A locator finds its element anew for every use, and refuses to when it has become two; a place of the page gives the element itself. */
export type Target = Locator | ElementHandle;

export type Look =
  | { found: true; element: Target; matchedBy: string; candidates: Candidate[] }
  | { found: false; several: Locator | null; candidates: Candidate[] };

/**
 * Fields in their order, each narrowed by the filters; the first one that matches anything decides. More than one match is narrowed by the other fields,
 * then by visibility. `several`: still more than one.
 * @throws StepFailure `action_failed` for a selector that is not valid
 */
export async function look(page: Page, selector: Selector): Promise<Look> {
  const fields = fieldLocators(page, selector);
  const candidates: Candidate[] = [];
  for (const field of fields) {
    const { found, left, locator } = await count(page, selector, field);
    candidates.push({ field: field.label, value: field.value, found, left });
    if (left === 0) continue;
    const narrowed =
      left === 1
        ? locator
        : await narrow(
            locator,
            fields.filter((other) => other.field !== field.field),
          );
    if (narrowed) return { found: true, element: narrowed, matchedBy: field.label, candidates };
    return { found: false, several: locator, candidates };
  }
  return lookAtPlace(page, selector, candidates);
}

async function count(page: Page, selector: Selector, field: FieldLocator): Promise<{ found: number; left: number; locator: Locator }> {
  try {
    const found = await field.locator.count();
    if (found === 0 || !hasFilters(selector)) return { found, left: found, locator: field.locator };
    const locator = filterBy(page, selector, field.locator);
    return { found, left: await locator.count(), locator };
  } catch (error) {
    if (isInvalid(error)) throw new StepFailure('action_failed', `The selector's ${field.field} is not valid: ${field.value}`);
    throw error;
  }
}

/** Playwright says it in several ways, by kind of selector. */
const isInvalid = (error: unknown): boolean =>
  /not a valid (selector|XPath)|Unexpected token|while parsing|Unknown engine|Malformed|not a node set|Unsupported token/i.test(
    firstLine(error),
  );

/** Another field that leaves none is of no use here; one that leaves some narrows. Null: still more than one. */
async function narrow(start: Locator, others: FieldLocator[]): Promise<Locator | null> {
  let current = start;
  for (const other of others) {
    const next = current.and(other.locator);
    const left = await next.count();
    if (left === 1) return next;
    if (left > 1) current = next;
  }
  const visible = current.filter({ visible: true });
  return (await visible.count()) === 1 ? visible : null;
}

async function lookAtPlace(page: Page, selector: Selector, candidates: Candidate[]): Promise<Look> {
  const { rect } = selector;
  if (!rect) return { found: false, several: null, candidates };
  const element = await elementAt(page, selector, rect);
  const value = `${rect.x},${rect.y} ${rect.width}x${rect.height}`;
  candidates.push({ field: 'rect', value, found: element ? 1 : 0, left: element ? 1 : 0 });
  return element ? { found: true, element, matchedBy: 'rect (position only)', candidates } : { found: false, several: null, candidates };
}
