/** Which names, collections and files a step reads, and which it gives. */
import type { Check } from '../contract/action.ts';
import type { PlannedStep } from '../contract/step-task.ts';
import { identifiers, parseTemplate, references } from './bindings.ts';
import { figureName } from './figure-name.ts';

/** In JavaScript only `{{name}}` is a template; a script with anything more is left as it is, and reads nothing. */
const readByScript = (script = ''): string[] => (parseTemplate(script).some((token) => 'expression' in token) ? [] : references(script));

/** A template, or one expression without braces. */
const readByExpression = (text = ''): string[] => (text.includes('{{') ? references(text) : identifiers(text));

function readDeep(value: unknown): string[] {
  if (typeof value === 'string') return references(value);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(readDeep) : [];
}

function readByFields({ script, condition, ...fields }: Pick<Check, 'script' | 'condition'> & object): string[] {
  return [...readByScript(script), ...readByExpression(condition), ...readDeep(fields)];
}

export function readByCapture({ strategy, expression = '' }: PlannedStep['captures'][number]): string[] {
  if (strategy === 'evaluate') return readByScript(expression);
  return strategy === 'expression' ? readByExpression(expression) : [];
}

const plainName = /^[A-Za-z_$][\w$]*$/;

function readByContainer({ loop, branches }: PlannedStep): string[] {
  const variable = branches?.variable.trim() ?? '';
  const forEach = loop?.forEach?.trim() ?? '';
  const byName = (text: string): string[] => (plainName.test(text) ? [text] : references(text));
  return [...readByExpression(loop?.condition), ...byName(forEach), ...byName(variable)];
}

/** Names that must have a value before the step runs; what its captures read is told by `readByCapture`. */
export function readByStep(step: PlannedStep): string[] {
  const { action, approval, when, probe, dialog, memoryOperations = [] } = step;
  const { type: _type, ...fields } = action;
  const own = new Set(step.captures.map(({ name }) => name));
  const sources = memoryOperations.flatMap((one) =>
    one.type === 'append' && one.source !== undefined && !own.has(one.source) ? [one.source] : [],
  );
  return [
    ...readByExpression(when),
    ...readByContainer(step),
    ...readByFields(fields),
    ...readDeep(approval?.message),
    ...readByFields(probe ?? {}),
    ...readDeep(dialog),
    ...sources,
  ];
}

const listed = /^collection:(.+)$/;

export function collectionsReadBy({ action, loop, memoryOperations = [] }: PlannedStep): string[] {
  const looped = listed.exec(loop?.forEach?.trim() ?? '')?.[1]?.trim();
  return [
    ...(action.type === 'export' ? [action.exportCollection] : []),
    ...(looped === undefined ? [] : [looped]),
    ...memoryOperations.flatMap((one) => (one.type === 'aggregate' ? [one.collection] : [])),
  ];
}

/** Only names that are written out. */
export function filesReadBy({ action }: PlannedStep): string[] {
  return action.type === 'upload' ? [action.file ?? []].flat().filter((file) => !file.includes('{{')) : [];
}

export const filledBy = ({ memoryOperations = [] }: PlannedStep): string[] =>
  memoryOperations.flatMap((one) => (one.type === 'append' ? [one.collection] : []));

/** By its captures and the figures about collections. */
export function namesGivenBy({ captures, memoryOperations = [] }: Pick<PlannedStep, 'captures' | 'memoryOperations'>): string[] {
  const figures = memoryOperations.flatMap((one) =>
    one.type === 'aggregate' ? [one.outputVariable ?? figureName(one.collection, one.operation)] : [],
  );
  return [...captures.map(({ name }) => name), ...figures];
}

const defaultItem = 'item';

/** Variables that a loop sets for every iteration. */
export function loopVariables({ loop }: PlannedStep): string[] {
  if (!loop) return [];
  const { forEach, itemVariable = forEach === undefined ? undefined : defaultItem, indexVariable, counterVariable } = loop;
  return [itemVariable, indexVariable, counterVariable].filter((name) => name !== undefined);
}
