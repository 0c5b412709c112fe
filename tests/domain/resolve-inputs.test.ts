import { expect, test } from 'vitest';
import { Runbook } from '../../src/contract/runbook.ts';
import { resolveInputs, type InputSources } from '../../src/domain/resolve-inputs.ts';

const runbook = (variables: object): Runbook =>
  Runbook.parse({ title: 'A', settings: {}, steps: [{ id: 'a', ordinal: 0, description: '', action: { type: 'scroll' } }], variables });
const resolve = (variables: object, sources: Partial<InputSources> = {}) =>
  resolveInputs({ runbook: runbook(variables), env: {}, envAllow: [], ...sources });

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
    'inputs.fixed: `fixed` comes from `fixed`; `inputs` may only set `prompt` variables, `secrets` may set any',
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
