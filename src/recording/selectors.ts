/** The alternatives with which a recording names an element, as the fields of a selector. */
import type { Selector as Alternatives } from '@puppeteer/replay';
import type { Selector } from '../contract/action.ts';
import { literal } from './literal.ts';

/** What the accessibility tree says of the element. */
export type Aria = { name: string; role?: string };
export type Found = { selector: Selector; aria?: Aria; text?: string };
type Chain = string[];

const longestText = 200;
/** Roles that Chrome knows and ARIA does not, and those that say nothing. */
const noRoles: ReadonlySet<string> = new Set([
  'generic',
  'none',
  'presentation',
  'statictext',
  'labeltext',
  'inlinetextbox',
  'rootwebarea',
  'image',
  'popupbutton',
]);
const fields: ReadonlySet<string> = new Set([
  'textbox',
  'searchbox',
  'combobox',
  'spinbutton',
  'checkbox',
  'radio',
  'switch',
  'slider',
  'listbox',
]);

const ariaAttribute = /\[\s*(\w+)\s*=\s*(["'])((?:\\.|(?!\2).)*)\2\s*\]/g;

/** `aria/Sign in[role="button"]` */
function parseAria(entry: string): Aria {
  const rest = entry.slice('aria/'.length);
  const aria: Aria = { name: rest.replace(ariaAttribute, '').replace(/\\(.)/g, '$1').trim() };
  for (const [, attribute, , value = ''] of rest.matchAll(ariaAttribute)) {
    if (attribute === 'role') aria.role = value;
    if (attribute === 'name') aria.name = value.replace(/\\(.)/g, '$1');
  }
  return aria;
}

const isCss = (entry: string): boolean => !/^(aria|text|xpath)\//.test(entry) && !entry.includes('::-p-');
/** Our CSS looks into open shadow roots wherever it would look into children. */
const asCss = (entry: string): string => {
  const css = entry
    .replace(/^(pierce|css)\//, '')
    .replace(/\s*>>>>?\s*/g, ' ')
    .trim();
  return /,(?![^([]*[)\]])/.test(css) ? `:is(${css})` : css;
};

const attributeOnly = /^\[([\w-]+)=(["'])((?:(?!\2)[^\\])*)\2\]$/;

function fromCss(css: string): Selector {
  const id = /^#([A-Za-z_][\w-]*)$/.exec(css)?.[1];
  if (id !== undefined) return { id };
  const [, attribute = '', , value = ''] = attributeOnly.exec(css) ?? [];
  if (attribute === 'id') return { id: literal(value) };
  if (attribute === 'name') return { name: literal(value) };
  if (attribute === 'data-testid') return { dataTestId: literal(value) };
  if (attribute.startsWith('data-')) return { dataAttributes: { [attribute.slice('data-'.length)]: literal(value) } };
  return { cssSelector: literal(css) };
}

/** The same thing in several words is one; of each field the first counts. */
function cssFields(chains: readonly Chain[]): Selector {
  const selectors = chains.filter((chain) => chain.every(isCss)).map((chain) => fromCss(chain.map(asCss).join(' ')));
  return Object.assign({}, ...selectors.reverse()) as Selector;
}

function xPath(chains: readonly Chain[]): Selector {
  const [found] = chains.filter(([only = '', ...more]) => more.length === 0 && only.startsWith('xpath/'));
  const path = found?.[0]?.slice('xpath/'.length);
  return path ? { xPath: literal(path) } : {};
}

const textOf = (chains: readonly Chain[]): string | undefined =>
  chains
    .map((chain) => chain.at(-1) ?? '')
    .find((entry) => entry.startsWith('text/'))
    ?.slice('text/'.length)
    .trim();

/** Of a chain the last that has a name: icons and wrappers inside a button have none. `exact`: it is the element itself. */
function ariaOf(chains: readonly Chain[]): (Aria & { exact: boolean }) | undefined {
  for (const chain of chains) {
    const names = chain.filter((entry) => entry.startsWith('aria/')).map(parseAria);
    const named = names.findLast(({ name }) => name !== '');
    if (named) return { ...named, exact: chain.length === 1 };
  }
  return undefined;
}

const usable = (text: string): string | undefined => (text !== '' && literal(text).length <= longestText ? literal(text) : undefined);

/** An accessible name comes from a label, the text inside, or an aria-label: which one, the step and the role make likely. */
function nameFields({ name, role = '' }: Aria, { isField, text }: { isField: boolean; text: string | undefined }): Selector {
  const value = usable(name);
  if (value === undefined) return {};
  if (isField || fields.has(role.toLowerCase())) return { labelText: value };
  if (text !== undefined) return { innerText: usable(text) ?? value };
  return { ariaLabel: value, innerText: value };
}

function roleField(aria: (Aria & { exact: boolean }) | undefined): Selector {
  const role = aria?.exact ? aria.role?.toLowerCase() : undefined;
  return role !== undefined && /^[a-z]+$/.test(role) && !noRoles.has(role) ? { role } : {};
}

const chainsOf = (selectors: readonly Alternatives[]): Chain[] =>
  selectors.map((one): Chain => (typeof one === 'string' ? [one] : one)).filter((chain) => chain.length > 0);

const byText = (text: string | undefined): Selector => {
  const value = usable(text ?? '');
  return value === undefined ? {} : { innerText: value };
};

/**
 * Undefined when none of the alternatives can be used. `isField`: something is entered there, so its name is that of a label.
 * Entries of a chain lead through shadow roots, which need no mention here; `frame` are places among siblings.
 */
export function toSelector({ selectors, frame = [] }: { selectors: Alternatives[]; frame?: number[] }, isField = false): Found | undefined {
  const chains = chainsOf(selectors);
  const aria = ariaOf(chains);
  const text = textOf(chains);
  const named = aria ? nameFields(aria, { isField, text }) : byText(text);
  const found: Selector = { ...cssFields(chains), ...xPath(chains), ...named };
  if (Object.keys(found).length === 0) return undefined;
  const selector = { ...found, ...roleField(aria), ...(frame.length > 0 && { frame }) };
  return { selector, ...(aria && { aria }), ...(text && { text }) };
}
