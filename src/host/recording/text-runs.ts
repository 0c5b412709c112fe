/**
 * Where the text of a page stands between its tags. Not a parser: it only has to know where a tag, a comment or a script ends, as browsers do. What it takes grows
 * with the text, whatever is left open in it.
 */
import type { Span } from '../../domain/finder.ts';

/** Their content is never shown. */
const hidden = new Set(['script', 'style', 'iframe', 'noembed', 'noframes']);
/** In theirs, a tag is text as well. */
const verbatim = new Set(['title', 'textarea', 'xmp']);

/** Where the next match begins. */
function first(text: string, what: RegExp, from: number): number | undefined {
  what.lastIndex = from;
  return what.exec(text)?.index;
}

/** Behind the next match, or behind everything. */
const behind = (text: string, what: RegExp, from: number): number => {
  what.lastIndex = from;
  return what.test(text) ? what.lastIndex : text.length;
};

/** @returns in their order; what stands in two of them with nothing but tags between is shown as one text */
export function textRuns(text: string): Span[] {
  const runs: Span[] = [];
  const add = (start: number, end: number): void => void (end > start && runs.push([start, end]));
  const endOf = createEnds(text);
  let at = 0;
  while (at < text.length) {
    const start = first(text, /<(?=[a-z/!?])|\]\]>/gi, at) ?? text.length;
    add(at, start);
    at = behindMarkup(text, start);
    const name = nameAt(text, start);
    const end = hidden.has(name) || verbatim.has(name) ? endOf(name, at) : undefined;
    if (end === undefined) continue;
    if (verbatim.has(name)) add(at, end);
    at = end;
  }
  return runs;
}

const nameAt = (text: string, start: number): string => /^<([a-z]+)[\s/>]/i.exec(text.slice(start, start + 10))?.[1]?.toLowerCase() ?? '';

/** Where an element's end tag begins; undefined for what has none: XML lets it be empty. */
function createEnds(text: string): (name: string, from: number) => number | undefined {
  const unclosed = new Set<string>();
  return (name, from) => {
    if (unclosed.has(name)) return undefined;
    const end = first(text, new RegExp(`</${name}(?=[\\s/>])`, 'gi'), from);
    if (end === undefined) unclosed.add(name);
    return end;
  };
}

function behindMarkup(text: string, start: number): number {
  if (text.startsWith(']]>', start)) return start + 3;
  if (text.startsWith('<!--', start)) return behindComment(text, start + 4);
  // its content is text
  if (text.startsWith('<![CDATA[', start)) return start + 9;
  return /^<\/?[a-z]/i.test(text.slice(start, start + 3)) ? behindTag(text, start) : behind(text, />/g, start);
}

const behindComment = (text: string, from: number): number => {
  const empty = /-?>/y;
  empty.lastIndex = from;
  return empty.test(text) ? empty.lastIndex : behind(text, /--!?>/g, from);
};

/** An attribute's value may have a `>` in it when it is quoted. */
function behindTag(text: string, start: number): number {
  const value = /=\s*(["']?)|>/g;
  let at = start;
  for (;;) {
    value.lastIndex = at;
    const found = value.exec(text);
    if (!found) return text.length;
    if (found[0] === '>') return value.lastIndex;
    const quote = found[1] ?? '';
    at =
      quote === '' ? (first(text, /[\s>]/g, value.lastIndex) ?? text.length) : behind(text, quote === '"' ? /"/g : /'/g, value.lastIndex);
  }
}
