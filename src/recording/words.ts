/** What the steps of the runbook are called. */
import type { Found } from './selectors.ts';

const short = (text: string, length = 60): string => {
  const tidy = text.replace(/\s+/g, ' ').trim();
  return tidy.length > length ? `${tidy.slice(0, length - 1)}…` : tidy;
};

/** The name that people see, else the one that the page's makers gave. */
export function labelOf({ aria, text, selector }: Found): string {
  const { labelText, innerText, id, name, dataTestId, dataAttributes = {}, cssSelector, xPath } = selector;
  const [data] = Object.values(dataAttributes);
  const seen = [aria?.name, text, labelText, innerText].find(Boolean);
  const made = [id, name, dataTestId, data, cssSelector, xPath].find(Boolean);
  return `“${short(seen ?? made ?? 'the element')}”`;
}

/** Without what follows the path: it may hold anything. */
export function addressInWords(url: string): string {
  if (!URL.canParse(url)) return short(url.split(/[?#]/)[0] ?? url, 80);
  const { host, pathname } = new URL(url);
  return short(`${host}${pathname === '/' ? '' : pathname}`, 80);
}
