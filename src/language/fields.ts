/** Which fields are allowed where, and which of them somebody may have meant. */
import type { Path } from './mistakes.ts';
import { asMap, asText, type RawMap } from './raw.ts';
import { Action, Check, Selector } from '../contract/action.ts';
import {
  BranchCase,
  Branches,
  Capture,
  DataSource,
  Loop,
  MemoryOperation,
  Metadata,
  Runbook,
  Settings,
  Step,
  StepApproval,
  Variable,
} from '../contract/runbook.ts';

const keys = (schema: { shape: object }): string[] => Object.keys(schema.shape);
const byType = (options: readonly { shape: { type: { value: string } } }[]): Map<string, string[]> =>
  new Map(options.map((option) => [option.shape.type.value, keys(option)]));
const actions = byType(Action.options);
const operations = byType(MemoryOperation.options);
export const actionTypes: readonly string[] = [...actions.keys()];
export const operationTypes: readonly string[] = [...operations.keys()];
export const stepFields: readonly string[] = keys(Step);

const places: [RegExp, readonly string[]][] = [
  [/^$/, keys(Runbook)],
  [/^settings$/, keys(Settings)],
  [/^settings\/viewport$/, ['width', 'height']],
  [/^metadata$/, keys(Metadata)],
  [/^dataSource$/, keys(DataSource)],
  [/^variables\/[^/]*$/, keys(Variable)],
  [/(?:^|\/)(?:steps|default)\/\d+$/, stepFields],
  [/\/loop$/, keys(Loop)],
  [/\/branches$/, keys(Branches)],
  [/\/cases\/\d+$/, keys(BranchCase)],
  [/\/approval$/, keys(StepApproval)],
  [/\/captures\/\d+$/, keys(Capture)],
  [/\/probe$/, keys(Check)],
  [/\/dialog$/, ['accept', 'text']],
  [/\/selector$/, keys(Selector)],
  [/\/rect$/, ['x', 'y', 'width', 'height']],
];

/** The fields of an action, `type` among them; empty for an unknown one. */
export const fieldsOfAction = (type: string): readonly string[] => actions.get(type) ?? [];

/** The fields that the map at `path` may have; empty when nobody knows. */
export function fieldsAt(path: Path, map: RawMap): readonly string[] {
  if (path.at(-1) === 'action') return fieldsOfAction(asText(map['type']) ?? '');
  if (path.at(-2) === 'memoryOperations') return operations.get(asText(map['type']) ?? '') ?? [];
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

/** What other tools call it. */
const synonyms: Record<string, string> = {
  fill: 'input',
  type: 'input',
  goto: 'navigate',
  open: 'navigate',
  press: 'key',
  tap: 'click',
  check: 'assert',
};

/** `did you mean …?`, else the allowed words. */
export function suggestion(word: string, allowed: readonly string[]): string {
  const synonym = Object.hasOwn(synonyms, word) ? synonyms[word] : undefined;
  const meant = synonym !== undefined && allowed.includes(synonym) ? synonym : nearest(word, allowed);
  if (meant !== undefined) return `did you mean \`${meant}\`?`;
  return allowed.length > 0 ? `allowed are ${quoted(allowed)}` : 'remove it';
}

const itemLabels: Record<string, string> = { steps: 'a step', default: 'a step', captures: 'a capture', cases: 'a case', frame: 'a frame' };

export const labelOf = (path: Path, data: unknown): string => {
  const last = path.at(-1);
  if (last === undefined) return 'a runbook';
  const type = asText(asMap(data)['type']) ?? '?';
  if (last === 'action') return `the action \`${type}\``;
  if (typeof last !== 'number') return `\`${last}\``;
  if (path.at(-2) === 'memoryOperations') return `the operation \`${type}\``;
  return itemLabels[String(path.at(-2))] ?? 'an item';
};
