/** Templates may only read what is known when they are used: declared variables, and captures of earlier steps. */
import { extractedName, identifiers, parseTemplate } from '../domain/bindings.ts';
import { nearest } from './fields.ts';
import { isGlobal } from './javascript-globals.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { asList, asMap, asText, has, isMap, type RawMap } from './raw.ts';

type Scope = { known: Set<string>; capturedAt: Map<string, number>; mistakes: Mistakes };

/** Comparing names is the costliest thing here. */
const enoughSuggestions = 100;

/** Words that bind names of their own; then, and with regular expressions or template literals, nothing is said about names. */
const bindsNames = /=>|`|\/|\b(?:function|let|const|var|class|catch)\b/;

function unknownName(name: string, scope: Scope): string {
  const step = scope.capturedAt.get(name);
  if (step !== undefined) return `\`${name}\` has no value yet here; it is captured by step ${step + 1}, so use it in a later step`;
  const meant = scope.mistakes.count < enoughSuggestions ? nearest(name, [...scope.known]) : undefined;
  const remedy = meant === undefined ? 'declare it in `variables` or capture it in an earlier step' : `did you mean \`${meant}\`?`;
  return `\`{{${name.slice(0, 80)}}}\` is not a variable; ${remedy}`;
}

function unknownInExpression(expression: string, scope: Scope): string | undefined {
  if (expression === '') return '`{{ }}` is empty; write a name or remove it';
  if (bindsNames.test(expression)) return undefined;
  const keys = objectKeys(expression);
  const name = identifiers(expression).find((n) => !scope.known.has(n) && !isGlobal(n) && !keys.has(n));
  return name === undefined ? undefined : unknownName(name, scope);
}

/** `{name: 1}`; the middle of `a ? b : c` too, which only means that nothing is said about it. */
function objectKeys(expression: string): Set<string> {
  if (!expression.includes('{')) return new Set();
  return new Set([...expression.matchAll(/(?<![\w$])([A-Za-z_$][\w$]*)\s*:/g)].map((match) => match[1] ?? ''));
}

function checkText(text: string, path: Path, scope: Scope): void {
  if (!text.includes('{{')) return;
  for (const token of parseTemplate(text)) {
    if (scope.mistakes.isFull) return;
    if ('text' in token) {
      if (token.text.includes('{{')) scope.mistakes.add(path, 'a `{{` is never closed; add `}}`');
    } else if ('name' in token) {
      if (!scope.known.has(token.name)) scope.mistakes.add(path, unknownName(token.name, scope));
    } else {
      const message = unknownInExpression(token.expression, scope);
      if (message) scope.mistakes.add(path, message);
    }
  }
}

/** Every text in a value, however deep. */
function checkDeep(value: unknown, path: Path, scope: Scope): void {
  if (typeof value === 'string') checkText(value, path, scope);
  else if (isMap(value)) for (const [key, item] of Object.entries(value)) checkDeep(item, [...path, key], scope);
}

/** In JavaScript only `{{name}}` is a template; anything more is an object in a block, and then the whole script is left as it is. */
function checkScript(script: unknown, path: Path, scope: Scope): void {
  if (typeof script === 'string' && script.includes('{{') && parseTemplate(script).every((token) => !('expression' in token)))
    checkText(script, path, scope);
}

function checkAction(action: RawMap, path: Path, scope: Scope): void {
  for (const [field, value] of Object.entries(action)) {
    if (field === 'script') checkScript(value, [...path, field], scope);
    else if (field !== 'type') checkDeep(value, [...path, field], scope);
  }
}

/** A template, or one JavaScript expression without braces. */
function checkTemplateExpression(owner: RawMap, path: Path, scope: Scope): void {
  const expression = asText(owner['expression']);
  if (expression !== undefined) checkText(expression.includes('{{') ? expression : `{{ ${expression} }}`, [...path, 'expression'], scope);
}

/** Expression variables are evaluated in their order before the first step: each may read those above it and all that are no expressions. */
function checkVariables(root: RawMap, scope: Scope): void {
  const variables = Object.entries(asMap(root['variables'])).map(([name, v]) => ({ name, variable: asMap(v) }));
  const isExpression = (v: RawMap): boolean => v['source'] === 'expression';
  for (const { name, variable } of variables) if (!isExpression(variable)) scope.known.add(name);
  for (const { name, variable } of variables.filter((v) => isExpression(v.variable))) {
    checkTemplateExpression(variable, ['variables', name], scope);
    scope.known.add(name);
  }
}

function checkStep(step: RawMap, path: Path, scope: Scope): void {
  if (isMap(step['action'])) checkAction(step['action'], [...path, 'action'], scope);
  checkDeep(asMap(step['approval'])['message'], [...path, 'approval', 'message'], scope);
  asList(step['captures']).forEach((raw, index) => {
    const capture = asMap(raw);
    const at = [...path, 'captures', index];
    if (capture['strategy'] === 'expression') checkTemplateExpression(capture, at, scope);
    else checkScript(capture['expression'], [...at, 'expression'], scope);
    const name = asText(capture['name']);
    if (name !== undefined) scope.known.add(name);
  });
}

function captures(steps: readonly unknown[]): Map<string, number> {
  const at = new Map<string, number>();
  steps.forEach((step, index) => {
    for (const capture of asList(asMap(step)['captures'])) {
      const name = asText(asMap(capture)['name']);
      if (name !== undefined && !at.has(name)) at.set(name, index);
    }
  });
  return at;
}

export function checkReferences(root: RawMap, mistakes: Mistakes): void {
  const steps = asList(root['steps']);
  const scope: Scope = { known: new Set([extractedName]), capturedAt: captures(steps), mistakes };
  checkVariables(root, scope);
  const settings = asMap(root['settings']);
  if (has(settings, 'baseUrl')) checkDeep(settings['baseUrl'], ['settings', 'baseUrl'], scope);
  const metadata = asMap(root['metadata']);
  if (has(metadata, 'startUrl')) checkDeep(metadata['startUrl'], ['metadata', 'startUrl'], scope);
  steps.forEach((step, index) => checkStep(asMap(step), ['steps', index], scope));
}
