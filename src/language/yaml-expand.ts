/** Turns a YAML document into plain data: aliases and merges resolved within bounds, keys checked, every place noted. */
import { isAlias, isMap, isNode, isScalar, isSeq, visit, type Alias, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { dotted, type Mistakes, type Path } from './mistakes.ts';

/** Ten levels of branches, and what a step has in it. */
export const maxDepth = 64;
export const tooDeep = 'this is nested too deeply; write it flatter, or split the runbook';
const maxNodes = 100_000;
const maxCharacters = 4 * 1024 * 1024;
const maxAliases = 2_000;
const coreTags = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((t) => `tag:yaml.org,2002:${t}`));
const dangerousKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Reading is given up at `offset`. */
export class TooMuch extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

type Expansion = { mistakes: Mistakes; targets: Map<Alias, Node | undefined>; open: Set<Node>; nodes: number; characters: number };
type At = { path: Path; key: number; depth: number };
type Fill = { map: YAMLMap; into: Record<string, unknown>; at: At };

/** An alias means the last anchor of its name before it. */
function resolveAliases(document: Document): Map<Alias, Node | undefined> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node | undefined>();
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) {
        targets.set(node, anchors.get(node.source));
        if (targets.size > maxAliases) throw new TooMuch(`more than ${maxAliases} aliases; write the values out`, node.range?.[0] ?? 0);
      } else if (node.anchor) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

const startOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

function keyText(pair: Pair): string | undefined {
  if (!isScalar(pair.key)) return undefined;
  const value = pair.key.value;
  if (value === null) return '';
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** `url: {{name}}` without quotes is a map within a map. */
function refuseKey(pair: Pair, at: At, x: Expansion): void {
  const template = isMap(pair.key) && pair.key.flow === true;
  const message = template ? 'a value that begins with `{{` must be in quotes, as in "{{name}}"' : 'a key must be plain text';
  x.mistakes.addAt(startOf(pair.key), dotted(at.path), message);
  x.mistakes.settle(at.path);
}

function expandAlias(alias: Alias, at: At, x: Expansion): unknown {
  const target = x.targets.get(alias);
  const complaint = !target
    ? `nothing is called \`&${alias.source}\` before this alias`
    : x.open.has(target)
      ? `\`*${alias.source}\` contains itself`
      : undefined;
  if (complaint) {
    x.mistakes.addAt(startOf(alias), dotted(at.path), complaint);
    x.mistakes.settle(at.path);
  }
  return complaint ? undefined : expandNode(target, at, x);
}

function merge(pair: Pair, { into, at }: Fill, x: Expansion): void {
  const value = isAlias(pair.value) ? x.targets.get(pair.value) : pair.value;
  const sources = isSeq(value) ? value.items : [value];
  for (const source of sources) {
    const map = isAlias(source) ? x.targets.get(source) : source;
    if (!isMap(map) || x.open.has(map))
      x.mistakes.addAt(startOf(pair.key), dotted(at.path), '`<<` must be followed by an alias of a map, as in `<<: *name`');
    else fillMap({ map, into, at: { ...at, depth: at.depth + 1 } }, x);
  }
}

/** What `into` has already is kept: the explicit keys win over the merged ones. */
function fillMap(fill: Fill, x: Expansion): void {
  const { map, into, at } = fill;
  if (at.depth > maxDepth) throw new TooMuch(tooDeep, startOf(map));
  count(map, map.items.length, x);
  const before = new Set(Object.keys(into));
  const lines = new Map<string, number>();
  const merges: Pair[] = [];
  x.open.add(map);
  for (const pair of map.items) {
    const name = keyText(pair);
    const start = startOf(pair.key);
    if (name === '<<') merges.push(pair);
    else if (name === undefined) refuseKey(pair, at, x);
    else if (dangerousKeys.has(name))
      x.mistakes.addAt(start, dotted([...at.path, name]), `\`${name}\` cannot be used as a name; choose another`);
    else if (lines.has(name)) {
      const message = `\`${name}\` is given twice here (first on line ${lines.get(name) ?? 0}); remove one`;
      x.mistakes.addAt(start, dotted([...at.path, name]), message);
    } else {
      lines.set(name, x.mistakes.position(start).line);
      if (!before.has(name)) into[name] = expandNode(pair.value, { path: [...at.path, name], key: start, depth: at.depth + 1 }, x);
    }
  }
  for (const pair of merges) merge(pair, fill, x);
  x.open.delete(map);
}

function count(node: Node, nodes: number, x: Expansion): void {
  x.nodes += nodes;
  if (isScalar(node) && typeof node.value === 'string') x.characters += node.value.length;
  if (x.nodes > maxNodes || x.characters > maxCharacters)
    throw new TooMuch('the runbook becomes too large here (aliases written out); use fewer aliases', startOf(node));
}

function expandNode(node: unknown, at: At, x: Expansion): unknown {
  if (!isNode(node)) return null;
  count(node, 1, x);
  if (at.depth > maxDepth) throw new TooMuch(tooDeep, startOf(node));
  if (isAlias(node)) return expandAlias(node, at, x);
  if (node.tag && !coreTags.has(node.tag))
    x.mistakes.addAt(startOf(node), dotted(at.path), 'YAML tags (`!something`) are not supported; remove the tag');
  x.mistakes.places.set(JSON.stringify(at.path), { key: at.key, start: startOf(node), end: node.range?.[1] ?? 0 });
  return isScalar(node) ? node.value : expandCollection(node, at, x);
}

function expandCollection(node: Node, at: At, x: Expansion): unknown {
  if (isMap(node)) {
    const into: Record<string, unknown> = {};
    fillMap({ map: node, into, at }, x);
    return into;
  }
  if (!isSeq(node)) return null;
  x.open.add(node);
  const list = node.items.map((item, index) => expandNode(item, { path: [...at.path, index], key: startOf(item), depth: at.depth + 1 }, x));
  x.open.delete(node);
  return list;
}

/** @throws TooMuch when the data would be nested too deeply or too large; RangeError when even reading it exhausts the stack */
export function expand(document: Document, mistakes: Mistakes): unknown {
  const x: Expansion = { mistakes, targets: resolveAliases(document), open: new Set(), nodes: 0, characters: 0 };
  return expandNode(document.contents, { path: [], key: 0, depth: 0 }, x);
}
