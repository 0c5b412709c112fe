/** What may be written where the cursor stands. Pure: schema and text in, options out. */
import { discriminatorOf, kindInWords, narrowed, schemasAt, waysOf, type JsonSchema } from './json-schema.ts';
import { aboutOf } from './help.ts';
import { collectionsIn, namesIn, type KnownName } from './names.ts';
import { placeAt, type Place } from './place.ts';
import { templateAt, type TemplatePlace } from './template.ts';
import { parseYamlTree, type YamlMap } from './yaml-tree.ts';

/** `insert` replaces the word; `more`: something can be chosen after it, so the list opens again. `about` is a sentence or empty. */
export type Option = { label: string; kind: 'key' | 'value' | 'name'; insert: string; detail: string; about: string; more: boolean };
export type Completions = { from: number; to: number; options: Option[] };

/** @returns null where nothing can be said */
export function completionsAt(schema: JsonSchema | undefined, text: string, at: number): Completions | null {
  const template = templateAt(text, at);
  if (template) return some(template.from, at, inTemplate(text, template));
  const place = schema && placeAt(text, at);
  if (!place) return null;
  const names = namesAt(text, place);
  if (names.length > 0) return some(place.from, place.to, names);
  return some(place.from, place.to, place.role === 'key' ? keysOf(schema, text, place) : valuesOf(schema, text, place));
}

const some = (from: number, to: number, options: Option[]): Completions | null => (options.length > 0 ? { from, to, options } : null);

function keysOf(schema: JsonSchema, text: string, place: Place & { role: 'key' }): Option[] {
  const ways = narrowed(schemasAt(schema, place.trail), place.map);
  const column = columnOf(text, place.from);
  const ended = /^[ \t]*:(?:\s|$)/.test(text.slice(place.to));
  return keyOptions(schema, ways, place.map).map((key) => ({ ...key, insert: ended ? key.label : key.insert(place.map.flow, column) }));
}

/** A value that stands alone may also become a mapping: there the keys are offered. */
function valuesOf(schema: JsonSchema, text: string, place: Place & { role: 'value' }): Option[] {
  if (!place.whole) return [];
  const ways = schemasAt(schema, place.trail);
  const values = ways
    .flatMap(literalsOf)
    .map((label): Option => ({ label, kind: 'value', insert: label, detail: '', about: aboutLiteral(ways, label), more: false }));
  const unique = [...new Map(values.map((option) => [option.label, option])).values()];
  if (!place.own) return unique;
  const empty: YamlMap = { kind: 'map', flow: place.flow, pairs: [] };
  const column = columnOf(text, place.from);
  const keys = keyOptions(schema, narrowed(ways, empty), empty).map((key) => ({
    ...key,
    insert: key.insert(false, column),
  }));
  return [...unique, ...keys];
}

function aboutLiteral(ways: readonly JsonSchema[], label: string): string {
  return ways.find((way) => way.const !== undefined && String(way.const) === label)?.description ?? '';
}

function literalsOf(way: JsonSchema): string[] {
  if (way.const !== undefined) return [String(way.const)];
  if (way.enum) return way.enum.map(String);
  return way.type === 'boolean' ? ['true', 'false'] : [];
}

type KeyOption = Omit<Option, 'insert'> & { insert: (flow: boolean, column: number) => string };

/** Needed ones first. While it is not said which kind it is (`type`), nothing else can be known. */
function keyOptions(root: JsonSchema, ways: readonly JsonSchema[], map: YamlMap): KeyOption[] {
  const first = discriminatorOf(ways);
  const written = new Set(map.pairs.map((pair) => pair.key));
  const found = new Map<string, KnownKey>();
  for (const way of ways)
    for (const [key, inner] of Object.entries(way.properties ?? {})) {
      if (written.has(key) || (first !== undefined && key !== first)) continue;
      const known = found.get(key) ?? { inner: [], needed: way.required?.includes(key) === true };
      found.set(key, { ...known, inner: [...known.inner, ...waysOf(root, inner)] });
    }
  return [...found].sort(([, a], [, b]) => Number(b.needed) - Number(a.needed)).map(([key, known]) => keyOption(key, known));
}

type KnownKey = { inner: JsonSchema[]; needed: boolean };

function keyOption(label: string, { inner, needed }: KnownKey): KeyOption {
  const objects = inner.every((way) => way.properties !== undefined || way.type === 'object');
  const list = inner.every((way) => way.items !== undefined);
  const more = objects || list || inner.some((way) => literalsOf(way).length > 0);
  return {
    ...{ label, kind: 'key', more, detail: needed ? 'needed' : '' },
    about: [aboutOf(inner), kindInWords(inner)].filter(Boolean).join('\n'),
    insert: (flow, column) => `${label}:${valueStart({ flow, column, objects, list })}`,
  };
}

function valueStart({ flow, column, objects, list }: { flow: boolean; column: number; objects: boolean; list: boolean }): string {
  if (flow) return objects ? ' { ' : list ? ' [' : ' ';
  const below = `\n${' '.repeat(column + 2)}`;
  if (list) return `${below}- `;
  return objects ? below : ' ';
}

const columnOf = (text: string, at: number): number => at - (text.lastIndexOf('\n', at - 1) + 1);

const origins: Record<KnownName['origin'], string> = {
  variable: 'variable',
  capture: 'captured',
  loop: 'in the loop',
  figure: 'worked out',
};

function nameOption({ name, origin, about, by }: KnownName): Option {
  const told = [about, by === undefined ? '' : `Step: ${by}`].filter(Boolean).join('\n');
  return { label: name, kind: 'name', insert: name, detail: origins[origin], about: told, more: false };
}

function inTemplate(text: string, { closed }: TemplatePlace): Option[] {
  const names = namesIn(parseYamlTree(text)).map(nameOption);
  const extracted: Option = {
    label: '__extracted',
    kind: 'name',
    insert: '__extracted',
    detail: 'extracted',
    about: 'What the script of this step’s extract gave',
    more: false,
  };
  return [...names, extracted].map((option) => ({ ...option, insert: closed ? option.insert : `${option.insert}}}` }));
}

/** Fields that hold an expression over values, the name of a value, or that of a collection. */
function namesAt(text: string, { trail, role }: Place): Option[] {
  const keys = trail.map(({ segment }) => segment).filter((segment) => typeof segment === 'string');
  const [field = '', within = ''] = keys.reverse();
  if (role === 'key') return field === 'mapping' ? columnsOf(text) : [];
  if (field === 'exportCollection' || field === 'collection') return collectionOptions(text);
  return named.has(field) || named.has(`${within}.${field}`) ? namesIn(parseYamlTree(text)).map(nameOption) : [];
}
const named: ReadonlySet<string> = new Set(['when', 'condition', 'branches.variable', 'memoryOperations.source']);

/** The variables that read a column of the data row. */
function columnsOf(text: string): Option[] {
  const read = namesIn(parseYamlTree(text)).filter((known) => known.origin === 'variable' && /^data\b/.test(known.about));
  return read.map((known) => ({ ...nameOption(known), insert: `${known.name}: ` }));
}
const collectionOptions = (text: string): Option[] =>
  collectionsIn(parseYamlTree(text)).map((name) => ({
    label: name,
    kind: 'name',
    insert: name,
    detail: 'collection',
    about: '',
    more: false,
  }));
