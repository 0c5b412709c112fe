/**
 * Templates: text in which `{{name}}` stands for a value and `{{ anything else }}` for a JavaScript expression. This only takes
 * them apart; expressions are evaluated by the browser side, in a blank page, never here.
 */
export type TemplateToken = { text: string } | { name: string } | { expression: string };

/** What `extract` stores its result under. */
export const extractedName = '__extracted';

const plainName = /^[A-Za-z_$][\w$]*$/;
const nesting: Readonly<Record<string, number>> = { '{': 1, '[': 1, '(': 1, '}': -1, ']': -1, ')': -1 };
const quotes = new Set(['"', "'", '`']);

/** The index behind a string literal that begins at `at`, or the end of the text when it never closes. */
function skipString(text: string, at: number): number {
  const quote = text[at];
  let i = at + 1;
  while (i < text.length && text[i] !== quote) i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

/** Where the `}}` of an expression stands, braces and quotes inside it respected; -1 when they do not match up. */
function closingBraces(text: string, from: number): number {
  let depth = 0;
  let i = from;
  while (i < text.length && depth >= 0) {
    const c = text[i] as string;
    if (depth === 0 && text.startsWith('}}', i)) return i;
    depth += nesting[c] ?? 0;
    i = quotes.has(c) ? skipString(text, i) : i + 1;
  }
  return -1;
}

function insideToken(inner: string): TemplateToken {
  const source = inner.trim();
  return plainName.test(source) ? { name: source } : { expression: source };
}

/**
 * Spaces inside `{{ }}` do not matter. `{{` that never closes is text. Once braces and quotes do not match up (a quote in a regular
 * expression, say), the first `}}` ends an expression for the rest of the text: this keeps the work linear.
 */
export function parseTemplate(text: string): TemplateToken[] {
  const tokens: TemplateToken[] = [];
  let matched = true;
  let rest = 0;
  for (let open = text.indexOf('{{'); open !== -1; open = text.indexOf('{{', rest)) {
    let close = matched ? closingBraces(text, open + 2) : -1;
    if (close === -1) {
      matched = false;
      close = text.indexOf('}}', open + 2);
    }
    if (close === -1) break;
    if (open > rest) tokens.push({ text: text.slice(rest, open) });
    tokens.push(insideToken(text.slice(open + 2, close)));
    rest = close + 2;
  }
  if (rest < text.length) tokens.push({ text: text.slice(rest) });
  return tokens;
}

/** True when an evaluation is needed, not only values. */
export const hasExpression = (text: string): boolean => parseTemplate(text).some((t) => 'expression' in t);

const word = String.raw`(?:(?:\.\.\.|\?\.|\.)\s*)?[A-Za-z_$][\w$]*|\d[\w.]*`;
const words = new RegExp(word, 'g');
// a string that never closes reaches to the end: giving it back would make the search quadratic
const string = (quote: string): string => String.raw`${quote}(?:[^${quote}\\]|\\[^])*(?:${quote}|\\?$)`;
const wordsOutsideStrings = new RegExp(`${string('"')}|${string("'")}|${word}`, 'g');

/**
 * The identifiers that an expression reads: not its properties (`.length`), strings, or numbers. It may name too many (keys of
 * objects; where there are template literals, regular expressions or comments, words in strings too), never too few.
 */
export function identifiers(expression: string): string[] {
  const found = new Set<string>();
  for (const [match] of expression.matchAll(/[`/]/.test(expression) ? words : wordsOutsideStrings)) {
    const name = match.startsWith('...') ? match.slice(3).trim() : match.trim();
    if (plainName.test(name)) found.add(name);
  }
  return [...found];
}

/** Every name that a template reads, in order of appearance: plain ones, and the identifiers of its expressions. */
export function references(text: string): string[] {
  const found = parseTemplate(text).flatMap((token) => {
    if ('name' in token) return [token.name];
    return 'expression' in token ? identifiers(token.expression) : [];
  });
  return [...new Set(found)];
}

/** Puts a template together again; `value` and `evaluate` say what stands for a name and for an expression. */
export function renderTemplate(
  tokens: readonly TemplateToken[],
  values: { value(name: string): string; evaluate(expression: string): string },
): string {
  return tokens
    .map((token) => {
      if ('text' in token) return token.text;
      return 'name' in token ? values.value(token.name) : values.evaluate(token.expression);
    })
    .join('');
}
