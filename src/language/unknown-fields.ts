/**
 * Fields that the language does not have. They are accepted with a warning, since runbooks carry fields of other tools; but what looks like a slip, or could have meant that a person
 * is asked, is a mistake.
 */
import { fieldsAt, labelOf, nearest, stepFields, suggestion } from './fields.ts';
import type { Mistakes, Path } from './mistakes.ts';
import type { RawMap } from './raw.ts';

/** A field of `map`, which stands at `path`. `allowed`: the fields that it may have and has not. */
export type UnknownField = { key: string; path: Path; map: RawMap; allowed: readonly string[] };

const asksSomebody = /confirm|approv/i;
const guards: ReadonlySet<string> = new Set(['when', 'probe', 'loop', 'branches', 'steps', 'continueOnError', 'effect']);
const isStep = (path: Path): boolean => (path.at(-2) === 'steps' || path.at(-2) === 'default') && typeof path.at(-1) === 'number';

/** Why it cannot be ignored, with the remedy; undefined when it can. */
function refusal({ key, path, map, allowed }: UnknownField): string | undefined {
  if (path.at(-1) === 'approval' || nearest(key, allowed) !== undefined) return suggestion(key, allowed);
  const given = nearest(key, fieldsAt(path, map));
  if (given !== undefined) return `it looks like \`${given}\`, which is given already; remove one of them`;
  if (asksSomebody.test(key))
    return isStep(path)
      ? 'a person is asked with `requiresConfirmation: true` or `approval: {message: "…"}`'
      : 'write it on the step, beside `action`, as `requiresConfirmation: true` or `approval: {message: "…"}`';
  if (!isStep(path) && path.length > 0 && guards.has(key)) return `\`${key}\` belongs to a step, beside its \`action\``;
  return undefined;
}

export function unknownField(field: UnknownField, mistakes: Mistakes): void {
  const { key, path, map } = field;
  const at = [...path, key];
  const name = `\`${key.slice(0, 80)}\``;
  const what = `${labelOf(path, map)} has no field ${name}`;
  const refused = refusal(field);
  if (refused !== undefined) return mistakes.add(at, `${what}; ${refused}`, 'key');
  const belongs = path.at(-1) === 'action' && stepFields.includes(key) ? `; it belongs to the step, beside \`action\`` : '';
  mistakes.warn(at, `${what}: it is ignored${belongs}`, 'key');
}

/** Takes the fields away that are only warned of, so that the rest can be read. */
export function dropField(root: unknown, path: Path, keys: readonly string[]): void {
  let map: unknown = root;
  for (const part of path) map = (map as Record<string | number, unknown> | undefined)?.[part];
  if (typeof map !== 'object' || map === null) return;
  for (const key of keys) Reflect.deleteProperty(map, key);
}
