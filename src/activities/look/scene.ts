/** The target and its form as the page describes them, checked and bounded: the page may be hostile. */
import type { ElementHandle } from 'playwright';
import { z } from 'zod';
import { race, within } from '../race.ts';
import { StepFailure } from '../step-failure.ts';
import { essenceOf } from './guard.ts';
import { readTarget, type ReadLimits } from './read-target.ts';

const noFields = ['hidden', 'submit', 'button', 'reset', 'image'].map((type) => `[type=${type} i]`);
const fieldCss = `input:not(${noFields.join()}), select, textarea, [contenteditable=""], [contenteditable=true]`;
/** Texts are masked before they are cut to what is shown: until then they are long enough not to end in the middle of a secret. */
export const limits: ReadLimits = {
  fieldCss,
  fields: 40,
  scanned: 5_000,
  text: 1_000_000,
  total: 4_000_000,
  options: 500,
};
const readMs = 3_000;

const Text = z.string().transform((text) => text.slice(0, limits.text));
const Element = z.object({
  tag: Text,
  type: Text,
  role: Text,
  names: z.array(Text).max(20),
  value: Text,
  length: z.number(),
});
const Scene = z.object({
  connected: z.boolean(),
  target: Element.extend({ options: z.array(z.object({ value: Text, label: Text })).max(limits.options) }),
  fields: z.array(Element).max(limits.fields),
  more: z.object({ count: z.number(), values: Text }),
  leadsTo: Text,
  base: Text,
});
export type SceneElement = z.infer<typeof Element>;
/** `essence`: as the guard of the last moment compares it */
export type Scene = z.infer<typeof Scene> & { essence: string };

/**
 * @throws StepFailure `element_stale` when the page has removed the element, `timeout` when the page does not answer, `action_failed` when it answers nonsense;
 * the signal's reason
 */
export async function readScene(element: ElementHandle, signal: AbortSignal): Promise<Scene> {
  const answer = await race(within(readMs, element.evaluate(readTarget, limits).then(asScene, notRead)), signal);
  if (answer === undefined) throw new StepFailure('timeout', 'The page did not answer while it was looked at.');
  if (answer instanceof StepFailure) throw answer;
  if (!answer.connected) throw new StepFailure('element_stale', 'The page removed the element while it was looked at.');
  return answer;
}

function asScene(answer: unknown): Scene | StepFailure {
  const scene = Scene.safeParse(answer);
  return scene.success ? { ...scene.data, essence: essenceOf(scene.data) } : notRead();
}

function notRead(error?: unknown): StepFailure {
  if (error instanceof Error && /context was destroyed|Cannot find context|JSHandle is disposed/i.test(error.message))
    return new StepFailure('element_stale', 'The page was replaced while it was looked at.');
  return new StepFailure('action_failed', 'The page does not let the element and its form be read.');
}
