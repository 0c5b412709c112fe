/** What runs in the blank page: expressions and regular expressions. Values go in as arguments, never as source. */
import { EvaluationError, type Blank } from './blank.ts';
import { firstLine, StepFailure } from './step-failure.ts';

const longest = 1_000_000;

type Expression = { source: string; values: Record<string, string>; blank: Blank; signal: AbortSignal };

/**
 * The value of a JavaScript expression as text: objects as JSON, null and undefined as the empty string. Promises are awaited.
 * @throws StepFailure `value_missing` when it throws, or its result is longer than a million characters
 */
export async function evaluateExpression({ source, values, blank, signal }: Expression): Promise<string> {
  try {
    const text = await blank.run(runExpression, { source, names: Object.keys(values), values: Object.values(values), longest }, signal);
    if (text !== null) return text;
  } catch (error) {
    if (error instanceof EvaluationError)
      throw new StepFailure('value_missing', `The expression {{ ${source} }} failed: ${pageError(error)}`);
    throw error;
  }
  throw new StepFailure('value_missing', `The result of {{ ${source} }} is longer than ${longest} characters.`);
}

async function runExpression(input: { source: string; names: string[]; values: string[]; longest: number }): Promise<string | null> {
  const compute = Reflect.construct(Function, [...input.names, `"use strict"; return (${input.source}\n);`]) as (
    ...values: string[]
  ) => unknown;
  const result: unknown = await compute(...input.values);
  const text = result === null || result === undefined ? '' : typeof result === 'object' ? JSON.stringify(result) : `${result as string}`;
  return text.length > input.longest ? null : text;
}

type Match = { text: string; pattern: string; group: number | undefined; blank: Blank; signal: AbortSignal };

/**
 * The part of `text` that a regular expression finds; undefined when it finds nothing. `group` defaults to 1 when the pattern has a group, else 0.
 * @throws StepFailure `capture_failed` when the pattern is no regular expression
 */
export async function matchPattern({ text, pattern, group, blank, signal }: Match): Promise<string | undefined> {
  try {
    return (await blank.run(runPattern, { text, pattern, group: group ?? null }, signal)) ?? undefined;
  } catch (error) {
    if (error instanceof EvaluationError)
      throw new StepFailure('capture_failed', `The pattern ${pattern} is not valid: ${pageError(error)}`);
    throw error;
  }
}

function runPattern(input: { text: string; pattern: string; group: number | null }): string | null {
  const match = new RegExp(input.pattern, 'm').exec(input.text);
  if (!match) return null;
  return match[input.group ?? (match.length > 1 ? 1 : 0)] ?? null;
}

/** Playwright prefixes the page's own message with its call and the error's class. */
export const pageError = (error: unknown): string => firstLine(error).replace(/^page\.evaluate: /, '');
