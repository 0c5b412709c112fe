/** A step of the short dialect: its action is a word, and the action's fields stand beside it. */
import { toMs } from '../domain/duration.ts';
import { fieldsOfAction } from './fields.ts';
import type { Path } from './mistakes.ts';
import { asList, asText, has, isMap, type RawMap } from './raw.ts';
import type { Notes } from './translate-notes.ts';

type Draft = { step: Record<string, unknown>; action: Record<string, unknown> };
type Where = { at: Path; from: Path; notes: Notes };

/** On a step these mean something else. */
const ofTheStep: ReadonlySet<string> = new Set(['type', 'name', 'url', 'state']);

function take({ step, action }: Draft, field: string, { at, from, notes }: Where): void {
  if (!has(step, field) || has(action, field)) return;
  action[field] = step[field];
  Reflect.deleteProperty(step, field);
  notes.moved([...at, 'action', field], [...from, field]);
}

/** The address of a step is where it was recorded, unless its action opens one. */
const opensAddress = ({ step, action }: Draft, type: string): boolean =>
  type === 'navigate' ||
  ((type === 'wait' || type === 'download') && !['selector', 'text', 'duration', 'script'].some((f) => has(step, f) || has(action, f)));

function takeFields(draft: Draft, type: string, where: Where): void {
  const fields = fieldsOfAction(type);
  if (fields.includes('url') && opensAddress(draft, type)) take(draft, 'url', where);
  for (const field of fields) if (!ofTheStep.has(field) || field === 'state') take(draft, field, where);
}

function selectorOf(text: string): RawMap {
  return /^\(*\/\//.test(text.trim()) ? { xPath: text } : { cssSelector: text };
}

function translateSelector({ action }: Draft, { at, from, notes }: Where, wasOnStep: boolean): void {
  const selector = action['selector'];
  if (typeof selector !== 'string') return;
  const place = [...at, 'action', 'selector'];
  const origin = wasOnStep ? [...from, 'selector'] : [...from, 'action', 'selector'];
  const written = selectorOf(selector);
  action['selector'] = written;
  notes.moved(place, origin);
  for (const field of Object.keys(written)) notes.moved([...place, field], origin);
}

/** `2s` is written as milliseconds. */
function translateDuration({ action }: Draft, { at, notes }: Where): void {
  const duration = asText(action['duration']);
  if (duration === undefined || !/^\d{1,6}(ms|s|m)$/.test(duration)) return;
  action['duration'] = toMs(duration);
  notes.comments.set(JSON.stringify([...at, 'action', 'duration']), `${duration}, in milliseconds`);
  notes.isShort = true;
}

const cssOf = ({ action }: Draft): string | undefined => {
  const selector = action['selector'];
  return isMap(selector) ? asText(selector['cssSelector']) : undefined;
};

const textOf = `(e) => (e.matches('input, select, textarea') ? e.value : (e.innerText ?? e.textContent)).trim()`;

/** All texts when several elements match: a list that a loop can go through. It waits for the first one for five seconds. */
const readAll = (css: string): string => `const read = () => [...document.querySelectorAll(${JSON.stringify(css)})].map(${textOf});
for (let n = 0; n < 50 && read().length === 0; n += 1) await new Promise((go) => setTimeout(go, 100));
const found = read();
return found.length > 1 ? found : (found[0] ?? '');
`;

const readOne = (css: string): string => `[...document.querySelectorAll(${JSON.stringify(css)})].slice(0, 1).map(${textOf}).join('')`;

/** `extract` with a selector reads the element. */
function translateExtract(draft: Draft, type: string, { at, from, notes }: Where): void {
  if (type !== 'extract' || has(draft.action, 'script')) return;
  const selector = draft.step['selector'] ?? draft.action['selector'];
  const css = typeof selector === 'string' ? selector : isMap(selector) ? asText(selector['cssSelector']) : undefined;
  if (css === undefined) return;
  for (const owner of [draft.step, draft.action]) Reflect.deleteProperty(owner, 'selector');
  draft.action['script'] = readAll(css);
  notes.moved([...at, 'action', 'script'], [...from, 'selector'], 'the text of the element; a list when several match');
}

function translateCapture(draft: Draft, type: string, { at, from, notes }: Where): void {
  const name = asText(draft.step['capture']);
  if (name === undefined) return;
  const captures = asList(draft.step['captures']);
  const css = cssOf(draft);
  const read =
    type === 'extract'
      ? { strategy: 'expression', expression: '{{__extracted}}' }
      : css === undefined
        ? undefined
        : { strategy: 'evaluate', expression: readOne(css) };
  Reflect.deleteProperty(draft.step, 'capture');
  const place = [...at, 'captures', captures.length];
  draft.step['captures'] = [...captures, { name, ...(read ?? { strategy: 'url' }) }];
  const comment = read ? undefined : 'there is no element to read: the address of the page';
  notes.moved([...at, 'captures'], [...from, 'capture'], comment);
  notes.moved(place, [...from, 'capture']);
  notes.moved([...place, 'name'], [...from, 'capture']);
}

function translateQuestion({ step }: Draft, { at, from, notes }: Where): void {
  const message = step['confirmationMessage'];
  if (message === null || message === undefined || has(step, 'approval')) return;
  Reflect.deleteProperty(step, 'confirmationMessage');
  step['approval'] = { message };
  notes.moved([...at, 'approval'], [...from, 'confirmationMessage']);
  notes.moved([...at, 'approval', 'message'], [...from, 'confirmationMessage']);
}

function translateName({ step }: Draft, { at, from, notes }: Where): void {
  if (!has(step, 'name') || has(step, 'description')) return;
  step['description'] = step['name'];
  Reflect.deleteProperty(step, 'name');
  notes.moved([...at, 'description'], [...from, 'name']);
}

function draftOf(raw: RawMap): Draft {
  const given = raw['action'];
  const action = isMap(given) ? { ...given } : typeof given === 'string' ? { type: given } : {};
  return { step: { ...raw }, action };
}

/** Fields beside the action that belong into it. */
function gather(draft: Draft, { given, type }: { given: unknown; type: string }, where: Where): void {
  if (typeof given === 'string') {
    where.notes.moved([...where.at, 'action', 'type'], [...where.from, 'action']);
    takeFields(draft, type, where);
  } else if (isMap(given)) {
    for (const field of ['selector', 'value']) if (fieldsOfAction(type).includes(field)) take(draft, field, where);
  }
}

/** A copy in which nothing is short any more. What cannot be understood stays as it is. */
export function translateStep(raw: RawMap, at: Path, { from, notes }: { from: Path; notes: Notes }): RawMap {
  const where: Where = { at, from, notes };
  const given = raw['action'];
  const draft = draftOf(raw);
  const type = asText(draft.action['type']) ?? '';
  translateName(draft, where);
  translateQuestion(draft, where);
  const wasOnStep = has(draft.step, 'selector');
  translateExtract(draft, type, where);
  gather(draft, { given, type }, where);
  translateSelector(draft, where, wasOnStep);
  translateDuration(draft, where);
  translateCapture(draft, type, where);
  return typeof given === 'string' || isMap(given) ? { ...draft.step, action: draft.action } : draft.step;
}
