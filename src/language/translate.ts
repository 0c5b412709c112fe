/** The short dialect, translated to the language before anything is checked. What is translated knows where it stood in the text, so that mistakes point there. */
import { Notes } from './translate-notes.ts';
import { translateExport, topExport } from './translate-export.ts';
import { translateStep } from './translate-step.ts';
import { translateVariables } from './translate-variables.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { has, isMap, type RawMap } from './raw.ts';

export type Translation = { root: RawMap; isShort: boolean; notes: Notes };

type Bodies = { step: RawMap; at: Path; from: Path };

/** The steps inside a step. */
function translateInside({ step, at, from }: Bodies, notes: Notes): RawMap {
  const { branches } = step;
  const inside: Record<string, unknown> = { ...step };
  if (Array.isArray(step['steps']))
    inside['steps'] = translateList(step['steps'], { at: [...at, 'steps'], from: [...from, 'steps'] }, notes);
  if (!isMap(branches)) return inside;
  const cases = branches['cases'];
  const translated: Record<string, unknown> = { ...branches };
  if (Array.isArray(cases))
    translated['cases'] = (cases as unknown[]).map((one, index) => {
      const tail = ['branches', 'cases', index, 'steps'];
      return isMap(one) && Array.isArray(one['steps'])
        ? { ...one, steps: translateList(one['steps'], { at: [...at, ...tail], from: [...from, ...tail] }, notes) }
        : one;
    });
  if (Array.isArray(branches['default']))
    translated['default'] = translateList(
      branches['default'],
      { at: [...at, 'branches', 'default'], from: [...from, 'branches', 'default'] },
      notes,
    );
  return { ...inside, branches: translated };
}

function translateList(list: readonly unknown[], { at, from }: { at: Path; from: Path }, notes: Notes): unknown[] {
  const written: unknown[] = [];
  list.forEach((raw, index) => {
    if (!isMap(raw)) return written.push(raw);
    const origin = [...from, index];
    for (const part of translateExport(raw, [...at, written.length], { from: origin, notes })) {
      const place = [...at, written.length];
      notes.move(place, origin);
      written.push(translateInside({ step: translateStep(part, place, { from: origin, notes }), at: place, from: origin }, notes));
    }
  });
  return written;
}

function rename(root: Record<string, unknown>, [from, to]: [string, string], notes: Notes): void {
  if (!has(root, from) || has(root, to)) return;
  root[to] = root[from];
  Reflect.deleteProperty(root, from);
  notes.moved([to], [from]);
}

/** A copy; `isShort` when anything of it was written in the short dialect. */
export function translate(data: RawMap, mistakes: Mistakes): Translation {
  const notes = new Notes(mistakes);
  const root: Record<string, unknown> = { ...data };
  rename(root, ['name', 'title'], notes);
  const metadata = isMap(root['metadata']) ? root['metadata'] : {};
  if (typeof root['url'] === 'string' && !has(metadata, 'startUrl')) {
    root['metadata'] = { ...metadata, startUrl: root['url'] };
    Reflect.deleteProperty(root, 'url');
    notes.moved(['metadata', 'startUrl'], ['url']);
  }
  if (has(root, 'variables')) root['variables'] = translateVariables(root['variables'], notes);
  const steps = Array.isArray(root['steps']) ? (root['steps'] as unknown[]) : [];
  if (steps.length > 0) root['steps'] = translateList(steps, { at: ['steps'], from: ['steps'] }, notes);
  topExport(root, notes);
  return { root, isShort: notes.isShort, notes };
}
