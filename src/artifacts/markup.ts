/** What kind of text a text is, by how it begins. */

/** With what browsers take a text for a web page. */
const page = /^<(!doctype html|html|head|body|title|script|style|iframe|meta|table|div|center|font|h1|p|br)(?![-\w:.])/i;
/** What may stand before the first element. */
const before = /^(\s+|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!doctype (?!html)[^>[]*(\[[\s\S]*?\]\s*)?>)/i;

/** @param whole the text is not the beginning of a longer one */
export function markupType(text: string, whole: boolean): string {
  const { rest, prolog } = afterProlog(text);
  if (page.test(rest)) return 'text/html';
  if (/^<(svg|[\w-]+:svg)(?![-\w:.])/i.test(rest)) return 'image/svg+xml';
  if (prolog) return 'application/xml';
  return isJson(text.trim(), whole) ? 'application/json' : 'text/plain';
}

/** `prolog`: it says that it is XML. */
function afterProlog(text: string): { rest: string; prolog: boolean } {
  let rest = text;
  let prolog = false;
  for (let found = before.exec(rest); found; found = before.exec(rest)) {
    prolog ||= /^<\?xml\s/i.test(found[0]);
    rest = rest.slice(found[0].length);
  }
  return { rest, prolog };
}

/** Of the beginning of a longer text only how it begins can be said; so does one document a line. */
function isJson(text: string, whole: boolean): boolean {
  if (!/^[[{]/.test(text)) return false;
  if (whole && parses(text)) return true;
  const [first = ''] = text.split(/\r?\n/, 1);
  return parses(first) || (!whole && /^(\{\s*"|\[\s*[[{"])/.test(text));
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
