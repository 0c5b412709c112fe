/**
 * A page as HTML that nothing can run or call out of: what is no plain element, attribute or text is left out, and addresses stand under another name, to be read.
 * The page itself has told its nodes, and it may lie: every name is checked, every text is escaped.
 */
import type { Redactor } from '../domain/redact.ts';

/** A node as the page tells it: text, or `[name, attributes, ...children]`. */
type Told = readonly unknown[];
/** `texts`: the masked ones that are still to be written, in their order */
type Writing = { redact: Redactor; texts: Iterator<string, undefined>; left: number };

const mostCharacters = 5_000_000;
const deepest = 400;
const elementName = /^[a-z][a-z0-9]*(-[a-z0-9-]+)?$/;
const attributeName = /^[a-z_][a-z0-9_.:-]*$/i;
/** They run, load or send something, or change what others do. */
const dropped = new Set(
  'script noscript object embed applet portal fencedframe link base animate set animatemotion animatetransform'.split(' '),
);
/** Their text is not read as that of others: as something else it is. */
const renamed = new Set('xmp noembed noframes plaintext listing iframe frame frameset template'.split(' '));
const voids = new Set('area br col embed hr img input meta source track wbr'.split(' '));
/** Attributes that cannot hold an address, nor anything that the browser would fetch or run. */
const plain =
  /^(id|class|name|value|type|for|role|title|alt|placeholder|label|lang|dir|hidden|open|checked|selected|disabled|readonly|required|multiple|tabindex|colspan|rowspan|scope|headers|span|start|reversed|min|max|step|minlength|maxlength|pattern|rows|cols|size|wrap|width|height|align|valign|border|cellpadding|cellspacing|bgcolor|color|face|charset|autocomplete|inputmode|contenteditable|draggable|datetime|viewbox|d|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|points|fill|stroke|stroke-width|transform|slot|part|shadowrootmode|aria-[a-z-]+|data-[\w.:-]+)$/i;
/** What a style may load something with; escapes could hide it. */
const loads = /[\\<]|@import|url|image|src/i;

const seal =
  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'\">";

/** @param told the page's `<html>`. @returns a document of at most 5 million characters; undefined when it is none */
export function inertPage(told: unknown, redact: Redactor): string | undefined {
  if (!Array.isArray(told)) return undefined;
  const texts = redact.neighbours(textsOf(told as Told, redact, 0));
  const body = element(told as Told, { redact, texts: texts[Symbol.iterator](), left: mostCharacters }, 0);
  return `<!doctype html>\n<meta charset="utf-8">${seal}\n${body}`;
}

/** A secret may be spread over several of them. In the order in which they are written. */
function textsOf([given, , ...children]: Told, redact: Redactor, depth: number): string[] {
  const wanted = typeof given === 'string' ? given.toLowerCase() : '';
  const name = nameOf(wanted, redact);
  if (depth >= deepest || dropped.has(wanted) || voids.has(name) || name === 'style') return [];
  return children.flatMap((child) =>
    typeof child === 'string' ? [child] : Array.isArray(child) ? textsOf(child as Told, redact, depth + 1) : [],
  );
}

function node(told: unknown, writing: Writing, depth: number): string {
  if (writing.left <= 0 || depth > deepest) return '';
  if (typeof told === 'string') return spend(escape(writing.texts.next().value ?? ''), writing);
  return Array.isArray(told) ? element(told as Told, writing, depth) : '';
}

function element([given, attributes, ...children]: Told, writing: Writing, depth: number): string {
  const wanted = typeof given === 'string' ? given.toLowerCase() : '';
  if (dropped.has(wanted)) return '';
  const name = nameOf(wanted, writing.redact);
  const open = spend(`<${name}${attributesOf(attributes, writing.redact)}>`, writing);
  if (voids.has(name)) return open;
  const inside = name === 'style' ? styleOf(children, writing) : children.map((child) => node(child, writing, depth + 1)).join('');
  return `${open}${inside}</${name}>`;
}

const nameOf = (wanted: string, redact: Redactor): string =>
  elementName.test(wanted) && !renamed.has(wanted) && redact(wanted) === wanted ? wanted : `x-${renamed.has(wanted) ? wanted : 'removed'}`;

function attributesOf(told: unknown, redact: Redactor): string {
  if (typeof told !== 'object' || told === null) return '';
  return Object.entries(told)
    .filter(([name]) => attributeName.test(name) && !/^(on|srcdoc$|http-equiv$|content$)/i.test(name) && redact(name) === name)
    .map(([name, value]) => ` ${shownName(name, String(value))}="${escape(redact(String(value)))}"`)
    .join('');
}

/** An address is worth reading, but leads nowhere. */
const shownName = (name: string, value: string): string =>
  plain.test(name) || (name.toLowerCase() === 'style' && !loads.test(value)) ? name : `data-was-${name.replaceAll(':', '-')}`;

/** As it is, or not at all. */
function styleOf(children: readonly unknown[], writing: Writing): string {
  const css = children.filter((child) => typeof child === 'string').join('');
  return loads.test(css) ? '' : spend(writing.redact(css), writing);
}

function spend(text: string, writing: Writing): string {
  writing.left -= text.length;
  return writing.left < 0 ? '' : text;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (letter) => escapes[letter] ?? '');
