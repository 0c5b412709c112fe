/** The values that a job starts with: from secrets, a row of data, the environment, expressions, the runbook and the person who starts it. */
import type { InputValue } from '../contract/job.ts';
import type { Runbook, Variable } from '../contract/runbook.ts';

export type ResolvedValue = { name: string; value: string; sensitive: boolean };
/** `expression` is a template, evaluated in order after a browser is there. */
export type PendingExpression = { name: string; expression: string; sensitive: boolean; required: boolean };
export type DataRow = Readonly<Record<string, string | number | boolean | null>>;
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
  /** values for variables that `isGiven` */
  inputs?: Readonly<Record<string, unknown>>;
  /** a row, by column */
  data?: DataRow;
  /** values for any variable, whatever its source; always sensitive */
  secrets?: Readonly<Record<string, unknown>>;
  env: Readonly<Record<string, string | undefined>>;
  /** the names of `env` that runbooks may read */
  envAllow: readonly string[];
};

const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record && Object.hasOwn(record, name) ? record[name] : undefined;

const listed = (names: string[]): string => (names.length === 0 ? 'none' : names.map((n) => `\`${n}\``).join(', '));

type Declared = Pick<Runbook, 'dataSource'>;

/** The column that the variable reads; undefined when no row can give it a value. */
export function columnOf(name: string, { source }: Pick<Variable, 'source'>, { dataSource }: Declared): string | undefined {
  return own(dataSource?.mapping, name) ?? (source === 'data' ? name : undefined);
}

/** A person may set it in `inputs`: nothing else gives it a value, or a row of data may. */
export const isGiven = (name: string, variable: Pick<Variable, 'source'>, runbook: Declared): boolean =>
  variable.source === 'prompt' || variable.source === 'context' || columnOf(name, variable, runbook) !== undefined;

const columnRemedy = (column: string): string =>
  `give the column \`${column}\` in \`data\` (one row), or give it in \`inputs\` or \`secrets\``;

const remedies: Record<Exclude<Variable['source'], 'data'>, (variable: Variable) => string> = {
  prompt: () => 'give it in `inputs` (or in `secrets` when nobody may see it)',
  fixed: () => 'give it a `value` in the runbook, or give it in `secrets`',
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
    if (field === 'secrets' || isGiven(name, variable, runbook)) return [];
    const may = '`inputs` may only set `prompt`, `context` and `data` variables, `secrets` may set any';
    return [{ path, message: `\`${name}\` comes from \`${variable.source}\`; ${may}` }];
  });
}

/** With a mapping the row may come from a bigger table; without one, a column that nothing reads is a slip of the pen. */
function checkRow({ runbook, data = {} }: InputSources): InputMistake[] {
  if (runbook.dataSource) return [];
  const columns = Object.entries(runbook.variables).flatMap(([name, variable]) => columnOf(name, variable, runbook) ?? []);
  return Object.keys(data)
    .filter((column) => !columns.includes(column))
    .map((column) => ({
      path: `data.${column}`,
      message: `no variable reads the column \`${column}\`; columns that are read: ${listed(columns)}`,
    }));
}

/** As text; empty cells are no value. */
function cellOf(name: string, variable: Variable, { runbook, data }: InputSources): string | undefined {
  const column = columnOf(name, variable, runbook);
  const cell = column === undefined ? undefined : own(data, column);
  return cell === undefined || cell === null || cell === '' ? undefined : String(cell);
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

/** The value by the row of data, by a person, or by the variable's own source. Empty text from a person or the environment counts as no value. */
function declaredValue(name: string, variable: Variable, sources: InputSources): string | undefined {
  const cell = cellOf(name, variable, sources);
  if (cell !== undefined) return cell;
  const given = isGiven(name, variable, sources.runbook) ? own(sources.inputs, name) : undefined;
  if (typeof given === 'string' && given !== '') return given;
  if (variable.source === 'fixed') return variable.value;
  const fromEnv = variable.source === 'env' ? envValue(variable, sources) : undefined;
  return fromEnv === '' ? undefined : fromEnv;
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
  const { sensitive, required } = variable;
  const value = declaredValue(name, variable, sources);
  if (value !== undefined) return { value: { name, value, sensitive } };
  if (variable.source === 'expression' && variable.expression !== undefined) {
    return { expression: { name, expression: asTemplate(variable.expression), sensitive, required } };
  }
  return required ? { mistake: missing(name, variable, sources) } : { value: { name, value: '', sensitive } };
}

function missing(name: string, variable: Variable, sources: InputSources): InputMistake {
  const described = variable.description ? ` (${variable.description})` : '';
  const { source } = variable;
  const column = columnOf(name, variable, sources.runbook);
  const remedy = source === 'data' || column !== undefined ? columnRemedy(column ?? name) : remedies[source](variable);
  const message = `\`${name}\`${described} has no value: ${remedy}`;
  return refusedEnv(name, variable, sources) ?? { path: `variables.${name}`, message };
}

/**
 * First match wins: secrets, the row of data, then the variable's own source. Never throws: what is wrong is in `mistakes`, all of it. An optional
 * variable without a value is the empty string.
 */
export function resolveInputs(sources: InputSources): ResolvedInputs {
  const { runbook, inputs, secrets } = sources;
  const resolved: ResolvedInputs = {
    values: [],
    expressions: [],
    shown: [],
    mistakes: [...checkGiven(inputs, 'inputs', runbook), ...checkGiven(secrets, 'secrets', runbook), ...checkRow(sources)],
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
