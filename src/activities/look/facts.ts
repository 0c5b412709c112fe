/** What is true of a step and its page at one moment, uncut and unmasked. Never leaves this process but as a keyed digest, or masked. */
import type { PlannedStep } from '../../contract/step-task.ts';
import { extractedName } from '../../domain/bindings.ts';
import type { HostValue } from '../../host/protocol.ts';
import type { Resolved } from './resolved.ts';
import type { Scene, SceneElement } from './scene.ts';
import { isTick, kindOf, nameOf, quote, sentenceOf, type Said } from './words.ts';

export type Facts = {
  step: PlannedStep;
  url: string;
  /** the address of the frame that the element is in; absent: the page itself */
  frame?: string;
  /** null: the step has no element, or it is not there */
  scene: Scene | null;
  resolved: Resolved[];
  /** what the runbook calls the element */
  wanted: Resolved | undefined;
  job: HostValue[];
};

/** Of the job's values those that people know. */
export const jobValues = (values: readonly HostValue[]): HostValue[] => values.filter(({ name }) => name !== extractedName);

/** How a text is told: as it is, or masked. */
export type Telling = { text: (text: string) => string; resolved: (value: Resolved) => string; isHidden: (value: Resolved) => boolean };
export const plainly: Telling = { text: (text) => text, resolved: ({ value }) => value, isHidden: () => false };

export function tellTarget({ scene }: Facts, { text }: Telling): string | null {
  if (!scene) return null;
  const name = text(nameOf(scene.target));
  return name === '' ? kindOf(scene.target) : `${kindOf(scene.target)} ${quote(name)}`;
}

export function tellSentence(facts: Facts, telling: Telling): string {
  const { scene, resolved, step } = facts;
  const find = (name: string): Resolved | undefined => resolved.find((value) => value.name === name);
  const said: Said = {
    target: targetPart(facts, telling),
    isTick: scene !== null && isTick(scene.target),
    option: optionOf(facts, telling),
    value: (name) => telled(find(name), telling),
    isHidden: (name) => {
      const value = find(name);
      return value !== undefined && (telling.isHidden(value) || intoPassword(facts, value));
    },
  };
  return sentenceOf(step.action, said);
}

const telled = (value: Resolved | undefined, telling: Telling): string => (value ? telling.resolved(value) : '');
/** What is typed into a password's field is hidden by the page; it is told nowhere, even when the runbook does not call it sensitive. */
export const intoPassword = ({ scene }: Facts, { name }: Resolved): boolean =>
  name === 'value' && scene !== null && isPassword(scene.target);

/**
 * Where the target's link or form leads, without what sites change with every visit: query, fragment and path parameters. '' when the page does not say.
 */
export function destinationOf({ scene }: Pick<Facts, 'scene'>): string {
  const { leadsTo = '', base } = scene ?? {};
  if (leadsTo === '' || !URL.canParse(leadsTo, base)) return leadsTo;
  const { protocol, origin, pathname } = new URL(leadsTo, base);
  return `${origin === 'null' ? protocol : origin}${pathname.replace(/;[^/]*/g, '')}`;
}

function targetPart({ scene, wanted }: Facts, telling: Telling): string {
  const name = scene ? telling.text(nameOf(scene.target)) : telled(wanted, telling);
  return name !== '' ? quote(name) : scene ? `the ${kindOf(scene.target).toLowerCase()}` : 'an element';
}

/** People know options by their text. */
function optionOf({ scene, step, resolved }: Facts, { text }: Telling): string | undefined {
  if (step.action.type !== 'select' || step.action.value === undefined) return undefined;
  const value = resolved.find(({ name }) => name === 'value')?.value;
  const option = scene?.target.options.find((one) => one.value === value);
  return option && text(option.label);
}

export const isPassword = ({ type }: Pick<SceneElement, 'type'>): boolean => type === 'password';
