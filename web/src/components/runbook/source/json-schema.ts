/** The part of JSON Schema that the language is described in, and the way through it along what is written already. */
import type { Trail } from './place.ts';
import type { YamlMap } from './yaml-tree.ts';

export type JsonSchema = {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string | string[];
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
};

/** Every way in which a schema can be met, with references followed. What is said beside a choice (its description) goes to each way that says nothing itself. */
export function waysOf(root: JsonSchema, schema: JsonSchema, depth = 0): JsonSchema[] {
  if (depth > 20) return [];
  const said = schema.description === undefined ? {} : { description: schema.description };
  const beside = (ways: JsonSchema[]): JsonSchema[] => ways.map((way) => ({ ...said, ...way }));
  if (schema.$ref !== undefined) return beside(waysOf(root, refOf(root, schema.$ref), depth + 1));
  // beside fields of its own, a choice only says which of them are needed
  const choice = schema.properties ? undefined : (schema.anyOf ?? schema.oneOf ?? schema.allOf);
  return choice ? beside(choice.flatMap((one) => waysOf(root, one, depth + 1))) : [schema];
}

function refOf(root: JsonSchema, ref: string): JsonSchema {
  if (ref === '#') return root;
  const name = /^#\/\$defs\/(.+)$/.exec(ref)?.[1];
  return (name !== undefined && root.$defs?.[decodeURIComponent(name)]) || {};
}

const textOf = (map: YamlMap, key: string): string | undefined => {
  const value = map.pairs.find((pair) => pair.key === key)?.value;
  return value?.kind === 'text' ? value.text : undefined;
};

/** The ways that what is written allows: `type: click` leaves one kind of action. All of them when nothing fits, or nothing is said yet. */
export function narrowed(ways: readonly JsonSchema[], map: YamlMap): JsonSchema[] {
  const objects = ways.filter((way) => way.properties !== undefined || typeof way.additionalProperties === 'object');
  const fitting = objects.filter((way) =>
    Object.entries(way.properties ?? {}).every(([key, { const: only }]) => {
      const written = only === undefined ? undefined : textOf(map, key);
      return written === undefined || written === only;
    }),
  );
  return fitting.length > 0 ? fitting : objects;
}

/** Goes along the trail. @returns the ways of the value that it leads to; empty when the language knows no such place */
export function schemasAt(root: JsonSchema, trail: Trail): JsonSchema[] {
  let ways = waysOf(root, root);
  for (const { node, segment } of trail) {
    const here = node.kind === 'map' ? narrowed(ways, node) : ways;
    ways = here.flatMap((way) => {
      const inner = partOf(way, segment);
      return inner ? waysOf(root, inner) : [];
    });
  }
  return ways;
}

function partOf(way: JsonSchema, segment: string | number): JsonSchema | undefined {
  if (typeof segment === 'number') return way.items;
  return way.properties?.[segment] ?? (typeof way.additionalProperties === 'object' ? way.additionalProperties : undefined);
}

/** The key that tells the ways apart: the same in all, with another value in each. */
export function discriminatorOf(ways: readonly JsonSchema[]): string | undefined {
  const [first, ...others] = ways;
  if (!first || others.length === 0) return undefined;
  return Object.keys(first.properties ?? {}).find((key) => ways.every((way) => way.properties?.[key]?.const !== undefined));
}

/** What a value may be, in words: "one of left, right, middle", "whole number, 0 to 10, by default 3". */
export function kindInWords(ways: readonly JsonSchema[]): string {
  const fixed = ways.flatMap((way) => (way.const === undefined ? [] : [String(way.const)]));
  const choice = fixed.length > 1 ? [`one of ${fixed.join(', ')}`] : fixed;
  const kinds = [...new Set([...choice, ...ways.filter((way) => way.const === undefined).map(kindOf)])].filter(Boolean);
  const otherwise = ways.find((way) => way.default !== undefined && typeof way.default !== 'object')?.default;
  return [
    ...(kinds.length > 0 ? [kinds.slice(0, 4).join(', or ')] : []),
    ...(otherwise === undefined ? [] : [`by default ${String(otherwise)}`]),
  ].join(', ');
}

const words: Record<string, string> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  number: 'number',
  integer: 'whole number',
};

function kindOf(way: JsonSchema): string {
  if (way.enum) return `one of ${way.enum.map(String).join(', ')}`;
  const type = Array.isArray(way.type) ? way.type[0] : way.type;
  return `${words[type ?? ''] ?? type ?? ''}${limits(way)}`;
}

/** Bounds that only say "a safe number" are no help to anybody. */
function limits({ minimum, maximum, maxLength }: JsonSchema): string {
  if (maxLength !== undefined) return ` of at most ${maxLength} characters`;
  const low = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (low !== undefined && high !== undefined) return `, ${low} to ${high}`;
  return low === undefined ? '' : `, at least ${low}`;
}
