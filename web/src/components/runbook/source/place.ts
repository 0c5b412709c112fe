/** Where in a runbook the cursor stands: the keys that lead there, and what is written beside it. */
import { parseYamlTree, type YamlList, type YamlMap, type YamlPair, type YamlValue } from './yaml-tree.ts';

/** From the outside in: a mapping with the key, or a list with the index, that is gone into. */
export type Trail = { node: YamlMap | YamlList; segment: string | number }[];
/**
 * `key`: a key of `map` is being written. `value`: a value is; `whole` says that nothing else stands in it, `own` that it may turn out to be a key (it stands alone on its line).
 * `from` and `to` are those of the word at the cursor.
 */
export type Place = { trail: Trail; from: number; to: number } & (
  { role: 'key'; map: YamlMap } | { role: 'value'; whole: boolean; own: boolean; flow: boolean }
);
type Found = { trail: Trail } & ({ role: 'key'; map: YamlMap } | { role: 'value'; whole: boolean; own: boolean });

/** Stands in the text for the word at the cursor, which may be anything. */
const mark = '\u0000';

/** @returns undefined in comments */
export function placeAt(text: string, at: number): Place | undefined {
  const from = at - (/[\w$]*$/.exec(text.slice(Math.max(0, at - 200), at))?.[0].length ?? 0);
  const to = at + (/^[\w$]*/.exec(text.slice(at, at + 200))?.[0].length ?? 0);
  const tree = parseYamlTree(`${text.slice(0, from)}${mark}${text.slice(to)}`);
  const found = tree && search(tree, []);
  if (!found) return undefined;
  const flow = found.trail.some(({ node }) => node.kind === 'map' && node.flow);
  return found.role === 'key' ? { ...found, from, to } : { ...found, flow, from, to };
}

function search(value: YamlValue, trail: Trail): Found | undefined {
  if (value.kind === 'text') return inText(value.text, value.own, trail);
  return value.kind === 'map' ? inMap(value, trail) : inList(value, trail);
}

const inText = (text: string, own: boolean, trail: Trail): Found | undefined =>
  text.includes(mark) ? { role: 'value', whole: text === mark, own, trail } : undefined;

function inMap(map: YamlMap, trail: Trail): Found | undefined {
  for (const pair of map.pairs) {
    if (pair.key === mark) return { role: 'key', map, trail };
    const found = pair.value && search(pair.value, [...trail, { node: map, segment: pair.key }]);
    if (found) return found;
  }
  return undefined;
}

function inList(list: YamlList, trail: Trail): Found | undefined {
  for (const [index, item] of list.items.entries()) {
    const found = item.value && search(item.value, [...trail, { node: list, segment: index }]);
    if (found) return found;
  }
  return undefined;
}

/** The key at a character, with the trail that leads to its value. */
export function keyAt(text: string, at: number): { trail: Trail; pair: YamlPair } | undefined {
  const tree = parseYamlTree(text);
  return tree && keyIn(tree, at, []);
}

function keyIn(value: YamlValue, at: number, trail: Trail): { trail: Trail; pair: YamlPair } | undefined {
  if (value.kind === 'text') return undefined;
  for (const [segment, part] of partsOf(value)) {
    const inner: Trail = [...trail, { node: value, segment }];
    if ('key' in part && part.from <= at && at <= part.to) return { trail: inner, pair: part };
    const found = part.value && keyIn(part.value, at, inner);
    if (found) return found;
  }
  return undefined;
}

const partsOf = (value: YamlMap | YamlList): [string | number, YamlPair | YamlList['items'][number]][] =>
  value.kind === 'map' ? value.pairs.map((pair) => [pair.key, pair]) : [...value.items.entries()];
