/** `export {format, fields}` of the short dialect: the values become a row of a collection, which is exported. */
import type { Path } from './mistakes.ts';
import { asList, asText, has, isMap, type RawMap } from './raw.ts';
import type { Notes } from './translate-notes.ts';

const variableName = /^[A-Za-z_$][\w$]*$/;
const collectionName = (at: Path): string =>
  `exported_${
    at
      .filter((part) => typeof part === 'number')
      .map((n) => Number(n) + 1)
      .join('_') || '1'
  }`;

/** A name that a variable can have; accents go, other characters become `_`. */
function nameFrom(title: string, index: number): string {
  const plain = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w$]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (plain === '') return `column_${index + 1}`;
  return variableName.test(plain) ? plain : `_${plain}`;
}

const asExpression = (value: unknown): string =>
  typeof value === 'string' && value.includes('{{') ? value : `{{ ${JSON.stringify(value ?? '')} }}`;

type Fields = { list: readonly unknown[]; from: Path };

function captureOf(raw: unknown, index: number): RawMap | undefined {
  if (!isMap(raw) || typeof raw['name'] !== 'string') return undefined;
  const { value } = raw;
  if (value !== null && typeof value === 'object') return undefined;
  return { name: nameFrom(raw['name'], index), strategy: 'expression', expression: asExpression(value) };
}

/** The step that makes the row, or undefined when the fields cannot be read. */
function rowStep(
  { list, from }: Fields,
  at: Path,
  { collection, when, notes }: { collection: string; when: unknown; notes: Notes },
): RawMap | undefined {
  const captures = list.map(captureOf);
  if (captures.length === 0 || captures.some((capture) => capture === undefined)) return undefined;
  notes.moved([...at, 'captures'], from, 'the values become one row of a collection');
  captures.forEach((_, index) => {
    notes.moved([...at, 'captures', index], [...from, index]);
    notes.moved([...at, 'captures', index, 'expression'], [...from, index, 'value']);
  });
  return {
    ...(when !== undefined && when !== null && { when }),
    action: { type: 'memory' },
    captures,
    memoryOperations: [{ type: 'append', collection }],
  };
}

/** What says what is exported: a map beside the action, or the step itself. */
function ownerOf(raw: RawMap): { owner: RawMap; beside: boolean } | undefined {
  if (has(raw, 'action') && raw['action'] !== 'export') return undefined;
  if (isMap(raw['export'])) return { owner: raw['export'], beside: true };
  return raw['action'] === 'export' ? { owner: raw, beside: false } : undefined;
}

/** One step, or the step that makes the row and the one that exports it. */
export function translateExport(raw: RawMap, at: Path, { from, notes }: { from: Path; notes: Notes }): RawMap[] {
  const found = ownerOf(raw);
  if (!found || !Array.isArray(found.owner['fields'])) return [raw];
  const origin = found.beside ? [...from, 'export'] : from;
  const collection = asText(found.owner['exportCollection']) ?? collectionName(at);
  const fields: Fields = { list: found.owner['fields'] as unknown[], from: [...origin, 'fields'] };
  const row = rowStep(fields, at, { collection, when: raw['when'], notes });
  if (!row) return [raw];
  const options = found.beside ? withoutFields(found.owner) : pick(raw);
  const place = [...at.slice(0, -1), Number(at.at(-1)) + 1, 'action'];
  for (const field of Object.keys(options)) notes.moved([...place, field], [...origin, field]);
  const { export: _export, fields: _fields, ...kept } = raw;
  return [row, { ...withoutShort(kept), action: { type: 'export', exportCollection: collection, ...options } }];
}

const withoutFields = ({ fields: _fields, ...options }: RawMap): RawMap => options;
const ofExport = ['format', 'path'];
const pick = (step: RawMap): RawMap =>
  Object.fromEntries(ofExport.filter((field) => has(step, field)).map((field) => [field, step[field]]));
const withoutShort = (step: RawMap): RawMap => Object.fromEntries(Object.entries(step).filter(([key]) => !ofExport.includes(key)));

/** An `export` of the whole runbook is done last. */
export function topExport(root: Record<string, unknown>, notes: Notes): void {
  const given = root['export'];
  if (!isMap(given) || !Array.isArray(root['steps'])) return;
  const steps = asList(root['steps']);
  const at: Path = ['steps', steps.length];
  const parts = translateExport({ export: given }, at, { from: [], notes });
  if (parts.length < 2) return;
  parts.forEach((_, index) => notes.moved(['steps', steps.length + index], ['export']));
  root['steps'] = [...steps, ...parts];
  Reflect.deleteProperty(root, 'export');
}
