/** What runs in the blank page: expressions and regular expressions. Values go in as arguments, never as source. */
import { EvaluationError, type Blank } from './blank.ts';
import { firstLine, StepFailure } from './step-failure.ts';

const longest = 1_000_000;
const patternMs = 2_000;
const backtracks = 'it tries the same text in ever new ways. Make it simpler: no repetition within a repetition, as in (a+)+.';

/** `values`: data, by the name that the expression has for it. `empty`: names that count as the empty text, unless they are JavaScript's own */
type Expression = { source: string; values: Record<string, unknown>; empty?: string[]; blank: Blank; signal: AbortSignal };

/**
 * The value of a JavaScript expression as text: objects as JSON, null and undefined as the empty string. Promises are awaited.
 * @throws StepFailure `value_missing` when it throws, or its result is longer than a million characters
 */
export async function evaluateExpression({ source, values, empty = [], blank, signal }: Expression): Promise<string> {
  try {
    const input = { source, names: Object.keys(values), values: Object.values(values), empty, longest };
    const text = await blank.run(runExpression, input, signal);
    if (text !== null) return text;
  } catch (error) {
    if (error instanceof EvaluationError)
      throw new StepFailure('value_missing', `The expression {{ ${source} }} failed: ${pageError(error)}`);
    throw error;
  }
  throw new StepFailure('value_missing', `The result of {{ ${source} }} is longer than ${longest} characters.`);
}

type Input = { source: string; names: string[]; values: unknown[]; empty: string[]; longest: number };

/** Runs in the page. A name that the language or the browser has by itself must not be hidden by an empty text. */
async function runExpression(input: Input): Promise<string | null> {
  const free = input.empty.filter((name) => {
    if (/^[A-Z]/.test(name) && name in globalThis) return false;
    if (/^(?:undefined|globalThis|eval|parse(?:Int|Float)|is(?:NaN|Finite)|(?:en|de)codeURI(?:Component)?|atob|btoa)$/.test(name))
      return false;
    try {
      return Reflect.construct(Function, [name, '"use strict";']) instanceof Function;
    } catch {
      return false; // a word of the language
    }
  });
  const compute = Reflect.construct(Function, [...input.names, ...free, `"use strict"; return (${input.source}\n);`]) as (
    ...values: unknown[]
  ) => unknown;
  const result: unknown = await compute(...input.values, ...free.map(() => ''));
  const text = result === null || result === undefined ? '' : typeof result === 'object' ? JSON.stringify(result) : `${result as string}`;
  return text.length > input.longest ? null : text;
}

type Match = { text: string; pattern: string; group: number | undefined; blank: Blank; signal: AbortSignal };

/**
 * The part of `text` that a regular expression finds; undefined when it finds nothing. `group` defaults to 1 when the pattern has a group, else 0.
 * @throws StepFailure `capture_failed` when the pattern is no regular expression, or takes longer than 2 s
 */
export async function matchPattern({ text, pattern, group, blank, signal }: Match): Promise<string | undefined> {
  const limit = new AbortController();
  const endless = new StepFailure('capture_failed', `The pattern ${pattern} was stopped after ${patternMs / 1_000} s: ${backtracks}`);
  const timer = setTimeout(() => limit.abort(endless), patternMs);
  try {
    return (await blank.run(runPattern, { text, pattern, group: group ?? null }, AbortSignal.any([signal, limit.signal]))) ?? undefined;
  } catch (error) {
    if (error instanceof EvaluationError)
      throw new StepFailure('capture_failed', `The pattern ${pattern} is not valid: ${pageError(error)}`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function runPattern(input: { text: string; pattern: string; group: number | null }): string | null {
  const match = new RegExp(input.pattern, 'm').exec(input.text);
  if (!match) return null;
  return match[input.group ?? (match.length > 1 ? 1 : 0)] ?? null;
}

/** Playwright prefixes the page's own message with its call and the error's class. */
export const pageError = (error: unknown): string => firstLine(error).replace(/^page\.evaluate: /, '');
