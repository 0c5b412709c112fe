/** What the run form asks for, and what becomes of the answers. */
import type { RunbookDetail } from '../../../../src/contract/library.ts';
import type { Step, Variable } from '../../../../src/contract/runbook.ts';
import type { StartJobBody } from '../../../../src/contract/start.ts';
import { optionsOf, type Chosen } from '../evidence/evidence-options.ts';
import { inOrderOfSource } from './variable-order.ts';

export type FormVariable = Variable & { name: string };
/** `needed`: it cannot start without. `column`: of the data row. */
export type Field = {
  name: string;
  description: string;
  sensitive: boolean;
  needed: boolean;
  placeholder: string | undefined;
  column?: string;
};
export type Asked = { fields: Field[]; row: Field[]; told: FormVariable[] };
type Given = Pick<RunbookDetail, 'variables' | 'source' | 'runbook'>;

const noAi = 'No AI reads it here: give the value';

/** Fields in the order of the text; those of the data row by themselves. What is worked out, fixed or read is only told. */
export function askedBy({ variables, source, runbook }: Given): Asked {
  const ordered = inOrderOfSource(Object.keys(variables), source).flatMap((name): FormVariable[] => {
    const variable = variables[name];
    return variable ? [{ ...variable, name }] : [];
  });
  const mapping = runbook.dataSource?.mapping ?? {};
  const fields = ordered.filter((v) => v.source === 'prompt' || v.source === 'context').map((v) => fieldOf(v));
  const row = ordered.filter((v) => v.source === 'data').map((v) => fieldOf(v, mapping[v.name] ?? v.name));
  return { fields, row, told: ordered.filter((v) => ['fixed', 'env', 'expression'].includes(v.source)) };
}

function fieldOf(v: FormVariable, column?: string): Field {
  const hints = [
    v.description,
    v.source === 'context' ? noAi : undefined,
    column === undefined || column === v.name ? undefined : `Column “${column}”`,
  ];
  return {
    ...{
      name: v.name,
      sensitive: v.sensitive,
      needed: v.required && v.value === undefined,
      placeholder: v.sensitive ? undefined : v.value,
    },
    description: hints.filter(Boolean).join('. '),
    ...(column === undefined ? {} : { column }),
  };
}

const entries = <T>(list: readonly (readonly [string, T])[]): Record<string, T> | undefined =>
  list.length > 0 ? Object.fromEntries(list) : undefined;

/** What is sensitive goes to the vault wherever it comes from: secrets win over every source. */
export function bodyOf(
  { fields, row }: Asked,
  values: Readonly<Record<string, string | undefined>>,
): Pick<StartJobBody, 'inputs' | 'secrets' | 'data'> {
  const given = [...fields, ...row].flatMap((field) => {
    const value = values[field.name];
    return value ? [{ field, value }] : [];
  });
  const plain = given.filter(({ field }) => !field.sensitive);
  return {
    inputs: entries(plain.filter(({ field }) => field.column === undefined).map(({ field, value }) => [field.name, value])),
    secrets: entries(given.filter(({ field }) => field.sensitive).map(({ field, value }) => [field.name, value])),
    data: entries(plain.flatMap(({ field, value }) => (field.column === undefined ? [] : [[field.column, value] as const]))),
  };
}

/** Nothing when all is as it is by default. */
export function evidenceIn(chosen: Chosen, can: { video: boolean }): Pick<StartJobBody, 'options'> {
  const options = optionsOf(chosen, can);
  return Object.keys(options).length > 0 ? { options } : {};
}

/** Names of the fields that need a value and have none. */
export const missingIn = ({ fields, row }: Asked, values: Readonly<Record<string, string | undefined>>): string[] =>
  [...fields, ...row].filter((field) => field.needed && !values[field.name]).map((field) => field.name);

/** `inputs.month`, `data.Month` and `month` all mean the field of `month`. */
export function fieldAt({ fields, row }: Asked, path: string): Field | undefined {
  const [first = '', ...rest] = path.split('.');
  if (first === 'data') return row.find((field) => field.column === rest.join('.'));
  const name = ['inputs', 'secrets'].includes(first) ? rest.join('.') : path;
  return [...fields, ...row].find((field) => field.name === name);
}

type Asking = { description: string; repeated: boolean };

function askingSteps(steps: readonly Step[], repeated = false): Asking[] {
  return steps.flatMap((step) => {
    const own = step.requiresConfirmation ? [{ description: step.description || step.id, repeated }] : [];
    const again = repeated || step.loop !== undefined;
    const cases = [...(step.branches?.cases ?? []).flatMap((one) => one.steps), ...(step.branches?.default ?? [])];
    return [...own, ...askingSteps(step.steps ?? [], again), ...askingSteps(cases, repeated)];
  });
}

/** "Will ask once, before “Pay”"; undefined when nobody is asked. */
export function askingInWords(steps: readonly Step[]): string | undefined {
  const [first, ...others] = askingSteps(steps);
  if (!first) return undefined;
  if (others.length > 0) return `Will ask before ${others.length + 1} steps, first before “${first.description}”`;
  return first.repeated ? `Will ask before “${first.description}”, each time round` : `Will ask once, before “${first.description}”`;
}
