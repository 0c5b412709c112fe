/** The steps of a runbook that may still be wrong, with those that stand in others. */
import type { Path } from './mistakes.ts';
import { asList, asMap, asText, has, isMap, type RawMap } from './raw.ts';

/** A list of steps; `match` says of which case it is, null of the default. */
export type Body = { steps: readonly unknown[]; path: Path; match?: string | null; label?: string };
/** `label` counts from 1 at every level, as in `3.1`. */
export type PlacedStep = { step: RawMap; path: Path; depth: number; label: string; branch?: string | null };

/** The lists of steps inside a step, in the order of the text that people expect: nested steps, cases, default. */
export function bodiesOf(step: RawMap, path: Path): Body[] {
  const branches = asMap(step['branches']);
  const at = [...path, 'branches'];
  const cases = asList(branches['cases']).map((raw, index) => {
    const one = asMap(raw);
    return {
      steps: asList(one['steps']),
      path: [...at, 'cases', index, 'steps'],
      match: asText(one['match']) ?? '',
      label: `${index + 1}.`,
    };
  });
  const bodies: Body[] = [{ steps: asList(step['steps']), path: [...path, 'steps'] }, ...cases];
  if (has(branches, 'default'))
    bodies.push({ steps: asList(branches['default']), path: [...at, 'default'], match: null, label: 'default.' });
  return bodies.filter(({ steps }) => steps.length > 0);
}

function place(body: Body, depth: number, prefix: string): PlacedStep[] {
  return body.steps.flatMap((raw, index) => {
    const step = asMap(raw);
    const path = [...body.path, index];
    const label = `${prefix}${body.label ?? ''}${index + 1}`;
    const own: PlacedStep = { step, path, depth, label, ...(body.match !== undefined && { branch: body.match }) };
    return [own, ...bodiesOf(step, path).flatMap((inside) => place(inside, depth + 1, `${label}.`))];
  });
}

/** All steps in the order of the runbook; what is inside a step follows it. */
export const allSteps = (root: RawMap): PlacedStep[] => place({ steps: asList(root['steps']), path: ['steps'] }, 0, '');

/** What a container is, or undefined for a step that is none. */
export function containerOf(step: RawMap): 'loop' | 'branches' | undefined {
  if (isMap(step['loop'])) return 'loop';
  return isMap(step['branches']) ? 'branches' : undefined;
}

/** Whether a container does something itself, beside what is inside it. */
export function actsItself(step: RawMap): boolean {
  const type = asText(asMap(step['action'])['type']) ?? 'memory';
  return type !== 'memory' || asList(step['captures']).length > 0 || asList(step['memoryOperations']).length > 0;
}
