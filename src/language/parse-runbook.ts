/** The edge where runbooks come in: text to a valid runbook, or every mistake in it at once. */
import { complete } from './complete.ts';
import { explainIssues } from './explain.ts';
import { explainLater } from './later.ts';
import type { Mistakes } from './mistakes.ts';
import { outline } from './outline.ts';
import { isMap, type RawMap } from './raw.ts';
import { checkReferences } from './reference-rules.ts';
import type { OutlineStep } from '../contract/library.ts';
import { Runbook, type RunbookMistake } from '../contract/runbook.ts';
import { checkSteps } from './step-rules.ts';
import { checkTop } from './top-rules.ts';
import { translate } from './translate.ts';
import { dropField } from './unknown-fields.ts';
import { allSteps } from './walk.ts';
import { writeTranslation } from './write-translation.ts';
import { readYaml } from './yaml-source.ts';

export type ParsedRunbook = {
  /** undefined when there are errors */
  runbook: Runbook | undefined;
  errors: RunbookMistake[];
  /** what is ignored, or worth knowing; the runbook runs */
  warnings: RunbookMistake[];
  /** what can be told of the steps, mistakes or not; `line` counts from 1, in the text that was read */
  steps: OutlineStep[];
  kind: 'runbook' | 'short';
  /** of the short dialect: the runbook that it means (YAML); null when the text cannot be read */
  translation: string | null;
};

const maxSteps = 1_000;
const maxDepth = 10;

function isTooLarge(root: RawMap, mistakes: Mistakes): boolean {
  const steps = allSteps(root);
  if (steps.length > maxSteps)
    mistakes.add(
      ['steps'],
      `a runbook may have at most ${maxSteps} steps, those inside others counted; this one has ${steps.length}; split it`,
    );
  const deepest = steps.find(({ depth }) => depth >= maxDepth);
  if (deepest)
    mistakes.add(deepest.path, `steps may stand ${maxDepth} levels deep, this one is deeper; write it flatter, or split the runbook`);
  return steps.length > maxSteps || deepest !== undefined;
}

/** Fields that are not known are taken away once something has been said about them. */
function readShape(root: RawMap, mistakes: Mistakes): Runbook | undefined {
  const strict = Runbook.safeParse(root);
  if (strict.success) return strict.data;
  explainIssues(strict.error.issues, { root, mistakes, onUnknown: (path, keys) => dropField(root, path, keys) });
  if (mistakes.count > 0) return undefined;
  const parsed = Runbook.safeParse(root);
  if (!parsed.success) explainIssues(parsed.error.issues, { root, mistakes });
  return parsed.data;
}

function validate(root: RawMap, mistakes: Mistakes, whole: boolean): Runbook | undefined {
  explainLater(root, mistakes);
  const runbook = readShape(root, mistakes);
  checkTop(root, mistakes);
  checkSteps(root, mistakes);
  if (whole) checkReferences(root, mistakes);
  return mistakes.count === 0 ? runbook : undefined;
}

const unread = (mistakes: Mistakes): ParsedRunbook => ({
  runbook: undefined,
  errors: mistakes.list(),
  warnings: mistakes.warnings(),
  steps: [],
  kind: 'runbook',
  translation: null,
});

/** Never throws. `runbook` is given exactly when `errors` is empty; everything optional is filled in. */
export function parseRunbook(source: string): ParsedRunbook {
  const { data, mistakes, brokenAt } = readYaml(source);
  if (!isMap(data)) {
    if (mistakes.count === 0) mistakes.add([], 'a runbook is a map with `title`, `settings` and `steps`');
    return unread(mistakes);
  }
  const whole = brokenAt === Infinity;
  const translated = translate(data, mistakes);
  const root = complete(translated.root);
  if (isTooLarge(root, mistakes)) return unread(mistakes);
  const written = whole && translated.isShort ? writeTranslation(translated) : null;
  const before = mistakes.count;
  const runbook = validate(root, mistakes, whole);
  if (!whole) mistakes.dropBehind(brokenAt, before);
  return {
    runbook,
    errors: mistakes.list(),
    warnings: mistakes.warnings(),
    steps: outline(root, mistakes),
    kind: translated.isShort ? 'short' : 'runbook',
    translation: written,
  };
}
