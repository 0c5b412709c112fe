/**
 * Snapshots of pages, as Playwright's trace keeps them, made so that nothing of them can run or call out when its viewer shows them. The page itself makes them (the
 * snapshot script runs in the page's own world), so a hostile page may have written anything: names are checked too, which the viewer prints as they are.
 *
 * A node is text, `[name, attributes?, ...children]`, or `[[snapshots ago, index]]`, which counts nodes: none may be removed, only made harmless.
 */
import type { Redactor } from '../../domain/redact.ts';

const name = /^[\p{L}_][\p{L}\p{N}_.:-]*$/u;
/** Shown as an unknown element, whose children are text. */
const harmless = 'x-removed';
const forbidden = new Set([
  'script',
  'object',
  'embed',
  'applet',
  'portal',
  'fencedframe',
  'animate',
  'set',
  'animatetransform',
  'animatemotion',
]);
/** Attributes that run, load or send something. */
const dropped = new Set(['srcdoc', 'sandbox', 'ping', 'action', 'formaction', 'nonce', 'allow', 'background', 'manifest', 'target']);
const shownLinks = new Set(['stylesheet', 'icon', 'shortcut icon', 'alternate stylesheet']);
const refused = new Set(['refresh', 'content-security-policy', 'set-cookie', 'x-dns-prefetch-control']);
/** Elsewhere an address is one that a click goes to. */
const mayHaveHref = new Set([
  'a',
  'link',
  'base',
  'image',
  'use',
  'feimage',
  'textpath',
  'lineargradient',
  'radialgradient',
  'pattern',
  'filter',
]);
/** Chromium ignores spaces and control characters in a scheme. */
const blanks = /[\p{Cc}\p{Z}]/gu;
const active = /^(javascript|vbscript|data:text\/html|data:application|data:image\/svg)/i;

const pictures = new Set(['img', 'image']);
const frames = new Set(['iframe', 'frame']);
/** The snapshot of a frame; anything else would be loaded as a document. */
const frameSource = /^(\/snapshot\/[\w@.-]+)?$/;

type Attributes = Record<string, unknown>;

/** `texts`: the masked ones that are still to be written, in their order */
type Writing = { redact: Redactor; texts: Iterator<string, undefined> };

/** @param redact masks what the page shows, also what is spread over several texts; attributes whose name would have to be masked are left out */
export function inertSnapshot(node: unknown, redact: Redactor): unknown {
  const texts: string[] = [];
  collectTexts(node, texts);
  return inertNode(node, { redact, texts: redact.neighbours(texts)[Symbol.iterator]() });
}

/** In the order in which they are written. */
function collectTexts(node: unknown, texts: string[]): void {
  if (typeof node === 'string') texts.push(node);
  if (!Array.isArray(node) || typeof node[0] !== 'string') return;
  const [given, , ...children] = node as [string, ...unknown[]];
  for (const child of shownChildren(given, children)) collectTexts(child, texts);
}

/** What a script says is not shown, and not kept either. */
const shownChildren = (given: string, children: unknown[]): unknown[] =>
  localName(given) === 'script' ? children.filter((child) => typeof child !== 'string') : children;

function inertNode(node: unknown, writing: Writing): unknown {
  if (typeof node === 'string') return writing.texts.next().value ?? '';
  if (!Array.isArray(node)) return '';
  const [first, ...rest] = node as unknown[];
  if (Array.isArray(first)) return [first.filter((index) => typeof index === 'number')];
  return typeof first === 'string' ? inertElement(first, rest, writing) : '';
}

function inertElement(given: string, [attributes, ...children]: unknown[], writing: Writing): unknown {
  const local = localName(given);
  const kept = isHarmless(given, local, attributes) ? given : harmless;
  const inert = children.map((child) => (local === 'script' && typeof child === 'string' ? '' : inertNode(child, writing)));
  return [kept, isAttributes(attributes) ? inertAttributes(kept === harmless ? {} : attributes, local, writing.redact) : {}, ...inert];
}

const localName = (given: string): string => given.slice(given.lastIndexOf(':') + 1).toLowerCase();
const isAttributes = (value: unknown): value is Attributes => typeof value === 'object' && value !== null && !Array.isArray(value);

function isHarmless(given: string, local: string, attributes: unknown): boolean {
  if (!name.test(given) || forbidden.has(local)) return false;
  const valueOf = (wanted: string): string => textOf(isAttributes(attributes) ? attributes : {}, wanted);
  if (local === 'link') return shownLinks.has(valueOf('rel'));
  return local !== 'meta' || !refused.has(valueOf('http-equiv'));
}

const textOf = (attributes: Attributes, wanted: string): string => {
  const found = Object.entries(attributes).find(([key]) => key.toLowerCase() === wanted);
  return typeof found?.[1] === 'string' ? found[1].trim().toLowerCase() : '';
};

function inertAttributes(attributes: Attributes, element: string, redact: Redactor): Record<string, string> {
  const entries = Object.entries(attributes).map(([key, value]) => [key, typeof value === 'string' ? value : String(value)] as const);
  const kept = entries.filter(([key, value]) => redact(key) === key && isInert(element, localName(key), { key, value }));
  return Object.fromEntries(kept.map(([key, value]) => [key, redact(value)]));
}

function isInert(element: string, attribute: string, { key, value }: { key: string; value: string }): boolean {
  if (!name.test(key) || attribute.startsWith('on') || dropped.has(attribute)) return false;
  if (active.test(value.replace(blanks, '')) && !pictures.has(element)) return false;
  if (attribute === 'href') return mayHaveHref.has(element);
  return attribute !== 'src' || !frames.has(element) || frameSource.test(value);
}
