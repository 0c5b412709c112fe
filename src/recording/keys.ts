/** Keys that go down and up, as the combinations that they are. */
import type { KeyDownStep, KeyUpStep } from '@puppeteer/replay';
import type { Action } from '../contract/action.ts';
import type { Draft } from './draft.ts';
import { literal } from './literal.ts';
import type { RecordedStep } from './read-recording.ts';

export type Modifiers = NonNullable<Extract<Action, { type: 'click' }>['modifiers']>;

const modifiers: ReadonlyMap<string, Modifiers[number]> = new Map([
  ['Control', 'Control'],
  ['ControlLeft', 'Control'],
  ['ControlRight', 'Control'],
  ['Shift', 'Shift'],
  ['ShiftLeft', 'Shift'],
  ['ShiftRight', 'Shift'],
  ['Alt', 'Alt'],
  ['AltLeft', 'Alt'],
  ['AltRight', 'Alt'],
  ['Meta', 'Meta'],
  ['MetaLeft', 'Meta'],
  ['MetaRight', 'Meta'],
] as const);

const names: Readonly<Record<string, string>> = { ' ': 'Space', '\r': 'Enter', '\n': 'Enter', '\u0000': 'Unidentified' };
const nameOf = (key: string): string => names[key] ?? key;

/** What is pressed right after a field was filled in is pressed in that field. */
function press(draft: Draft, step: RecordedStep, key: string): void {
  const selector = draft.filled;
  draft.add(step, `Press ${key.slice(0, 60)}`, { type: 'key', key: literal(key), ...(selector && { selector }) });
}

export function keyDown(step: KeyDownStep & RecordedStep, draft: Draft): void {
  const modifier = modifiers.get(step.key);
  if (modifier) {
    if (!draft.held.has(modifier)) draft.held.set(modifier, { used: false });
    return;
  }
  press(draft, step, [...draft.useHeld(), nameOf(step.key)].join('+'));
  draft.filled = undefined;
}

/** The release of a modifier that nothing was done with is the press of it. The release of a key whose press was not recorded says nothing. */
export function keyUp(step: KeyUpStep & RecordedStep, draft: Draft): void {
  const modifier = modifiers.get(step.key);
  const held = modifier && draft.held.get(modifier);
  if (!modifier || !held) return;
  draft.held.delete(modifier);
  if (!held.used && draft.held.size === 0) press(draft, step, modifier);
}

export const heldModifiers = (draft: Draft): Modifiers => draft.useHeld().flatMap((key) => modifiers.get(key) ?? []);
