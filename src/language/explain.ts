/** Says in words of the runbook, with a remedy, what zod found wrong. */
import type { z } from 'zod';
import { actionTypes, fieldsAt, labelOf, operationTypes, quoted, suggestion } from './fields.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { asMap } from './raw.ts';
import { chooseAlternative } from './alternatives.ts';
import { unknownField } from './unknown-fields.ts';

type Issue = z.core.$ZodIssue;
/** `onUnknown` is told of fields that nobody knows. */
type Context = { root: unknown; mistakes: Mistakes; onUnknown?: (path: Path, keys: readonly string[]) => void };

const nouns: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list (lines that begin with `- `)',
  object: 'a map (`key: value` lines)',
  record: 'a map (`key: value` lines)',
};

function valueAt(root: unknown, path: Path): unknown {
  let value: unknown = root;
  for (const part of path)
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string | number, unknown>)[part]
        : undefined;
  return value;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'something else';
}

function notText(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean')
    return `must be text, and YAML reads this as ${typeof value}; put it in quotes: "${String(value)}"`;
  return `must be text, this is ${kindOf(value)}; if it begins with \`{\` or \`[\`, put it in quotes`;
}

function wrongType(expected: string, value: unknown): string {
  const wanted = nouns[expected] ?? expected;
  if (expected === 'string' && value !== null) return notText(value);
  if (typeof value === 'string' && (expected === 'number' || expected === 'boolean')) return `must be ${wanted}; write it without quotes`;
  return `must be ${wanted}, this is ${kindOf(value)}`;
}

function missing(path: Path, context: Context): string {
  const name = String(path.at(-1) ?? '');
  const parent = path.slice(0, -1);
  return `\`${name}\` is missing; ${labelOf(parent, valueAt(context.root, parent))} needs it`;
}

function ofType(issue: Extract<Issue, { code: 'invalid_type' }>, path: Path, context: Context): void {
  const value = valueAt(context.root, path);
  if (value === undefined && path.length > 0) return context.mistakes.add(path.slice(0, -1), missing(path, context));
  if (path.length === 0) return context.mistakes.add(path, 'a runbook is a map with `title`, `settings` and `steps`');
  return context.mistakes.add(path, wrongType(issue.expected, value));
}

function ofKeys(issue: Extract<Issue, { code: 'unrecognized_keys' }>, path: Path, context: Context): void {
  const map = asMap(valueAt(context.root, path));
  const allowed = fieldsAt(path, map).filter((field) => !Object.hasOwn(map, field));
  for (const key of issue.keys) {
    if (!context.mistakes.isFull) unknownField({ key, path, map, allowed }, context.mistakes);
  }
  context.onUnknown?.(path, issue.keys);
}

function ofValue(allowed: readonly unknown[], path: Path, context: Context): void {
  const value = valueAt(context.root, path);
  const words = allowed.map(String);
  const known = words.length === 1 && words[0] === 'false' ? ['true', 'false'] : words;
  if (value === undefined) context.mistakes.add(path.slice(0, -1), `${missing(path, context)}: one of ${quoted(known)}`);
  else if (typeof value === 'string')
    context.mistakes.add(path, `\`${value.slice(0, 80)}\` is not known here; ${suggestion(value, known)}`);
  else context.mistakes.add(path, `must be one of ${quoted(known)}, this is ${kindOf(value)}`);
}

function ofSize(issue: Extract<Issue, { code: 'too_big' | 'too_small' }>): string {
  const limit = issue.code === 'too_big' ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
  if (issue.origin === 'string') return issue.code === 'too_small' ? 'must not be empty' : `must have ${limit} characters; shorten it`;
  if (issue.origin === 'array')
    return issue.code === 'too_small' ? 'must not be an empty list; add an item' : `may have ${limit} items; split the runbook`;
  return `must be ${limit}`;
}

function ofUnion(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path, context: Context): void {
  const typed = path.at(-1) === 'type' ? path : [...path, 'type'];
  if (typed.at(-2) === 'action') return ofValue(actionTypes, typed, context);
  if (typed.at(-3) === 'memoryOperations') return ofValue(operationTypes, typed, context);
  const chosen = chooseAlternative(issue, path, valueAt(context.root, path));
  if (typeof chosen === 'string') context.mistakes.add(path, chosen);
  else explainIssues(chosen, context);
}

function explainIssue(issue: Issue, path: Path, context: Context): void {
  switch (issue.code) {
    case 'invalid_type':
      return ofType(issue, path, context);
    case 'unrecognized_keys':
      return ofKeys(issue, path, context);
    case 'invalid_value':
      return ofValue(issue.values, path, context);
    case 'invalid_union':
      return ofUnion(issue, path, context);
    case 'invalid_key': {
      const reason = issue.issues.map((i) => i.message)[0];
      return context.mistakes.add(path, `\`${String(path.at(-1)).slice(0, 80)}\` ${reason}`, 'key');
    }
    default:
      return context.mistakes.add(path, issue.code === 'too_big' || issue.code === 'too_small' ? ofSize(issue) : issue.message);
  }
}

/** Notes every issue, except where enough has been said. */
export function explainIssues(issues: readonly Issue[], context: Context): void {
  for (const issue of issues) {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    // what is missing is noted at its parent, which may not be settled
    if (!context.mistakes.isSettled(path)) explainIssue(issue, path, context);
  }
}
