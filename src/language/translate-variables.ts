/** Variables of the short dialect: a list with names, and the source `secrets`. */
import type { Path } from './mistakes.ts';
import { asText, has, isMap, type RawMap } from './raw.ts';
import type { Notes } from './translate-notes.ts';

function translateSource(variable: RawMap, path: Path, { from, notes }: { from: Path; notes: Notes }): RawMap {
  if (variable['source'] !== 'secrets') return variable;
  notes.moved([...path, 'source'], [...from, 'source'], 'asked for when the job starts, and shown nowhere');
  return { ...variable, source: 'prompt', sensitive: true };
}

/** In a list a variable without a source is fixed when it has a value, else asked for. */
function ofList(raw: RawMap, path: Path, { from, notes }: { from: Path; notes: Notes }): RawMap {
  const { name: _name, ...given } = raw;
  notes.moved(path, from);
  const source = given['source'] ?? (has(given, 'value') ? 'fixed' : 'prompt');
  return translateSource({ ...given, source }, path, { from, notes });
}

/** What is no variable stays as it is, so that it can be complained about. */
export function translateVariables(variables: unknown, notes: Notes): unknown {
  if (isMap(variables))
    return Object.fromEntries(
      Object.entries(variables).map(([name, one]) => {
        const path = ['variables', name];
        return [name, isMap(one) ? translateSource(one, path, { from: path, notes }) : one];
      }),
    );
  if (!Array.isArray(variables)) return variables;
  const list = variables as unknown[];
  const names = list.map((one) => (isMap(one) ? asText(one['name']) : asText(one)));
  const usable = names.every((name) => name !== undefined && /^[A-Za-z_$][\w$]*$/.test(name)) && new Set(names).size === names.length;
  if (!usable) return variables;
  const named = list.map((one, index): [string, RawMap] => {
    const name = names[index] as string;
    return [name, ofList(isMap(one) ? one : {}, ['variables', name], { from: ['variables', index], notes })];
  });
  return Object.fromEntries(named);
}
