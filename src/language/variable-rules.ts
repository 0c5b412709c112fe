/** The variables that are computed before the first step, and the columns of the data row. */
import { identifiers, parseTemplate } from '../domain/bindings.ts';
import { nearest } from './fields.ts';
import type { Mistakes } from './mistakes.ts';
import { asMap, asText, type RawMap } from './raw.ts';
import { checkExpression, type Scope } from './scope.ts';

type Expression = { name: string; expression: string; reads: string[] };

function readNames(expression: string): string[] {
  if (!expression.includes('{{')) return identifiers(expression);
  return parseTemplate(expression).flatMap((token) =>
    'name' in token ? [token.name] : 'expression' in token ? identifiers(token.expression) : [],
  );
}

function expressionsOf(root: RawMap): Expression[] {
  return Object.entries(asMap(root['variables'])).flatMap(([name, raw]) => {
    const variable = asMap(raw);
    if (variable['source'] !== 'expression') return [];
    const expression = asText(variable['expression']);
    if (expression === undefined) return [];
    return [{ name, expression, reads: readNames(expression) }];
  });
}

/** The first circle that begins at each variable, as `a → b → a`; every variable is visited once. */
function circles(expressions: readonly Expression[]): Map<string, string[]> {
  const reads = new Map(expressions.map((e) => [e.name, e.reads]));
  const found = new Map<string, string[]>();
  const done = new Set<string>();
  for (const { name } of expressions) {
    const open: { name: string; next: number }[] = [{ name, next: 0 }];
    const on = new Set([name]);
    while (open.length > 0 && !done.has(name)) {
      const top = open[open.length - 1] as { name: string; next: number };
      const target = (reads.get(top.name) ?? [])[top.next];
      top.next += 1;
      if (target === undefined) {
        done.add(top.name);
        on.delete(top.name);
        open.pop();
      } else if (on.has(target)) {
        const names = open.map((o) => o.name);
        found.set(target, [...names.slice(names.indexOf(target)), target]);
      } else if (reads.has(target) && !done.has(target)) {
        open.push({ name: target, next: 0 });
        on.add(target);
      }
    }
  }
  return found;
}

const told = (circle: readonly string[]): string =>
  (circle.length > 8 ? [...circle.slice(0, 7), '…', circle.at(-1) ?? ''] : circle).map((name) => `\`${name.slice(0, 40)}\``).join(' → ');

/** Expression variables are evaluated in their order before the first step: each may read those above it and all that are no expressions. */
export function checkVariables(root: RawMap, scope: Scope): void {
  const expressions = expressionsOf(root);
  const later = new Set(expressions.map(({ name }) => name));
  for (const name of Object.keys(asMap(root['variables']))) if (!later.has(name)) scope.learn(name);
  const found = circles(expressions);
  const inCircle = new Set([...found.values()].flat());
  for (const [name, circle] of found)
    scope.mistakes.add(['variables', name, 'expression'], `is computed from itself: ${told(circle)}; break the circle`);
  for (const { name, expression, reads } of expressions) {
    const at = ['variables', name, 'expression'];
    const below = reads.find((other) => later.has(other) && other !== name);
    if (inCircle.has(name)) scope.learn(name);
    else if (below !== undefined) scope.mistakes.add(at, `reads \`${below}\`, which is computed after it; move \`${below}\` above`);
    else checkExpression(expression, at, scope);
    later.delete(name);
    scope.learn(name);
  }
}

/** `dataSource.mapping`: variable → column. */
export function checkMapping(root: RawMap, mistakes: Mistakes): void {
  const variables = asMap(root['variables']);
  const names = Object.keys(variables);
  for (const name of Object.keys(asMap(asMap(root['dataSource'])['mapping']))) {
    const path = ['dataSource', 'mapping', name];
    const source = Object.hasOwn(variables, name) ? asText(asMap(variables[name])['source']) : undefined;
    if (!Object.hasOwn(variables, name)) {
      const meant = mistakes.isFull ? undefined : nearest(name, names);
      const remedy = meant === undefined ? 'declare it in `variables` with `source: data`' : `did you mean \`${meant}\`?`;
      mistakes.add(path, `\`${name.slice(0, 80)}\` is not a variable; ${remedy}`, 'key');
    } else if (source !== undefined && source !== 'data')
      mistakes.warn(path, `\`${name}\` has the source \`${source}\`, so its column is not read; write \`source: data\` to read it`, 'key');
  }
}
