/** Templates may only read what is known when they are used: declared variables, captures of earlier steps, and inside a loop its own variables. */
import { extractedName } from '../domain/bindings.ts';
import { figureName } from '../domain/figure-name.ts';
import { appendedBy, checkCollection, checkFigure, collectionsOf, type Filled } from './collection-rules.ts';
import { namesIn } from './condition-rules.ts';
import { isGlobal } from './javascript-globals.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { asList, asMap, asText, has, isMap, type RawMap } from './raw.ts';
import { checkCondition, checkDeep, checkExpression, checkFields, checkScript, checkText, Scope } from './scope.ts';
import { checkMapping, checkVariables } from './variable-rules.ts';
import { allSteps, bodiesOf, type Body } from './walk.ts';

/** `loops`: the variables of the loops around. */
type Context = { scope: Scope; collections: Filled; loops: ReadonlySet<string> };

/** The variable that an `aggregate` fills. */
const outputOf = (operation: RawMap): string | undefined =>
  asText(operation['outputVariable']) ?? figureName(asText(operation['collection']) ?? '', asText(operation['operation']) ?? '');

/** Names that a step gives a value to. */
function givenBy(step: RawMap): string[] {
  const captured = asList(step['captures']).map((capture) => asText(asMap(capture)['name']));
  const figures = asList(step['memoryOperations']).map((raw) => (asMap(raw)['type'] === 'aggregate' ? outputOf(asMap(raw)) : undefined));
  const extracted = asMap(step['action'])['type'] === 'extract' ? extractedName : undefined;
  return [...captured, ...figures, extracted].filter((name) => name !== undefined);
}

function loopNames(loop: RawMap): string[] {
  const item = has(loop, 'forEach') ? (asText(loop['itemVariable']) ?? 'item') : undefined;
  return [item, asText(loop['indexVariable']), asText(loop['counterVariable'])].filter((name) => name !== undefined);
}

function checkOperations(step: RawMap, path: Path, { scope, collections }: Context): void {
  asList(step['memoryOperations']).forEach((raw, index) => {
    const operation = asMap(raw);
    const at = [...path, 'memoryOperations', index];
    const collection = asText(operation['collection']);
    if (operation['type'] === 'append') {
      const source = asText(operation['source']);
      if (source !== undefined && !scope.has(source)) scope.mistakes.add([...at, 'source'], scope.unknownName(source));
      if (collection !== undefined) collections.filled.add(collection);
    } else if (operation['type'] === 'aggregate') {
      checkCollection(collection, [...at, 'collection'], collections);
      checkFigure(operation, at, collections);
      const name = outputOf(operation);
      if (name !== undefined) scope.learn(name);
    }
  });
}

/** The action itself, and what comes of it. */
function checkOwn(step: RawMap, path: Path, context: Context): void {
  const { scope, collections } = context;
  const action = asMap(step['action']);
  checkFields(action, [...path, 'action'], scope);
  if (action['type'] === 'export') checkCollection(action['exportCollection'], [...path, 'action', 'exportCollection'], collections);
  asList(step['captures']).forEach((raw, index) => {
    const capture = asMap(raw);
    const at = [...path, 'captures', index];
    if (capture['strategy'] === 'expression') checkExpression(capture['expression'], [...at, 'expression'], scope);
    else checkScript(capture['expression'], [...at, 'expression'], scope);
    const name = asText(capture['name']);
    if (name !== undefined) scope.learn(name);
  });
  checkOperations(step, path, context);
}

/** In the condition what the loop captures is known too: it is empty the first time. */
function checkWhile(step: RawMap, path: Path, { scope }: Context): void {
  const loop = asMap(step['loop']);
  const condition = asText(loop['condition']);
  if (condition === undefined || has(loop, 'forEach') || condition.trim() === '') return;
  const names = namesIn(condition);
  const endless = names.length === 0 && !has(loop, 'maxIterations');
  if (endless)
    return scope.mistakes.add(
      path,
      'never changes, so the loop has no end; let it read something that the loop captures, or set `maxIterations`',
    );
  const changing = [...allSteps({ steps: [step] }).flatMap(({ step: one }) => givenBy(one)), ...loopNames(loop)];
  const mark = scope.mark();
  for (const name of changing) scope.learn(name);
  checkCondition(condition, path, scope);
  scope.forget(mark);
  const canChange = names.some((name) => changing.includes(name) || isGlobal(name));
  if (!canChange && !has(loop, 'maxIterations'))
    scope.mistakes.add(
      path,
      'reads nothing that changes inside the loop, so the loop has no end; capture its value again in `steps`, or set `maxIterations`',
    );
}

function checkForEach(list: string, path: Path, { scope, collections }: Context): void {
  const text = list.trim();
  const collection = /^collection:\s*([^]*)$/.exec(text)?.[1];
  if (collection !== undefined) checkCollection(collection, path, collections);
  else if (text.includes('{{')) checkText(text, path, scope);
  else if (/^[A-Za-z_$][\w$]*$/.test(text) && !scope.has(text)) scope.mistakes.add(path, scope.unknownName(text));
}

function checkLoop(step: RawMap, path: Path, context: Context): void {
  const { scope, collections } = context;
  const loop = asMap(step['loop']);
  const at = [...path, 'loop'];
  for (const name of appendedBy(step)) if (has(loop, 'condition')) collections.filled.add(name);
  if (has(loop, 'forEach')) checkForEach(asText(loop['forEach']) ?? '', [...at, 'forEach'], context);
  checkWhile(step, [...at, 'condition'], context);
  for (const name of appendedBy(step)) collections.filled.add(name);
  const own = loopNames(loop);
  const added = new Set(own.filter((name) => !scope.has(name)));
  const shadowed = own.find((name) => context.loops.has(name));
  if (shadowed !== undefined)
    scope.mistakes.warn(
      at,
      `\`${shadowed}\` is also a variable of the loop around this one, and is overwritten here; give this loop a name of its own`,
    );
  const mark = scope.mark();
  for (const name of own) scope.learn(name);
  const inside: Context = { ...context, loops: new Set([...context.loops, ...own]) };
  checkBodies(step, path, inside);
  checkOwn(step, path, inside);
  for (const name of scope.forget(mark)) if (!added.has(name)) scope.learn(name);
}

function checkBodies(step: RawMap, path: Path, context: Context): void {
  const { scope } = context;
  const learned: string[] = [];
  for (const body of bodiesOf(step, path)) {
    const mark = scope.mark();
    checkList(body, context);
    learned.push(...scope.forget(mark));
  }
  for (const name of learned) scope.learn(name);
}

function checkBranches(step: RawMap, path: Path, context: Context): void {
  checkOwn(step, path, context);
  const variable = asText(asMap(step['branches'])['variable']);
  const at = [...path, 'branches', 'variable'];
  if (variable?.includes('{{')) checkText(variable, at, context.scope);
  else if (variable !== undefined && variable.trim() !== '' && !context.scope.has(variable.trim()))
    context.scope.mistakes.add(at, context.scope.unknownName(variable.trim()));
  checkBodies(step, path, context);
}

function checkStep(step: RawMap, path: Path, context: Context): void {
  const { scope } = context;
  checkCondition(step['when'], [...path, 'when'], scope);
  checkDeep(asMap(step['approval'])['message'], [...path, 'approval', 'message'], scope);
  checkDeep(asMap(step['dialog'])['text'], [...path, 'dialog', 'text'], scope);
  checkFields(asMap(step['probe']), [...path, 'probe'], scope);
  if (isMap(step['loop'])) return checkLoop(step, path, context);
  if (isMap(step['branches'])) return checkBranches(step, path, context);
  checkOwn(step, path, context);
  checkBodies(step, path, context);
}

function checkList({ steps, path }: Body, context: Context): void {
  steps.forEach((step, index) => checkStep(asMap(step), [...path, index], context));
}

function labels(root: RawMap): { capturedAt: Map<string, string>; loopVariables: Map<string, string> } {
  const capturedAt = new Map<string, string>();
  const loopVariables = new Map<string, string>();
  for (const { step, label } of allSteps(root)) {
    for (const name of givenBy(step)) if (!capturedAt.has(name)) capturedAt.set(name, label);
    for (const name of isMap(step['loop']) ? loopNames(step['loop']) : []) if (!loopVariables.has(name)) loopVariables.set(name, label);
  }
  return { capturedAt, loopVariables };
}

export function checkReferences(root: RawMap, mistakes: Mistakes): void {
  const scope = new Scope(mistakes, labels(root));
  scope.learn(extractedName);
  checkVariables(root, scope);
  checkMapping(root, mistakes);
  checkDeep(asMap(root['settings'])['baseUrl'], ['settings', 'baseUrl'], scope);
  checkDeep(asMap(root['metadata'])['startUrl'], ['metadata', 'startUrl'], scope);
  const collections: Filled = { known: collectionsOf(root), filled: new Set(), mistakes };
  checkList({ steps: asList(root['steps']), path: ['steps'] }, { scope, collections, loops: new Set() });
}
