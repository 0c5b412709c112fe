/** Fills in what a runbook may leave out: ids, ordinals, descriptions, settings. Works on data that may still be wrong. */
import { describeStep } from './describe.ts';
import { asText, isMap, type RawMap } from './raw.ts';
import { allSteps, containerOf } from './walk.ts';

function freeId(label: string, taken: Set<string>): string {
  const wanted = `step-${label}`;
  let id = wanted;
  for (let n = 2; taken.has(id); n += 1) id = `${wanted}-${n}`;
  taken.add(id);
  return id;
}

const withoutEmpty = (map: RawMap): Record<string, unknown> => Object.fromEntries(Object.entries(map).filter(([, v]) => v !== null));

/** Left out, they would mean that nobody is asked, or that steps run always and once; the rest of the language says that they are empty. */
const neverLeftOut = ['approval', 'requiresConfirmation', 'when', 'loop', 'branches', 'steps'];

function completeStep(step: RawMap, at: { index: number; label: string }, taken: Set<string>): RawMap {
  const kept = Object.fromEntries(neverLeftOut.filter((key) => step[key] === null).map((key) => [key, null]));
  const given: RawMap = { ...withoutEmpty(step), ...kept };
  const action = given['action'] ?? (containerOf(given) ? { type: 'memory' } : undefined);
  return {
    ...given,
    id: given['id'] ?? freeId(at.label, taken),
    ordinal: given['ordinal'] ?? at.index,
    description: given['description'] ?? describeStep(given),
    ...(action !== undefined && { action }),
    ...('steps' in given && { steps: completeList(given['steps'], `${at.label}.`, taken) }),
    ...(isMap(given['branches']) && { branches: completeBranches(given['branches'], `${at.label}.`, taken) }),
  };
}

function completeBranches(branches: RawMap, prefix: string, taken: Set<string>): RawMap {
  const cases = branches['cases'];
  const completed = (list: readonly unknown[]): unknown[] =>
    list.map((one, i) => (isMap(one) ? { ...one, steps: completeList(one['steps'], `${prefix}${i + 1}.`, taken) } : one));
  return {
    ...withoutEmpty(branches),
    ...(Array.isArray(cases) && { cases: completed(cases as unknown[]) }),
    ...(Array.isArray(branches['default']) && { default: completeList(branches['default'], `${prefix}default.`, taken) }),
  };
}

function completeList(steps: unknown, prefix: string, taken: Set<string>): unknown {
  if (!Array.isArray(steps)) return steps;
  return (steps as unknown[]).map((s, index) => (isMap(s) ? completeStep(s, { index, label: `${prefix}${index + 1}` }, taken) : s));
}

/**
 * A copy of `root` in which ordinals count from 0 in every list, and ids are `step-1`, `step-2`, … where none are given: `step-3.1` inside the third step, `step-3.2.1` inside its
 * second case. A container without an action gets `memory`. Optional keys without a value are left out.
 */
export function complete(root: RawMap): RawMap {
  const given = withoutEmpty(root);
  const ids = allSteps(root).map(({ step }) => asText(step['id']));
  const taken = new Set(ids.filter((id) => id !== undefined));
  return {
    ...given,
    settings: given['settings'] ?? {},
    ...('steps' in given && { steps: completeList(given['steps'], '', taken) }),
  };
}
