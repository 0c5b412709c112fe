/** Rules about steps that shapes cannot say: which fields go together. They read data that may be wrong in other ways too. */
import { checkApproval } from './approval-rules.ts';
import { checkCapture } from './capture-rules.ts';
import { quoted } from './fields.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { asList, asMap, asText, has, isMap, type RawMap } from './raw.ts';
import { addressMistake } from './top-rules.ts';

/** The fields that find an element; tagName, role and inputType only filter. */
const locating = [
  'id',
  'ariaLabel',
  'dataTestId',
  'dataAttributes',
  'cssSelector',
  'xPath',
  'labelText',
  'innerText',
  'placeholder',
  'name',
  'rect',
];

function checkSelector(selector: unknown, path: Path, mistakes: Mistakes): void {
  if (!isMap(selector)) return;
  const used = locating.filter((field) => has(selector, field));
  if (used.length === 0)
    mistakes.add(path, `finds nothing: \`tagName\`, \`role\` and \`inputType\` only filter; add one of ${quoted(locating)}`);
  for (const field of used) if (selector[field] === '') mistakes.add([...path, field], 'must not be empty; remove it or fill it in');
  const attributes = selector['dataAttributes'];
  if (isMap(attributes) && Object.keys(attributes).length === 0)
    mistakes.add([...path, 'dataAttributes'], 'must not be empty; write the attributes, as in `dataAttributes: {row-id: "7"}`');
}

const waits = ['duration', 'selector', 'url', 'text'];

function checkWait(action: RawMap, path: Path, mistakes: Mistakes): void {
  const given = waits.filter((field) => has(action, field));
  const first = given[0];
  if (first === undefined) mistakes.add(path, `\`wait\` needs to know what for; add one of ${quoted(waits)}`);
  if (given.length > 1) mistakes.add(path, `\`wait\` takes only one of ${quoted(waits)}, this has ${quoted(given)}; write two steps`);
  if (has(action, 'state') && !has(action, 'selector'))
    mistakes.add([...path, 'state'], '`state` goes with `selector`; add a selector or remove it', 'key');
}

function checkScroll(action: RawMap, path: Path, mistakes: Mistakes): void {
  const given = ['to', 'by', 'selector'].filter((field) => has(action, field));
  if (given.length > 1)
    mistakes.add(path, `\`scroll\` takes only one of \`to\`, \`by\`, \`selector\`, this has ${quoted(given)}; remove the others`);
}

function checkSelect(action: RawMap, path: Path, mistakes: Mistakes): void {
  if (!has(action, 'value') && !has(action, 'optionText'))
    mistakes.add(path, "`select` needs `value` (the option's value) or `optionText` (what people read)");
}

function checkNavigate(action: RawMap, path: Path, mistakes: Mistakes): void {
  const url = asText(action['url']);
  const message = url === undefined ? undefined : addressMistake(url);
  if (message) mistakes.add([...path, 'url'], message);
}

function checkNotEmpty(field: string): (action: RawMap, path: Path, mistakes: Mistakes) => void {
  return (action, path, mistakes) => {
    if (asText(action[field])?.trim() === '') mistakes.add([...path, field], 'must not be empty');
  };
}

const actionRules: Record<string, (action: RawMap, path: Path, mistakes: Mistakes) => void> = {
  wait: checkWait,
  scroll: checkScroll,
  select: checkSelect,
  navigate: checkNavigate,
  key: checkNotEmpty('key'),
  extract: checkNotEmpty('script'),
};

function checkAction(action: RawMap, path: Path, mistakes: Mistakes): void {
  const type = asText(action['type']) ?? '';
  if (Object.hasOwn(actionRules, type)) actionRules[type]?.(action, path, mistakes);
  checkSelector(action['selector'], [...path, 'selector'], mistakes);
}

function checkIds(steps: readonly unknown[], mistakes: Mistakes): void {
  const first = new Map<string, number>();
  steps.forEach((step, index) => {
    const id = asText(asMap(step)['id']);
    if (id === undefined) return;
    const other = first.get(id);
    if (other === undefined) first.set(id, index);
    else
      mistakes.add(
        ['steps', index, 'id'],
        `the id \`${id.slice(0, 80)}\` is used by an earlier step (line ${mistakes.lineOf(['steps', other])}); ids must differ`,
      );
  });
}

export function checkSteps(root: RawMap, mistakes: Mistakes): void {
  const steps = asList(root['steps']);
  checkIds(steps, mistakes);
  steps.forEach((raw, index) => {
    const step = asMap(raw);
    const path: Path = ['steps', index];
    const action = step['action'];
    if (isMap(action)) checkAction(action, [...path, 'action'], mistakes);
    checkApproval(step, path, mistakes);
    asList(step['captures']).forEach((capture, c) => {
      if (isMap(capture)) checkCapture(capture, [...path, 'captures', c], mistakes);
    });
  });
}
