/** JavaScript of a runbook, run in the page that the job works on. */
import { Script } from 'node:vm';
import type { Page } from 'playwright';
import { hasExpression, parseTemplate } from '../domain/bindings.ts';
import { StepFailure } from './step-failure.ts';
import type { Values } from './values.ts';

const longest = 1_000_000;

/**
 * The script's value as text: objects as JSON, null and undefined as the empty string; promises are awaited, a function is called. `{{name}}` stands for the
 * value as data, inside a string literal or on its own; it can never become code.
 * @throws StepFailure `action_failed` for a syntax error or a result that is too long, `value_missing` for an unknown name; otherwise what the page threw
 */
export async function runInPage(script: string, page: Page, values: Values): Promise<string> {
  const filled = withValues(script, values);
  const source = expressionFor(filled);
  const result: unknown = source === null ? asText(await page.evaluate(filled)) : await page.evaluate(textOf(source));
  if (typeof result === 'string' && result.length <= longest) return result;
  throw new StepFailure('action_failed', `The script's result is longer than ${longest} characters.`);
}

const textOf = (source: string): string => `Promise.resolve(${source}).then((value) => typeof value === 'function' ? value() : value)
  .then((r) => r === null || r === undefined ? '' : typeof r === 'object' ? JSON.stringify(r) : String(r))
  .then((text) => text.length > ${longest} ? null : text)`;

const asText = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : `${value as string}`;

/** The script as one expression; null for statements, whose last value the page gives. Scripts are only parsed here, never run. */
function expressionFor(script: string): string | null {
  if (parses(`(${script}\n)`)) return `(${script}\n)`;
  if (/\breturn\b|\bawait\b/.test(script) && parses(`(async () => {${script}\n})`)) return `(async () => {${script}\n})()`;
  if (parses(script)) return null;
  throw new StepFailure('action_failed', `The script is not valid JavaScript: ${syntaxError(script)}`);
}

function parses(source: string): boolean {
  return syntaxError(source) === '';
}

function syntaxError(source: string): string {
  try {
    return new Script(source) instanceof Script ? '' : 'unknown';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Only names: `{{ a + b }}` in JavaScript is more likely an object in an object than a template. */
function withValues(script: string, values: Values): string {
  if (!script.includes('{{') || hasExpression(script)) return script;
  let source = '';
  for (const token of parseTemplate(script)) {
    if ('text' in token) source += token.text;
    else if ('name' in token) source += literal(token.name, values, insideString(source));
  }
  return source;
}

function literal(name: string, values: Values, inside: boolean): string {
  const value = values.get(name);
  if (value === undefined) throw new StepFailure('value_missing', `There is no value named ${name}.`);
  // escapes are inert wherever they land: in a string they are its characters, elsewhere a syntax error at worst
  const escaped = [...Array(value.length).keys()].map((i) => `\\u${value.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
  return inside ? escaped : `"${escaped}"`;
}

/** Whether the end of this source stands inside a string or template literal. */
function insideString(source: string): boolean {
  let quote = '';
  for (let i = 0; i < source.length; i += 1) {
    const c = source[i] as string;
    if (c === '\\') i += 1;
    else if (quote === '' && (c === '"' || c === "'" || c === '`')) quote = c;
    else if (c === quote || (c === '\n' && quote !== '`')) quote = '';
  }
  return quote !== '';
}
