import { expect, test } from 'vitest';
import { Runbook } from '../../src/contract/runbook.ts';
import { resolveInputs, type InputSources } from '../../src/domain/resolve-inputs.ts';

const runbook = (variables: object, mapping?: object): Runbook =>
  Runbook.parse({
    title: 'A',
    settings: {},
    steps: [{ id: 'a', ordinal: 0, description: '', action: { type: 'scroll' } }],
    variables,
    ...(mapping && { dataSource: { mapping } }),
  });
const resolve = (variables: object, { mapping, ...sources }: Partial<InputSources> & { mapping?: object } = {}) =>
  resolveInputs({ runbook: runbook(variables, mapping), env: {}, envAllow: [], ...sources });

test('each source gives its value; sensitive ones are not shown', () => {
  const resolved = resolve(
    {
      asked: { source: 'prompt' },
      hidden: { source: 'prompt', sensitive: true },
      fixed: { source: 'fixed', value: 'f' },
      home: { source: 'env', envKey: 'HOME' },
      now: { source: 'expression', expression: '{{ Date.now() }}' },
      bare: { source: 'expression', expression: 'asked.length', required: false, sensitive: true },
    },
    { inputs: { asked: 'a', hidden: 'h' }, env: { HOME: '/home' }, envAllow: ['HOME'] },
  );
  expect(resolved.mistakes).toEqual([]);
  expect(resolved.values).toEqual([
    { name: 'asked', value: 'a', sensitive: false },
    { name: 'hidden', value: 'h', sensitive: true },
    { name: 'fixed', value: 'f', sensitive: false },
    { name: 'home', value: '/home', sensitive: false },
  ]);
  expect(resolved.shown).toEqual([
    { name: 'asked', value: 'a' },
    { name: 'hidden', value: null },
    { name: 'fixed', value: 'f' },
    { name: 'home', value: '/home' },
  ]);
  expect(resolved.expressions).toEqual([
    { name: 'now', expression: '{{ Date.now() }}', sensitive: false, required: true },
    { name: 'bare', expression: '{{ asked.length }}', sensitive: true, required: false },
  ]);
});

test('a secret wins over every source and is sensitive', () => {
  const variables = {
    asked: { source: 'prompt' },
    fixed: { source: 'fixed', value: 'f' },
    home: { source: 'env', envKey: 'HOME' },
    now: { source: 'expression', expression: '{{ 1 }}' },
  };
  const secrets = { asked: 's1', fixed: 's2', home: 's3', now: 's4' };
  const resolved = resolve(variables, { inputs: { asked: 'a' }, secrets, env: { HOME: '/home' }, envAllow: ['HOME'] });
  expect(resolved.values.map((v) => [v.value, v.sensitive])).toEqual([
    ['s1', true],
    ['s2', true],
    ['s3', true],
    ['s4', true],
  ]);
  expect(resolved.shown.every((s) => s.value === null)).toBe(true);
  expect(resolved).toMatchObject({ expressions: [], mistakes: [] });
});

test('the environment is read only where the operator allows it', () => {
  const { mistakes, values } = resolve({ token: { source: 'env', envKey: 'TOKEN' } }, { env: { TOKEN: 'x' }, envAllow: ['OTHER'] });
  expect(values).toEqual([]);
  expect(mistakes).toEqual([
    { path: 'variables.token', message: expect.stringMatching(/TOKEN is not among those.*UNDERSTUDY_ENV_ALLOW/) as string },
  ]);
});

test('an optional variable without a value is the empty string', () => {
  const resolved = resolve({ a: { source: 'prompt', required: false }, b: { source: 'env', envKey: 'B', required: false } });
  expect(resolved.mistakes).toEqual([]);
  expect(resolved.values.map((v) => v.value)).toEqual(['', '']);
});

test('everything that is wrong is said at once, with a remedy', () => {
  const { mistakes } = resolve(
    {
      invoice: { source: 'prompt', description: 'Which one' },
      fixed: { source: 'fixed', value: 'f' },
      home: { source: 'env', envKey: 'HOME' },
      n: { source: 'prompt' },
    },
    { inputs: { invoce: '1', fixed: 'x', n: 3, invoice: '' }, secrets: { nobody: 's' }, envAllow: ['HOME'] },
  );
  expect(mistakes.map((m) => `${m.path}: ${m.message}`)).toEqual([
    'inputs.invoce: the runbook has no variable `invoce`; it has: `invoice`, `fixed`, `home`, `n`',
    'inputs.fixed: `fixed` comes from `fixed`; `inputs` may only set `prompt`, `context` and `data` variables, `secrets` may set any',
    'inputs.n: must be text',
    'secrets.nobody: the runbook has no variable `nobody`; it has: `invoice`, `fixed`, `home`, `n`',
    'variables.invoice: `invoice` (Which one) has no value: give it in `inputs` (or in `secrets` when nobody may see it)',
    'variables.home: `home` has no value: set the environment variable HOME where the server runs, or give it in `secrets`',
    'variables.n: `n` has no value: give it in `inputs` (or in `secrets` when nobody may see it)',
  ]);
});

test('names of Object.prototype are names like others', () => {
  expect(resolve({}, { inputs: { toString: 'x' } }).mistakes).toHaveLength(1);
  expect(resolve({ toString: { source: 'prompt' } }).mistakes).toHaveLength(1);
});

test('a data variable reads the column that the mapping names, or the one of its own name; cells become text', () => {
  const variables = {
    customer: { source: 'data' },
    amount: { source: 'data' },
    paid: { source: 'data' },
    note: { source: 'data', required: false },
    card: { source: 'data', sensitive: true },
  };
  const data = { 'Customer name': 'Ama', amount: 12.5, paid: false, note: null, card: '4111', 'Another column': 'x' };
  const { shown, mistakes } = resolve(variables, { data, mapping: { customer: 'Customer name' } });
  expect(mistakes).toEqual([]);
  expect(shown).toEqual([
    { name: 'customer', value: 'Ama' },
    { name: 'amount', value: '12.5' },
    { name: 'paid', value: 'false' },
    { name: 'note', value: '' },
    { name: 'card', value: null },
  ]);
});

test('the row wins over every source of a variable that the mapping names, and loses to a secret', () => {
  const variables = {
    asked: { source: 'prompt' },
    told: { source: 'context' },
    fixed: { source: 'fixed', value: 'f' },
    home: { source: 'env', envKey: 'HOME' },
    now: { source: 'expression', expression: '{{ 1 }}' },
    token: { source: 'data' },
  };
  const mapping = Object.fromEntries(Object.keys(variables).map((name) => [name, `c-${name}`]));
  const data = Object.fromEntries(Object.keys(variables).map((name) => [`c-${name}`, `row ${name}`]));
  const given = { mapping, inputs: { asked: 'a', told: 't' }, secrets: { token: 's' }, env: { HOME: '/home' }, envAllow: ['HOME'] };
  const { values, expressions, mistakes } = resolve(variables, { ...given, data });
  expect(mistakes).toEqual([]);
  expect(values.map(({ value }) => value)).toEqual(['row asked', 'row told', 'row fixed', 'row home', 'row now', 's']);
  expect(expressions).toEqual([]);
  const without = resolve(variables, given);
  expect(without.values.map(({ value }) => value)).toEqual(['a', 't', 'f', '/home', 's']);
  expect(without.expressions).toHaveLength(1);
});

test('without a mapping the row of data leaves the variables alone that are not of source data', () => {
  const { shown, mistakes } = resolve(
    { fixed: { source: 'fixed', value: 'f' }, row: { source: 'data' } },
    { data: { row: 1, fixed: 'x' } },
  );
  expect(shown).toEqual([
    { name: 'fixed', value: 'f' },
    { name: 'row', value: '1' },
  ]);
  expect(mistakes).toEqual([{ path: 'data.fixed', message: 'no variable reads the column `fixed`; columns that are read: `row`' }]);
});

test('a missing column is named, and context variables are asked of the person who starts the job', () => {
  const variables = { customer: { source: 'data', description: 'Who pays' }, region: { source: 'context' } };
  const { mistakes } = resolve(variables, { data: { other: 1 }, mapping: { customer: 'Customer name' } });
  expect(mistakes.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'variables.customer: `customer` (Who pays) has no value: give the column `Customer name` in `data` (one row), or give it in `inputs` or `secrets`',
    'variables.region: `region` has no value: no AI reads the context here: give it in `inputs`',
  ]);
  expect(resolve(variables, { inputs: { customer: 'Ama', region: 'north' } }).shown).toEqual([
    { name: 'customer', value: 'Ama' },
    { name: 'region', value: 'north' },
  ]);
});
