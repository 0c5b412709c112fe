/** What a selector asks for, in words that can be compared with what is on a page. */
import type { Selector } from '../../contract/action.ts';

/** `text`: what people read; the others are attributes. `name`: what the runbook calls it. */
export type Wish = { by: 'text' | 'id' | 'name' | 'data-testid'; name: string; value: string };
/** `kind`: the role or tag that is asked for, as the page writes it. */
export type Wishes = { wishes: Wish[]; tag: string | undefined; role: string | undefined };

const most = 8;

export function wishesOf(selector: Selector): Wishes {
  const { id, ariaLabel, dataTestId, labelText, innerText, placeholder, name, cssSelector, xPath, tagName, role } = selector;
  const wish = (by: Wish['by'], field: string, value: string | undefined): Wish[] =>
    value?.trim() ? [{ by, name: field, value: value.trim() }] : [];
  const wishes = [
    ...wish('id', 'id', id),
    ...wish('text', '', ariaLabel),
    ...wish('data-testid', 'dataTestId', dataTestId),
    ...wish('text', '', labelText),
    ...wish('text', '', innerText),
    ...wish('text', '', placeholder),
    ...wish('name', 'name', name),
    ...inSource(cssSelector ?? ''),
    ...inSource(xPath ?? ''),
  ];
  return { wishes: wishes.slice(0, most), tag: tagName?.toLowerCase(), role: role?.toLowerCase() };
}

/** The names and texts in CSS or XPath. */
function inSource(source: string): Wish[] {
  const short = source.slice(0, 1_000);
  const ids = [...short.matchAll(/#([\w-]+)/g)].map(([, id]) => wishFor('id', id));
  const attributes = [...short.matchAll(/[@[]([\w-]+)\s*[*^$~|]?=\s*["']?([^"'\]]{1,200})/g)].map(([, key, value]) => wishFor(key, value));
  const texts = [...short.matchAll(/(?:text\(\)|\.)\s*[=,]\s*["']([^"']{1,200})/g)].map(([, text]) => wishFor('text', text));
  return [...ids, ...attributes, ...texts].filter((wish) => wish !== undefined);
}

const known: Record<string, Wish['by']> = {
  ...{ id: 'id', name: 'name', 'data-testid': 'data-testid', text: 'text' },
  ...{ 'aria-label': 'text', placeholder: 'text', title: 'text', alt: 'text' },
};

function wishFor(key: string | undefined, value: string | undefined): Wish | undefined {
  const by = key !== undefined && Object.hasOwn(known, key) ? known[key] : undefined;
  if (!by || !value?.trim()) return undefined;
  return { by, name: by === 'text' ? '' : by, value: value.trim() };
}
