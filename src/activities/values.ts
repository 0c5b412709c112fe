/** Templates filled in with a job's values; what is more than a name is evaluated in the blank page. */
import { parseTemplate, references, renderTemplate } from '../domain/bindings.ts';
import type { HostValue } from '../host/protocol.ts';
import type { Blank } from './blank.ts';
import { evaluateExpression } from './evaluate.ts';
import { StepFailure } from './step-failure.ts';

export type Values = {
  get(name: string): string | undefined;
  set(value: HostValue): void;
  isSensitive(name: string): boolean;
  /** the values that nobody may see */
  secrets(): string[];
};

export function createValues(initial: readonly HostValue[]): Values {
  const known = new Map(initial.map((value) => [value.name, value]));
  return {
    get: (name) => known.get(name)?.value,
    set: (value) => void known.set(value.name, value),
    isSensitive: (name) => known.get(name)?.sensitive ?? false,
    secrets: () => [...known.values()].filter((v) => v.sensitive && v.value !== '').map((v) => v.value),
  };
}

export type Filling = { values: Values; blank: Blank; signal: AbortSignal };

/**
 * The template with names and expressions replaced by their values.
 * @throws StepFailure `value_missing` for an unknown name or an expression that throws
 */
export async function fillTemplate(template: string, { values, blank, signal }: Filling): Promise<string> {
  const tokens = parseTemplate(template);
  const evaluated = new Map<string, string>();
  for (const token of tokens) {
    if (!('expression' in token) || evaluated.has(token.expression)) continue;
    evaluated.set(
      token.expression,
      await evaluateExpression({ source: token.expression, values: usedIn(token.expression, values), blank, signal }),
    );
  }
  return renderTemplate(tokens, { value: (name) => required(name, values), evaluate: (source) => evaluated.get(source) ?? '' });
}

function required(name: string, values: Values): string {
  const value = values.get(name);
  if (value === undefined) throw new StepFailure('value_missing', `There is no value named ${name}.`);
  return value;
}

/** Only what the expression names is handed to it. */
function usedIn(expression: string, values: Values): Record<string, string> {
  const used: Record<string, string> = {};
  for (const name of references(`{{ ${expression} }}`)) {
    const value = values.get(name);
    if (value !== undefined) used[name] = value;
  }
  return used;
}
