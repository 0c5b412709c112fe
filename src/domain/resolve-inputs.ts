/** The values that a job starts with: from secrets, the environment, expressions, the runbook and the person who starts it. */
import type { InputValue } from '../contract/job.ts';
import type { Runbook, Variable } from '../contract/runbook.ts';

export type ResolvedValue = { name: string; value: string; sensitive: boolean };
/** `expression` is a template, evaluated in order after a browser is there. */
export type PendingExpression = { name: string; expression: string; sensitive: boolean; required: boolean };
export type InputMistake = { path: string; message: string };

export type ResolvedInputs = {
  values: ResolvedValue[];
  expressions: PendingExpression[];
  /** what may be shown: null for sensitive values; expression variables are absent, nobody knows them yet */
  shown: InputValue[];
  /** a job with mistakes must not start */
  mistakes: InputMistake[];
};

export type InputSources = {
  runbook: Runbook;
  /** values for `prompt` variables */
  inputs?: Readonly<Record<string, unknown>>;
  /** values for any variable, whatever its source; always sensitive */
  secrets?: Readonly<Record<string, unknown>>;
  env: Readonly<Record<string, string | undefined>>;
  /** the names of `env` that runbooks may read */
  envAllow: readonly string[];
};

const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record && Object.hasOwn(record, name) ? record[name] : undefined;

const listed = (names: string[]): string => (names.length === 0 ? 'none' : names.map((n) => `\`${n}\``).join(', '));

const remedies: Record<Variable['source'], (variable: Variable) => string> = {
  prompt: () => 'give it in `inputs` (or in `secrets` when nobody may see it)',
  fixed: () => 'give it a `value` in the runbook, or give it in `secrets`',
  data: () => 'give its column in `data` (one row), or give it in `secrets`',
  context: () => 'no AI reads the context here: give it in `inputs`',
  env: (v) => `set the environment variable ${v.envKey ?? '(its envKey)'} where the server runs, or give it in \`secrets\``,
  expression: () => 'give it an `expression` in the runbook, or give it in `secrets`',
};

function checkGiven(given: Readonly<Record<string, unknown>> | undefined, field: 'inputs' | 'secrets', runbook: Runbook): InputMistake[] {
  const known = Object.keys(runbook.variables);
  return Object.entries(given ?? {}).flatMap(([name, value]) => {
    const path = `${field}.${name}`;
    const variable = own(runbook.variables, name);
    if (!variable) return [{ path, message: `the runbook has no variable \`${name}\`; it has: ${listed(known)}` }];
    if (typeof value !== 'string') return [{ path, message: 'must be text' }];
    if (field === 'inputs' && variable.source !== 'prompt') {
      return [
        {
          path,
          message: `\`${name}\` comes from \`${variable.source}\`; \`inputs\` may only set \`prompt\` variables, \`secrets\` may set any`,
        },
      ];
    }
    return [];
  });
}

function envValue(variable: Variable, sources: InputSources): string | undefined {
  const key = variable.envKey;
  return key !== undefined && sources.envAllow.includes(key) ? own(sources.env, key) : undefined;
}

function refusedEnv(name: string, variable: Variable, sources: InputSources): InputMistake | undefined {
  const key = variable.envKey ?? '';
  if (variable.source !== 'env' || sources.envAllow.includes(key)) return undefined;
  return {
    path: `variables.${name}`,
    message: `the environment variable ${key} is not among those that runbooks may read; the operator can add it to UNDERSTUDY_ENV_ALLOW`,
  };
}

/** The value by the variable's own source. Empty text from a person or the environment counts as no value. */
function declaredValue(name: string, variable: Variable, sources: InputSources): string | undefined {
  if (variable.source === 'fixed') return variable.value;
  const given = variable.source === 'env' ? envValue(variable, sources) : own(sources.inputs, name);
  return typeof given === 'string' && given !== '' ? given : undefined;
}

/** JavaScript may be written without the braces. */
const asTemplate = (expression: string): string => (expression.includes('{{') ? expression : `{{ ${expression} }}`);

function resolveOne(
  name: string,
  variable: Variable,
  sources: InputSources,
): Partial<{ value: ResolvedValue; expression: PendingExpression; mistake: InputMistake }> {
  const secret = own(sources.secrets, name);
  if (typeof secret === 'string' && secret !== '') return { value: { name, value: secret, sensitive: true } };
  const sensitive = variable.sensitive;
  if (variable.source === 'expression' && variable.expression !== undefined) {
    return { expression: { name, expression: asTemplate(variable.expression), sensitive, required: variable.required } };
  }
  const value = declaredValue(name, variable, sources);
  if (value !== undefined) return { value: { name, value, sensitive } };
  if (!variable.required) return { value: { name, value: '', sensitive } };
  const described = variable.description ? ` (${variable.description})` : '';
  const message = `\`${name}\`${described} has no value: ${remedies[variable.source](variable)}`;
  return { mistake: refusedEnv(name, variable, sources) ?? { path: `variables.${name}`, message } };
}

/**
 * First match wins: secrets, env, expression, fixed, prompt. Never throws: what is wrong is in `mistakes`, all of it. An optional
 * variable without a value is the empty string.
 */
export function resolveInputs(sources: InputSources): ResolvedInputs {
  const { runbook, inputs, secrets } = sources;
  const resolved: ResolvedInputs = {
    values: [],
    expressions: [],
    shown: [],
    mistakes: [...checkGiven(inputs, 'inputs', runbook), ...checkGiven(secrets, 'secrets', runbook)],
  };
  for (const [name, variable] of Object.entries(runbook.variables)) {
    const { value, expression, mistake } = resolveOne(name, variable, sources);
    if (mistake) resolved.mistakes.push(mistake);
    if (expression) resolved.expressions.push(expression);
    if (!value) continue;
    resolved.values.push(value);
    resolved.shown.push({ name, value: value.sensitive ? null : value.value });
  }
  return resolved;
}
