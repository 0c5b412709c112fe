/** What each selector field means, as Playwright locators: they run in an isolated world, so that a page cannot see or bend the search. */
import type { Frame, Locator } from 'playwright';
import type { Selector } from '../../contract/action.ts';
import { StepFailure } from '../step-failure.ts';

/** `label` is how the match is reported. Later entries are tried when earlier ones match nothing. */
export type FieldLocator = {
  field: string;
  label: string;
  value: string;
  locator: Locator;
  /** `locator` heeds the filters already */
  filtered?: true;
  /** of elements that are in one another the innermost; costs a search within each, so not for many */
  innermost?: Locator;
};

type TextField = 'labelText' | 'innerText';

/** All fields that are given, in the documented order. Texts come twice: the exact one, then "contains". */
export function fieldLocators(scope: Frame, selector: Selector): FieldLocator[] {
  const one = (field: keyof Selector, value: string | undefined, make: (value: string) => string): FieldLocator[] =>
    value === undefined || value === '' ? [] : [{ field, label: field, value, locator: scope.locator(make(value)) }];
  return [
    ...one('id', selector.id, (v) => attribute('id', v)),
    ...one('ariaLabel', selector.ariaLabel, (v) => attribute('aria-label', v)),
    ...one('dataTestId', selector.dataTestId, (v) => attribute('data-testid', v)),
    ...one('dataAttributes', dataAttributes(selector), (v) => v),
    ...one('cssSelector', selector.cssSelector, (v) => `css=${v}`),
    ...one('xPath', selector.xPath, (v) => `xpath=${v.replace(/^xpath=/, '')}`),
    ...texts(scope, 'labelText', selector),
    ...texts(scope, 'innerText', selector),
    ...one('placeholder', selector.placeholder, (v) => attribute('placeholder', v)),
    ...one('name', selector.name, (v) => attribute('name', v)),
  ];
}

/** tagName, role and inputType, which hold for every field. */
export function filterBy(scope: Frame, selector: Selector, locator: Locator): Locator {
  const css = filterCss(selector);
  const byCss = css === undefined ? locator : locator.and(scope.locator(css));
  return selector.role === undefined ? byCss : byCss.and(byRole(scope, selector.role));
}

export const hasFilters = (selector: Selector): boolean =>
  selector.tagName !== undefined || selector.role !== undefined || selector.inputType !== undefined;

/** tagName and inputType as one CSS selector. */
export function filterCss({ tagName, inputType }: Selector): string | undefined {
  if (tagName === undefined && inputType === undefined) return undefined;
  const tag = tagName === undefined ? '' : word('tagName', tagName.toLowerCase());
  if (inputType === undefined) return `css=${tag}`;
  const type = word('inputType', inputType.toLowerCase());
  return type === 'text' ? `css=${tag || 'input'}:is([type="text" i], :not([type]))` : `css=${tag || '*'}[type="${type}" i]`;
}

export const byRole = (scope: Frame, role: string): Locator =>
  scope.getByRole(word('role', role.toLowerCase()) as Parameters<Frame['getByRole']>[0], { includeHidden: true });

function texts(scope: Frame, field: TextField, selector: Selector): FieldLocator[] {
  const value = selector[field]?.trim();
  if (!value) return [];
  const make = (exact: boolean): Pick<FieldLocator, 'locator' | 'filtered' | 'innermost'> =>
    field === 'labelText' ? { locator: scope.getByLabel(value, { exact }) } : byText(scope, selector, { text: value, exact });
  return [
    { field, label: field, value, ...make(true) },
    { field, label: `${field} (contains)`, value, ...make(false) },
  ];
}

/** With a tag or a role it is that element's whole text; the innermost one when they are nested. Without, the smallest element that has the text. */
function byText(
  scope: Frame,
  selector: Selector,
  { text, exact }: { text: string; exact: boolean },
): Pick<FieldLocator, 'locator' | 'filtered' | 'innermost'> {
  if (!hasFilters(selector)) return { locator: scope.getByText(text, { exact }) };
  const locator = passing(scope, selector).filter({ hasText: exact ? wholeText(text) : text });
  return { locator, filtered: true, innermost: locator.filter({ hasNot: locator }) };
}

/** Everything that the filters let through: as few parts as possible, since each is a search of its own. */
function passing(scope: Frame, selector: Selector): Locator {
  const css = filterCss(selector);
  if (selector.role === undefined) return scope.locator(css ?? 'css=*');
  const roles = byRole(scope, selector.role);
  return css === undefined ? roles : roles.and(scope.locator(css));
}

const wholeText = (text: string): RegExp =>
  new RegExp(
    `^\\s*${text
      .split(/\s+/)
      .map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('\\s+')}\\s*$`,
  );

function dataAttributes({ dataAttributes: wanted }: Selector): string | undefined {
  const pairs = Object.entries(wanted ?? {});
  if (pairs.length === 0) return undefined;
  return `css=${pairs.map(([key, value]) => `[${word('dataAttributes', key.startsWith('data-') ? key : `data-${key}`)}="${quoted(value)}"]`).join('')}`;
}

const attribute = (name: string, value: string): string => `css=[${name}="${quoted(value)}"]`;

/** Inside a CSS string everything but letters and digits is written as its code point. */
const quoted = (value: string): string =>
  [...value].map((c) => (/[A-Za-z0-9]/.test(c) ? c : `\\${(c.codePointAt(0) ?? 0xfffd).toString(16)} `)).join('');

function word(field: string, value: string): string {
  if (/^[a-z][\w.-]*$/i.test(value)) return value;
  throw new StepFailure('action_failed', `The selector's ${field} "${value}" is not a valid name.`);
}
