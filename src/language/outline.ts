/** What can be told of the steps of a runbook, mistakes or not. */
import type { OutlineStep } from '../contract/library.ts';
import type { Mistakes } from './mistakes.ts';
import { asMap, asText, type RawMap } from './raw.ts';
import { allSteps, containerOf } from './walk.ts';

/** Every step, those inside others after them and deeper. Lines are those of the text that was read. */
export function outline(root: RawMap, mistakes: Mistakes): OutlineStep[] {
  return allSteps(root).map(({ step, path, depth, label, branch }) => {
    const { ordinal, action } = step;
    const container = containerOf(step);
    return {
      id: asText(step['id']) ?? `step-${label}`,
      ordinal: typeof ordinal === 'number' ? ordinal : Number(path.at(-1) ?? 0),
      description: asText(step['description']) ?? '',
      action: asText(asMap(action)['type']) ?? asText(action) ?? '',
      depth,
      line: mistakes.lineOf(path),
      ...(container && { container }),
      ...(branch !== undefined && { branch }),
    };
  });
}
