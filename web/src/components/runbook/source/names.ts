/** The values and collections that a runbook knows, as far as they are written. */
import { figureName } from '../../../../../src/domain/figure-name.ts';
import type { YamlMap, YamlValue } from './yaml-tree.ts';

/** `by`: the step that gives it, in its own words; absent for declared variables. `about`: what is said about it. */
export type KnownName = {
  name: string;
  origin: 'variable' | 'capture' | 'loop' | 'figure';
  about: string;
  by?: string;
  at?: number;
  sensitive?: boolean;
};

export const entryOf = (value: YamlValue | undefined, key: string): YamlValue | undefined =>
  value?.kind === 'map' ? value.pairs.find((pair) => pair.key === key)?.value : undefined;
export const textOf = (value: YamlValue | undefined, key: string): string | undefined => {
  const entry = entryOf(value, key);
  return entry?.kind === 'text' && entry.text !== '' ? entry.text : undefined;
};
const itemsOf = (value: YamlValue | undefined) => (value?.kind === 'list' ? value.items : []);
const pairsOf = (value: YamlValue | undefined): YamlMap['pairs'] => (value?.kind === 'map' ? value.pairs : []);

/** `at`: the character where the step begins. */
export type WrittenStep = { step: YamlValue; at: number };

/** Every step, those inside of others too, in the order of the text. */
export function stepsIn(tree: YamlValue | undefined): WrittenStep[] {
  return itemsOf(entryOf(tree, 'steps')).flatMap(withInner);
}

function withInner(item: { from: number; value?: YamlValue }): WrittenStep[] {
  if (!item.value) return [];
  const branches = entryOf(item.value, 'branches');
  const cases = itemsOf(entryOf(branches, 'cases')).flatMap((one) => itemsOf(entryOf(one.value, 'steps')));
  const inner = [...itemsOf(entryOf(item.value, 'steps')), ...cases, ...itemsOf(entryOf(branches, 'default'))];
  return [{ step: item.value, at: item.from }, ...inner.flatMap(withInner)].sort((a, b) => a.at - b.at);
}

const wordsOf = (step: YamlValue): string => textOf(step, 'description') ?? textOf(step, 'id') ?? 'a step';

/** Each name once: what is declared wins over what is captured into it. */
export function namesIn(tree: YamlValue | undefined): KnownName[] {
  const all = [...declared(tree), ...stepsIn(tree).flatMap(namesOfStep)];
  return [...new Map(all.reverse().map((known) => [known.name, known])).values()].reverse();
}

function declared(tree: YamlValue | undefined): KnownName[] {
  return pairsOf(entryOf(tree, 'variables')).map(({ key, from, value }) => ({
    name: key,
    origin: 'variable',
    about: [textOf(value, 'source'), textOf(value, 'description')].filter(Boolean).join(': '),
    at: from,
    sensitive: textOf(value, 'sensitive') === 'true',
  }));
}

function namesOfStep({ step, at }: WrittenStep): KnownName[] {
  const by = wordsOf(step);
  const captures = itemsOf(entryOf(step, 'captures')).flatMap(({ value }): KnownName[] => {
    const name = textOf(value, 'name');
    return name === undefined ? [] : [{ name, origin: 'capture', about: textOf(value, 'description') ?? '', by, at }];
  });
  return [...loopNames(entryOf(step, 'loop'), by, at), ...captures, ...figures(step, by, at)];
}

function loopNames(loop: YamlValue | undefined, by: string, at: number): KnownName[] {
  if (!loop) return [];
  const item = textOf(loop, 'itemVariable') ?? (entryOf(loop, 'forEach') ? 'item' : undefined);
  const each: [string | undefined, string][] = [
    [item, 'the item of this round'],
    [textOf(loop, 'indexVariable'), 'the number of the item, from 0'],
    [textOf(loop, 'counterVariable'), 'the number of the round, from 0'],
  ];
  return each.flatMap(([name, about]) => (name === undefined ? [] : [{ name, origin: 'loop' as const, about, by, at }]));
}

function figures(step: YamlValue, by: string, at: number): KnownName[] {
  return itemsOf(entryOf(step, 'memoryOperations')).flatMap(({ value }): KnownName[] => {
    const [collection, operation] = [textOf(value, 'collection'), textOf(value, 'operation')];
    if (textOf(value, 'type') !== 'aggregate' || !collection || !operation) return [];
    const name = textOf(value, 'outputVariable') ?? figureName(collection, operation);
    return [{ name, origin: 'figure', about: `${operation} of ${collection}`, by, at }];
  });
}

/** Names of collections that some step appends to. */
export function collectionsIn(tree: YamlValue | undefined): string[] {
  const named = stepsIn(tree).flatMap(({ step }) =>
    itemsOf(entryOf(step, 'memoryOperations')).map(({ value }) => textOf(value, 'collection')),
  );
  return [...new Set(named.filter((name) => name !== undefined && /^[\p{L}_$]/u.test(name)))] as string[];
}
