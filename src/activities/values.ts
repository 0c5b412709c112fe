/** Templates filled in with a job's values; what is more than a name is evaluated in the blank page. */
import { parseTemplate, references, renderTemplate } from '../domain/bindings.ts';
import { isTrue } from '../domain/truth.ts';
import type { HostValue } from '../host/protocol.ts';
import type { Blank } from './blank.ts';
import { evaluateExpression } from './evaluate.ts';
import { secretTexts } from '../domain/secret-texts.ts';
import { StepFailure } from './step-failure.ts';

export type Values = {
  get(name: string): string | undefined;
  /** as expressions see it: data for a value that is JSON, else the text */
  data(name: string): unknown;
  set(value: HostValue): void;
  isSensitive(name: string): boolean;
  /** the texts that nobody may see */
  secrets(): string[];
};

/** @param know is told of the texts that nobody may see as soon as a value with such is set */
export function createValues(initial: readonly HostValue[], know: (secrets: string[]) => void = () => undefined): Values {
  const known = new Map(initial.map((value) => [value.name, value]));
  return {
    get: (name) => known.get(name)?.value,
    data: (name) => {
      const value = known.get(name);
      return value?.json ? (JSON.parse(value.value) as unknown) : value?.value;
    },
    set(value) {
      known.set(value.name, value);
      know(secretTexts([value]));
    },
    isSensitive: (name) => known.get(name)?.sensitive ?? false,
    secrets: () => secretTexts(known.values()),
  };
}

/** `missing`: what becomes of a name that has no value (yet); default: it fails the step */
export type Filling = { values: Values; blank: Blank; signal: AbortSignal; missing?: 'fails' | 'empty' };

/**
 * The template with names and expressions replaced by their values.
 * @throws StepFailure `value_missing` for an unknown name or an expression that throws
 */
export async function fillTemplate(template: string, filling: Filling): Promise<string> {
  const tokens = parseTemplate(template);
  const evaluated = new Map<string, string>();
  for (const token of tokens) {
    if (!('expression' in token) || evaluated.has(token.expression)) continue;
    evaluated.set(token.expression, await evaluate(token.expression, filling));
  }
  return renderTemplate(tokens, { value: (name) => valueOf(name, filling), evaluate: (source) => evaluated.get(source) ?? '' });
}

const plainName = /^\s*[A-Za-z_$][\w$]*\s*$/;
const words = new Set(['true', 'false', 'null', 'undefined', 'NaN', 'Infinity', 'this']);

/**
 * A text with braces is a template; without them it is one JavaScript expression.
 * @throws StepFailure as fillTemplate
 */
export async function fillExpression(text: string, filling: Filling): Promise<string> {
  if (text.includes('{{')) return fillTemplate(text, filling);
  return plainName.test(text) && !words.has(text.trim()) ? valueOf(text.trim(), filling) : evaluate(text, filling);
}

/** Whether a condition holds: see isTrue for what counts as false. @throws StepFailure as fillTemplate */
export const holds = async (condition: string, filling: Filling): Promise<boolean> => isTrue(await fillExpression(condition, filling));

function valueOf(name: string, { values, missing }: Filling): string {
  const value = values.get(name) ?? (missing === 'empty' ? '' : undefined);
  if (value === undefined) throw new StepFailure('value_missing', `There is no value named ${name}.`);
  return value;
}

/** Only what the expression names is handed to it. */
function evaluate(source: string, { values, blank, signal, missing }: Filling): Promise<string> {
  const used: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const name of references(`{{ ${source} }}`)) {
    const value = values.data(name);
    if (value === undefined) unknown.push(name);
    else used[name] = value;
  }
  return evaluateExpression({ source, values: used, empty: missing === 'empty' ? unknown : [], blank, signal });
}
