/** Fills in what a runbook may leave out: ids, ordinals, descriptions, settings. Works on data that may still be wrong. */
import { asList, asMap, asText, has, isMap, type RawMap } from './raw.ts';

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

const namedBy = ['labelText', 'ariaLabel', 'innerText', 'placeholder', 'name', 'dataTestId', 'id', 'cssSelector', 'xPath'];

function elementOf(action: RawMap): string {
  const selector = asMap(action['selector']);
  const field = namedBy.find((f) => asText(selector[f]));
  const name = field === undefined ? undefined : asText(selector[field]);
  return name === undefined ? 'the element' : `“${short(name)}”`;
}

function describeWait(action: RawMap): string {
  if (has(action, 'duration')) return `Wait ${String(action['duration'])} ms`;
  const what = asText(action['text']) ?? asText(action['url']);
  return what === undefined ? `Wait for ${elementOf(action)}` : `Wait for “${short(what)}”`;
}

const describers: Record<string, (action: RawMap) => string> = {
  navigate: (a) => `Open ${short(asText(a['url']) ?? 'a page')}`,
  click: (a) => `Click ${elementOf(a)}`,
  // never the value: it may be a password
  input: (a) => `Fill in ${elementOf(a)}`,
  select: (a) => `Choose in ${elementOf(a)}`,
  hover: (a) => `Point at ${elementOf(a)}`,
  wait: describeWait,
  key: (a) => `Press ${short(asText(a['key']) ?? 'a key')}`,
  scroll: (a) => (has(a, 'selector') ? `Scroll to ${elementOf(a)}` : 'Scroll'),
  extract: () => 'Run a script in the page',
};

/** One line that says what a step with this action does. */
export function describeAction(action: RawMap): string {
  const type = asText(action['type']) ?? '';
  return Object.hasOwn(describers, type) ? (describers[type]?.(action) ?? type) : type || 'Step';
}

function freeId(index: number, taken: Set<string>): string {
  const wanted = `step-${index + 1}`;
  let id = wanted;
  for (let n = 2; taken.has(id); n += 1) id = `${wanted}-${n}`;
  taken.add(id);
  return id;
}

const withoutEmpty = (map: RawMap): Record<string, unknown> => Object.fromEntries(Object.entries(map).filter(([, v]) => v !== null));

/** Left out, they would mean that nobody is asked; the rest of the language says that they are empty. */
const neverLeftOut = ['approval', 'requiresConfirmation'];

function completeStep(step: RawMap, index: number, taken: Set<string>): RawMap {
  const asks = Object.fromEntries(neverLeftOut.filter((key) => step[key] === null).map((key) => [key, null]));
  const given: RawMap = { ...withoutEmpty(step), ...asks };
  return {
    ...given,
    id: given['id'] ?? freeId(index, taken),
    ordinal: given['ordinal'] ?? index,
    description: given['description'] ?? describeAction(asMap(step['action'])),
  };
}

/** A copy of `root` in which ordinals count from 0 and ids are `step-1`, `step-2`, … where none are given. Optional keys without a value are left out. */
export function complete(root: RawMap): RawMap {
  const given = withoutEmpty(root);
  const steps = given['steps'];
  const taken = new Set(
    asList(steps)
      .map((s) => asText(asMap(s)['id']))
      .filter((id) => id !== undefined),
  );
  return {
    ...given,
    settings: given['settings'] ?? {},
    ...(Array.isArray(steps) ? { steps: (steps as unknown[]).map((s, i) => (isMap(s) ? completeStep(s, i, taken) : s)) } : {}),
  };
}
