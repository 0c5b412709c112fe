/** A value may be of several shapes: which one was meant, so that what is said is about that one. */
import type { z } from 'zod';
import type { Path } from './mistakes.ts';
import { isMap } from './raw.ts';

type Issue = z.core.$ZodIssue;

const words: Record<string, string> = {
  dialog: 'must be `accept`, `dismiss`, or a map as in `{accept: true, text: "…"}`',
  frame: "must be a CSS selector of the frame's element, its number from 0, or a list of these from the outermost frame on",
  file: 'must be the name of a file in quotes, or a list of at most 20 names',
};

/** Issues of the shape that the value has most of, with their whole paths; or what to say when it has none of the shapes. */
export function chooseAlternative(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path, value: unknown): readonly Issue[] | string {
  const inside = issue.errors.find(
    (issues) => issues.length > 0 && issues.every(({ path: at, code }) => at.length > 0 || code === 'unrecognized_keys'),
  );
  if (inside && (isMap(value) || Array.isArray(value))) return inside.map((one) => ({ ...one, path: [...path, ...one.path] }));
  const name = path.findLast((part) => typeof part === 'string');
  return (name === undefined ? undefined : words[name]) ?? issue.message;
}
