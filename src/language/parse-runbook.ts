/** The edge where runbooks come in: text to a valid runbook, or every mistake in it at once. */
import { complete } from './complete.ts';
import { explainIssues } from './explain.ts';
import { explainLater } from './later.ts';
import type { Mistakes } from './mistakes.ts';
import { asList, asMap, asText, isMap, type RawMap } from './raw.ts';
import { checkReferences } from './reference-rules.ts';
import type { OutlineStep } from '../contract/library.ts';
import { Runbook, type RunbookMistake } from '../contract/runbook.ts';
import { checkSteps } from './step-rules.ts';
import { checkTop } from './top-rules.ts';
import { readYaml } from './yaml-source.ts';

export type StepOutline = OutlineStep;

export type ParsedRunbook = {
  /** undefined when there are errors */
  runbook: Runbook | undefined;
  errors: RunbookMistake[];
  /** what can be told of the steps, mistakes or not; `line` counts from 1 */
  steps: StepOutline[];
};

const maxSteps = 1_000;

function outline(root: RawMap, mistakes: Mistakes): StepOutline[] {
  return asList(root['steps'])
    .slice(0, maxSteps)
    .map((raw, index) => {
      const step = asMap(raw);
      const ordinal = step['ordinal'];
      const action = step['action'];
      return {
        id: asText(step['id']) ?? `step-${index + 1}`,
        ordinal: typeof ordinal === 'number' ? ordinal : index,
        description: asText(step['description']) ?? '',
        action: asText(asMap(action)['type']) ?? asText(action) ?? '',
        depth: 0,
        line: mistakes.lineOf(['steps', index]),
      };
    });
}

function tooManySteps(root: RawMap, mistakes: Mistakes): boolean {
  const count = asList(root['steps']).length;
  if (count > maxSteps) mistakes.add(['steps'], `a runbook may have at most ${maxSteps} steps, this one has ${count}; split it`);
  return count > maxSteps;
}

function validate(root: RawMap, mistakes: Mistakes, whole: boolean): Runbook | undefined {
  explainLater(root, mistakes);
  const parsed = Runbook.safeParse(root);
  if (!parsed.success) explainIssues(parsed.error.issues, { root, mistakes });
  checkTop(root, mistakes);
  checkSteps(root, mistakes);
  if (whole) checkReferences(root, mistakes);
  return parsed.success && mistakes.count === 0 ? parsed.data : undefined;
}

/** Never throws. `runbook` is given exactly when `errors` is empty; everything optional is filled in. */
export function parseRunbook(source: string): ParsedRunbook {
  const { data, mistakes, brokenAt } = readYaml(source);
  if (data === undefined) return { runbook: undefined, errors: mistakes.list(), steps: [] };
  if (!isMap(data)) {
    if (mistakes.count === 0) mistakes.add([], 'a runbook is a map with `title`, `settings` and `steps`');
    return { runbook: undefined, errors: mistakes.list(), steps: [] };
  }
  const root = complete(data);
  if (tooManySteps(root, mistakes)) return { runbook: undefined, errors: mistakes.list(), steps: [] };
  const before = mistakes.count;
  const runbook = validate(root, mistakes, brokenAt === Infinity);
  if (brokenAt !== Infinity) mistakes.dropBehind(brokenAt, before);
  return { runbook, errors: mistakes.list(), steps: outline(root, mistakes) };
}
