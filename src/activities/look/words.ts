/** A step and its element in words. */
import type { Action, ActionType } from '../../contract/action.ts';
import { isYes } from '../steps/yes.ts';
import type { ActionOf } from '../step-context.ts';
import type { SceneElement } from './scene.ts';

const longest = 120;

/** What a sentence is made of; as it is for the digest, masked for a person. */
export type Said = {
  /** the element as a part of a sentence */
  target: string;
  isTick: boolean;
  /** the text of an option, when the step names it by its value */
  option: string | undefined;
  value: (name: string) => string;
  isHidden: (name: string) => boolean;
};

export const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim();
export const short = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
export const quote = (text: string): string => `“${short(tidy(text))}”`;

type Sentences = { [K in ActionType]: (action: ActionOf<K>, said: Said) => string };

const sentences: Sentences = {
  navigate: (_, { value, isHidden }) => (isHidden('url') ? 'Open a hidden address' : `Open ${value('url').slice(0, 500)}`),
  click: (_, { target }) => `Click ${target}`,
  hover: (_, { target }) => `Point at ${target}`,
  input: (_, said) => inputSentence(said),
  select: (action, { target, option, value, isHidden }) => {
    const name = action.value === undefined ? 'optionText' : 'value';
    return `Choose ${isHidden(name) ? 'a hidden option' : quote(option ?? value(name))} in ${target}`;
  },
  key: (action, { target, value, isHidden }) => {
    const key = isHidden('key') ? 'a hidden key' : short(value('key'));
    return action.selector ? `Press ${key} in ${target}` : `Press ${key}`;
  },
  wait: (action, said) => waitSentence(action, said),
  scroll: ({ selector, to, by }, { target }) => {
    if (selector) return `Scroll to ${target}`;
    if (to) return `Scroll to the ${to}`;
    return by === undefined ? 'Scroll down by one screen' : `Scroll ${by < 0 ? 'up' : 'down'} by ${Math.abs(by)} pixels`;
  },
  extract: () => 'Run JavaScript in the page',
  download: ({ selector, url }, { target, value, isHidden }) => {
    if (selector) return `Download what ${target} gives`;
    if (url === undefined) return 'Keep the file that the page gives';
    return isHidden('url') ? 'Download from a hidden address' : `Download ${value('url').slice(0, 500)}`;
  },
  upload: (_, { target, value, isHidden }) => {
    const name = value('file') || value('name');
    return `Upload ${isHidden('file') || isHidden('name') ? 'a hidden file' : quote(name || 'a file')} to ${target}`;
  },
  export: ({ exportCollection }) => `Write the collection ${quote(exportCollection)} to a file`,
  memory: () => 'Do nothing but remember values',
  assert: () => 'Check what the page shows',
};

function inputSentence({ target, isTick, value, isHidden }: Said): string {
  if (isHidden('value')) return `Type a hidden value into ${target}`;
  if (isTick) return `${isYes(value('value')) ? 'Tick' : 'Untick'} ${target}`;
  return value('value') === '' ? `Empty ${target}` : `Type ${quote(value('value'))} into ${target}`;
}

function waitSentence({ duration, selector, state, url, text }: ActionOf<'wait'>, { target, value, isHidden }: Said): string {
  if (selector) return `Wait until ${target} is ${state ?? 'visible'}`;
  if (url !== undefined) return `Wait until the address is ${isHidden('url') ? 'a hidden one' : short(value('url'))}`;
  if (text !== undefined) return `Wait until the page shows ${isHidden('text') ? 'a hidden text' : quote(value('text'))}`;
  return `Wait ${(duration ?? 0) / 1_000} s`;
}

const say = <K extends ActionType>(type: K, action: ActionOf<K>, said: Said): string => sentences[type](action, said);

export const sentenceOf = (action: Action, said: Said): string => say(action.type, action, said);

const kinds: Record<string, string> = {
  a: 'Link',
  link: 'Link',
  button: 'Button',
  submit: 'Button',
  reset: 'Button',
  image: 'Button',
  checkbox: 'Checkbox',
  switch: 'Switch',
  radio: 'Radio button',
  select: 'List',
  combobox: 'List',
  listbox: 'List',
  option: 'Option',
  input: 'Field',
  textarea: 'Field',
  textbox: 'Field',
  searchbox: 'Field',
  tab: 'Tab',
  menuitem: 'Menu item',
  img: 'Picture',
  heading: 'Heading',
  dialog: 'Dialog',
  form: 'Form',
  label: 'Label',
  summary: 'Heading',
};

/** Role, type or tag in a word. */
export function kindOf({ role, type, tag }: Pick<SceneElement, 'role' | 'type' | 'tag'>): string {
  const heading = /^h[1-6]$/.test(tag) ? 'Heading' : undefined;
  return known(role) ?? (tag === 'input' ? known(type) : undefined) ?? known(tag) ?? heading ?? 'Element';
}

const known = (word: string): string | undefined => (Object.hasOwn(kinds, word) ? kinds[word] : undefined);

export const isTick = ({ tag, type }: Pick<SceneElement, 'tag' | 'type'>): boolean =>
  tag === 'input' && (type === 'checkbox' || type === 'radio');

/** The first of an element's names that is one; may be empty. */
export const nameOf = ({ names }: Pick<SceneElement, 'names'>): string => names.map(tidy).find((name) => name !== '') ?? '';
