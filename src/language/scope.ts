/** Which names have a value at a place of the runbook, and what is said about those that have none. */
import { identifiers, parseTemplate } from '../domain/bindings.ts';
import { readsPage } from './condition-rules.ts';
import { nearest } from './fields.ts';
import { isGlobal } from './javascript-globals.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { isMap, type RawMap } from './raw.ts';

const literals: ReadonlySet<string> = new Set(['true', 'false', 'null', 'undefined']);

/** Comparing names is the costliest thing here. */
const enoughSuggestions = 100;

/** Words that bind names of their own; then, and with regular expressions or template literals, nothing is said about names. */
const bindsNames = /=>|`|\/|\b(?:function|let|const|var|class|catch)\b/;

/** `capturedAt` and `loopVariables`: name → label of the step, for the whole runbook. */
export class Scope {
  readonly mistakes: Mistakes;
  private readonly names = new Set<string>();
  private readonly trail: string[] = [];
  private readonly capturedAt: ReadonlyMap<string, string>;
  private readonly loopVariables: ReadonlyMap<string, string>;

  constructor(mistakes: Mistakes, labels: { capturedAt: ReadonlyMap<string, string>; loopVariables: ReadonlyMap<string, string> }) {
    this.mistakes = mistakes;
    this.capturedAt = labels.capturedAt;
    this.loopVariables = labels.loopVariables;
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  learn(name: string): void {
    if (this.names.has(name)) return;
    this.names.add(name);
    this.trail.push(name);
  }

  mark(): number {
    return this.trail.length;
  }

  /** Forgets what was learned since `mark`, and gives it. */
  forget(mark: number): string[] {
    const names = this.trail.splice(mark);
    for (const name of names) this.names.delete(name);
    return names;
  }

  unknownName(name: string): string {
    if (literals.has(name)) return `\`{{${name}}}\` reads a variable of that name; write \`${name}\` without braces`;
    const step = this.capturedAt.get(name);
    if (step !== undefined) return `\`${name}\` has no value yet here; it is captured by step ${step}, so use it in a later step`;
    const loop = this.loopVariables.get(name);
    if (loop !== undefined) return `\`${name}\` is known only inside the loop of step ${loop}; capture its value there under another name`;
    const meant = this.mistakes.count < enoughSuggestions ? nearest(name, [...this.names]) : undefined;
    const remedy = meant === undefined ? 'declare it in `variables` or capture it in an earlier step' : `did you mean \`${meant}\`?`;
    return `\`{{${name.slice(0, 80)}}}\` is not a variable; ${remedy}`;
  }
}

function unknownInExpression(expression: string, scope: Scope): string | undefined {
  if (expression === '') return '`{{ }}` is empty; write a name or remove it';
  if (bindsNames.test(expression)) return undefined;
  const keys = objectKeys(expression);
  const name = identifiers(expression).find((n) => !scope.has(n) && !isGlobal(n) && !keys.has(n));
  return name === undefined ? undefined : scope.unknownName(name);
}

/** `{name: 1}`; the middle of `a ? b : c` too, which only means that nothing is said about it. */
function objectKeys(expression: string): Set<string> {
  if (!expression.includes('{')) return new Set();
  return new Set([...expression.matchAll(/(?<![\w$])([A-Za-z_$][\w$]*)\s*:/g)].map((match) => match[1] ?? ''));
}

export function checkText(text: string, path: Path, scope: Scope): void {
  if (!text.includes('{{')) return;
  for (const token of parseTemplate(text)) {
    if (scope.mistakes.isFull) return;
    if ('text' in token) {
      if (token.text.includes('{{')) scope.mistakes.add(path, 'a `{{` is never closed; add `}}`');
    } else if ('name' in token) {
      if (!scope.has(token.name)) scope.mistakes.add(path, scope.unknownName(token.name));
    } else {
      const message = unknownInExpression(token.expression, scope);
      if (message) scope.mistakes.add(path, message);
    }
  }
}

/** Every text in a value, however deep. */
export function checkDeep(value: unknown, path: Path, scope: Scope): void {
  if (typeof value === 'string') checkText(value, path, scope);
  else if (Array.isArray(value)) value.forEach((item, index) => checkDeep(item, [...path, index], scope));
  else if (isMap(value)) for (const [key, item] of Object.entries(value)) checkDeep(item, [...path, key], scope);
}

/** In JavaScript only `{{name}}` is a template; anything more is an object in a block, and then the whole script is left as it is. */
export function checkScript(script: unknown, path: Path, scope: Scope): void {
  if (typeof script === 'string' && script.includes('{{') && parseTemplate(script).every((token) => !('expression' in token)))
    checkText(script, path, scope);
}

/** A template, or one JavaScript expression without braces. */
export function checkExpression(text: unknown, path: Path, scope: Scope): void {
  if (typeof text === 'string') checkText(text.includes('{{') ? text : `{{ ${text} }}`, path, scope);
}

const blankPage =
  'reads `document`, `window` or `location`, which are of a blank page here, not of the page that the job works on; capture the value with `evaluate` in a step before, or use a check with `script`';

export function checkCondition(text: unknown, path: Path, scope: Scope): void {
  if (typeof text !== 'string' || text.trim() === '') return;
  checkExpression(text, path, scope);
  if (readsPage(text)) scope.mistakes.warn(path, blankPage);
}

/** Where scripts and conditions stand in an action or a check; every other text is a template. */
export function checkFields(owner: RawMap, path: Path, scope: Scope): void {
  for (const [field, value] of Object.entries(owner)) {
    if (field === 'script') checkScript(value, [...path, field], scope);
    else if (field === 'condition') checkCondition(value, [...path, field], scope);
    else if (field !== 'type') checkDeep(value, [...path, field], scope);
  }
}
