/** Which fields are allowed where, and which of them somebody may have meant. */
import type { Path } from './mistakes.ts';
import { asMap, asText, type RawMap } from './raw.ts';
import { Action, Selector } from '../contract/action.ts';
import { Capture, Metadata, Runbook, Settings, Step, StepApproval, Variable } from '../contract/runbook.ts';

const keys = (schema: { shape: object }): string[] => Object.keys(schema.shape);
const actions = new Map(Action.options.map((option) => [option.shape.type.value as string, keys(option)]));
export const actionTypes: readonly string[] = [...actions.keys()];

const places: [RegExp, string[]][] = [
  [/^$/, keys(Runbook)],
  [/^settings$/, keys(Settings)],
  [/^metadata$/, keys(Metadata)],
  [/^variables\/[^/]*$/, keys(Variable)],
  [/^steps\/\d+$/, keys(Step)],
  [/^steps\/\d+\/approval$/, keys(StepApproval)],
  [/^steps\/\d+\/captures\/\d+$/, keys(Capture)],
  [/\/selector$/, keys(Selector)],
  [/\/rect$/, ['x', 'y', 'width', 'height']],
];

/** The fields that the map at `path` may have; empty when nobody knows. */
export function fieldsAt(path: Path, map: RawMap): string[] {
  if (path.length === 3 && path[2] === 'action') return actions.get(asText(map['type']) ?? '') ?? [];
  const place = path.join('/');
  return places.find(([pattern]) => pattern.test(place))?.[1] ?? [];
}

/** Edit distance, with swapped neighbours as one edit. Both words are short. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity;
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped));
    }
  }
  return at(a.length, b.length);
}

const fold = (word: string): string => word.toLowerCase().replace(/[\s_-]/g, '');

/** The nearest of the allowed words, when it is near enough to be a slip. */
export function nearest(word: string, allowed: readonly string[]): string | undefined {
  if (word.length > 40 || allowed.length > 200) return undefined;
  const folded = fold(word);
  const ranked = allowed.map((candidate) => ({ candidate, far: distance(folded, fold(candidate)) })).sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= Math.max(1, Math.floor(Math.min(word.length, best.candidate.length) / 3)) ? best.candidate : undefined;
}

export const quoted = (words: readonly string[]): string => words.map((w) => `\`${w}\``).join(', ');

/** ` — did you mean …?`, else the allowed words. */
export function suggestion(word: string, allowed: readonly string[]): string {
  const meant = nearest(word, allowed);
  if (meant !== undefined) return `did you mean \`${meant}\`?`;
  return allowed.length > 0 ? `allowed are ${quoted(allowed)}` : 'remove it';
}

export const labelOf = (path: Path, data: unknown): string => {
  const last = path.at(-1);
  if (last === undefined) return 'a runbook';
  if (last === 'action') return `the action \`${asText(asMap(data)['type']) ?? '?'}\``;
  if (typeof last === 'number') return path.at(-2) === 'steps' ? 'a step' : 'a capture';
  return `\`${last}\``;
};
