/** Texts that are true or false: `when`, the condition of a loop, the condition of a check. A template, or one JavaScript expression. */
import { identifiers, parseTemplate, type TemplateToken } from '../domain/bindings.ts';

const inner = (token: TemplateToken): string =>
  'name' in token ? token.name : 'expression' in token ? token.expression : token.text.trim();

/** The condition as one expression, for a remedy. */
const merged = (tokens: readonly TemplateToken[]): string => tokens.map(inner).filter(Boolean).join(' ');

/** What is wrong with its form, or undefined. Anything but text is nobody's business here. */
export function conditionMistake(condition: unknown): string | undefined {
  if (typeof condition !== 'string') return undefined;
  if (condition.trim() === '') return 'must not be empty; remove it, or write what must hold, as in "{{ count > 3 }}"';
  if (!condition.includes('{{')) return undefined;
  const tokens = parseTemplate(condition);
  const outside = tokens.some((token) => 'text' in token && token.text.trim() !== '');
  if (!outside || tokens.length < 2) return undefined;
  const remedy = merged(tokens);
  const shown = remedy.length > 120 ? 'the whole of it inside one pair of braces' : `"{{ ${remedy} }}"`;
  return `is text that is always true, because something stands outside of the braces; write ${shown}`;
}

const literals: ReadonlySet<string> = new Set(['true', 'false', 'null', 'undefined', 'typeof', 'void', 'NaN', 'Infinity']);

/** The expressions of a condition: those of its templates, or all of it. */
export const expressionsOf = (condition: string): string[] =>
  condition.includes('{{') ? parseTemplate(condition).flatMap((token) => ('text' in token ? [] : [inner(token)])) : [condition];

/** The names that a condition reads; none for one that never changes, as `true` or `1 < 2`. */
export const namesIn = (condition: string): string[] =>
  expressionsOf(condition).flatMap((expression) => identifiers(expression).filter((name) => !literals.has(name)));

const ofThePage = /(?<![\w$.])(?:document|window|location)\b/;

/** Expressions see a blank page, never the page of the job. */
export const readsPage = (condition: string): boolean =>
  expressionsOf(condition).some((expression) => ofThePage.test(expression.replace(/"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'/g, '""')));
