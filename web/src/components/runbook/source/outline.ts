/** The outline beside the editor: the steps, and the values that they use. */
import type { OutlineStep, Validation } from '../../../../../src/contract/library.ts';
import type { Problem } from '../problems.ts';
import { entryOf, namesIn, stepsIn, textOf, type KnownName } from './names.ts';
import type { YamlValue } from './yaml-tree.ts';

/** `group`: the case that begins with this row. `wrong`: the worst problem within the step. `asks`: a person approves it. `here`: the cursor is in it. */
export type OutlineRow = OutlineStep & { label: string; group?: string; wrong?: Problem['severity']; asks: boolean; here: boolean };
export type OutlineInput = {
  steps: readonly OutlineStep[];
  problems: readonly Problem[];
  line: number;
  text: string;
  tree: YamlValue | undefined;
};

/** From 1. */
export const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

export function outlineRows({ steps, problems, line, text, tree }: OutlineInput): OutlineRow[] {
  const end = stepsEnd(text, tree);
  const asking = new Set(
    stepsIn(tree)
      .filter(({ step }) => asks(step))
      .map(({ at }) => lineAt(text, at)),
  );
  const ownerOf = (of: number): OutlineStep | undefined => (of < end ? last(steps, of) : undefined);
  const current = ownerOf(line);
  const wrong = new Map<OutlineStep | undefined, Problem['severity']>();
  for (const problem of problems) {
    const owner = ownerOf(problem.line);
    if (wrong.get(owner) !== 'error') wrong.set(owner, problem.severity);
  }
  return steps.map((step, i) => ({
    ...step,
    label: step.description || step.action || step.id,
    group: groupOf(step, before(steps, i)),
    wrong: wrong.get(step),
    asks: asking.has(step.line),
    here: step === current,
  }));
}

const asks = (step: YamlValue): boolean => textOf(step, 'requiresConfirmation') === 'true' || entryOf(step, 'approval') !== undefined;

/** The step that begins last before a line, or on it. */
function last(steps: readonly OutlineStep[], line: number): OutlineStep | undefined {
  const begun = steps.filter((step) => step.line <= line);
  return begun.reduce<OutlineStep | undefined>((latest, step) => (latest && latest.line > step.line ? latest : step), undefined);
}

/** The line of the first part of the runbook below its steps. */
function stepsEnd(text: string, tree: YamlValue | undefined): number {
  if (tree?.kind !== 'map') return Infinity;
  const begin = tree.pairs.find((pair) => pair.key === 'steps')?.from ?? Infinity;
  const next = tree.pairs.find((pair) => pair.from > begin);
  return next ? lineAt(text, next.from) : Infinity;
}

/** The step before on the same level, unless an outer one came in between. */
function before(steps: readonly OutlineStep[], i: number): OutlineStep | undefined {
  const depth = steps[i]?.depth ?? 0;
  const found = steps.slice(0, i).findLast((step) => step.depth <= depth);
  return found?.depth === depth ? found : undefined;
}

function groupOf(step: OutlineStep, previous: OutlineStep | undefined): string | undefined {
  if (step.branch === undefined || (previous && previous.branch === step.branch)) return undefined;
  return step.branch === null ? 'otherwise' : `when “${step.branch}”`;
}

/** `line` from 1. `facts`: where the value comes from, in a few words. */
export type ValueRow = { name: string; facts: string; sensitive: boolean; line: number | undefined };

/** What the server knows of declared variables wins: it fills in what is not written. */
export function valueRows(text: string, tree: YamlValue | undefined, variables: Validation['variables']): ValueRow[] {
  return namesIn(tree).map((known) => ({
    name: known.name,
    facts: factsOf(known, variables),
    sensitive: (variables[known.name]?.sensitive ?? known.sensitive) === true,
    line: known.at === undefined || known.at < 0 ? undefined : lineAt(text, known.at),
  }));
}

const gotten: Record<Exclude<KnownName['origin'], 'variable'>, string> = {
  capture: 'captured by',
  loop: 'each time round',
  figure: 'worked out by',
};

function factsOf(known: KnownName, variables: Validation['variables']): string {
  if (known.origin !== 'variable') return `${gotten[known.origin]} “${known.by ?? ''}”`;
  const variable = variables[known.name];
  if (!variable) return known.about.split(':')[0] ?? '';
  return variable.required ? variable.source : `${variable.source}, optional`;
}
