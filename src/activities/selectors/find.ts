/** One look at the page: the element that a selector means, or why there is none. */
import type { ElementHandle, Frame, Locator, Page } from 'playwright';
import type { Candidate } from '../../contract/error.ts';
import type { Selector } from '../../contract/action.ts';
import { StepFailure } from '../step-failure.ts';
import { elementAt } from './element-at.ts';
import { scopeOf } from './frames.ts';
import { isInvalid } from './invalid.ts';
import { fieldLocators, filterBy, hasFilters, type FieldLocator } from './locators.ts';

/** A locator finds its element anew for every use, and refuses to when it has become two; a place of the page gives the element itself. */
export type Target = Locator | ElementHandle;

/** `scope` is the frame that was searched; of frames that are not there yet the innermost one that is. */
export type Look = { scope: Frame; candidates: Candidate[] } & (
  { found: true; element: Target; matchedBy: string } | { found: false; several: Locator | null }
);

/**
 * Fields in their order, each narrowed by the filters; the first one that matches anything decides. More than one match is narrowed by the other fields,
 * then by visibility. `several`: still more than one.
 * @throws StepFailure `action_failed` for a selector that is not valid
 */
export async function look(page: Page, selector: Selector): Promise<Look> {
  const { reached, frame: scope, several, candidates } = await scopeOf(page, selector.frame);
  return reached ? lookInFrame(scope, selector, candidates) : { found: false, several, scope, candidates };
}

/** The same in a frame that is known; `candidates` are added to. */
export async function lookInFrame(scope: Frame, selector: Selector, candidates: Candidate[] = []): Promise<Look> {
  const fields = fieldLocators(scope, selector);
  for (const field of fields) {
    const { found, left, locator } = await count(scope, selector, field);
    candidates.push({ field: field.label, value: field.value, found, left });
    if (left === 0) continue;
    const others = fields.filter((other) => other.field !== field.field);
    const element = left === 1 ? locator : await narrow(locator, others);
    if (element) return { found: true, element, matchedBy: field.label, scope, candidates };
    return { found: false, several: locator, scope, candidates };
  }
  return lookAtPlace(scope, selector, candidates);
}

async function count(scope: Frame, selector: Selector, field: FieldLocator): Promise<{ found: number; left: number; locator: Locator }> {
  const filters = hasFilters(selector) && !field.filtered;
  const locator = filters ? filterBy(scope, selector, field.locator) : field.locator;
  try {
    if (!filters) return await countInnermost(field);
    // both at once: one way to the browser and back
    const [found, left] = await Promise.all([field.locator.count(), locator.count()]);
    return { found, left, locator };
  } catch (error) {
    if (isInvalid(error)) throw new StepFailure('action_failed', `The selector's ${field.field} is not valid: ${field.value}`);
    throw error;
  }
}

const mostNested = 100;

async function countInnermost({ locator, innermost }: FieldLocator): Promise<{ found: number; left: number; locator: Locator }> {
  const found = await locator.count();
  if (!innermost || found < 2 || found > mostNested) return { found, left: found, locator };
  const left = await innermost.count();
  return left === 0 ? { found, left: found, locator } : { found, left, locator: innermost };
}

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

async function lookAtPlace(scope: Frame, selector: Selector, candidates: Candidate[]): Promise<Look> {
  const { rect } = selector;
  if (!rect) return { found: false, several: null, scope, candidates };
  const element = await elementAt(scope, selector, rect);
  const value = `${rect.x},${rect.y} ${rect.width}x${rect.height}`;
  candidates.push({ field: 'rect', value, found: element ? 1 : 0, left: element ? 1 : 0 });
  if (!element) return { found: false, several: null, scope, candidates };
  return { found: true, element, matchedBy: 'rect (position only)', scope, candidates };
}
