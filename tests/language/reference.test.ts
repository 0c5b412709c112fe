import Ajv from 'ajv/dist/2020.js';
import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Action, Selector } from '../../src/contract/action.ts';
import { StepErrorCode } from '../../src/contract/error.ts';
import { Capture, Loop, MemoryOperation, Runbook, Settings, Step, StepApproval, Variable } from '../../src/contract/runbook.ts';
import { runbookJsonSchema } from '../../src/language/json-schema.ts';
import { parseRunbook } from '../../src/language/parse-runbook.ts';

const reference = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const blocks = [...reference.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
const whole = blocks.map((block) => (block.startsWith('- ') ? `title: Part\nsteps:\n${block.replace(/^/gm, '  ')}` : block));
const parsed = whole.map((source) => parseRunbook(source));
const accepts = new Ajv.Ajv2020({ strict: false }).compile(runbookJsonSchema());

test.each(whole.map((source, index) => [source.split('\n').slice(0, 3).join(' '), index] as const))(
  'the example %s has no mistakes, and editors accept it',
  (_start, index) => {
    const { errors, kind, translation } = parsed[index] as (typeof parsed)[number];
    expect(errors).toEqual([]);
    expect(accepts(parse(kind === 'short' ? (translation ?? '') : (whole[index] ?? ''))), JSON.stringify(accepts.errors)).toBe(true);
  },
);

test.each(readdirSync(new URL('../../examples/runbooks/', import.meta.url)))('editors accept the example %s', (name) => {
  const source = readFileSync(new URL(`../../examples/runbooks/${name}`, import.meta.url), 'utf8');
  expect(accepts(parse(source)), JSON.stringify(accepts.errors)).toBe(true);
});

/** Every `key` and `key: value` of the examples. */
const said = new Set<string>();
function collect(value: unknown, place: string): void {
  if (Array.isArray(value)) for (const item of value) collect(item, place);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) {
      const owner = place === 'action' ? `action ${String((value as { type?: unknown }).type)}` : place;
      said.add(`${owner}.${key}`);
      if (typeof item === 'string') said.add(`${owner}.${key}=${item}`);
      collect(item, key);
    }
}
for (const { runbook } of parsed) collect(runbook, 'runbook');
for (const source of whole) collect(parse(source), 'runbook');

const fieldsOf = (place: string, schema: { shape: object }): string[] => Object.keys(schema.shape).map((field) => `${place}.${field}`);
const wanted = [
  ...fieldsOf('runbook', Runbook),
  ...fieldsOf('settings', Settings),
  ...fieldsOf('steps', Step),
  ...fieldsOf('approval', StepApproval),
  ...fieldsOf('captures', Capture),
  ...fieldsOf('loop', Loop),
  ...fieldsOf('selector', Selector),
  ...Object.keys(Variable.shape).map((field) => `variable.${field}`),
  ...Action.options.flatMap((option) => fieldsOf(`action ${option.shape.type.value}`, option)),
  ...MemoryOperation.options.flatMap((option) => fieldsOf('memoryOperations', option)),
  ...Capture.shape.strategy.options.map((name) => `captures.strategy=${name}`),
  ...MemoryOperation.options[1].shape.operation.options.map((name) => `memoryOperations.operation=${name}`),
  ...Variable.shape.source.options.map((name) => `variable.source=${name}`),
];
const variables = parsed.flatMap(({ runbook }) => Object.values(runbook?.variables ?? {}));
for (const variable of variables)
  for (const [key, value] of Object.entries(variable)) said.add(`variable.${key}`).add(`variable.${key}=${String(value)}`);

test('there is an example of everything that the language has', () => {
  expect(wanted.filter((one) => !said.has(one))).toEqual([]);
});

test('every error code is explained', () => {
  expect(StepErrorCode.options.filter((code) => !reference.includes(`\`${code}\``))).toEqual([]);
});

test('help stands in the JSON Schema at every depth', () => {
  const schema = JSON.stringify(runbookJsonSchema());
  expect(schema).toContain('"description":"What the step does, in words; filled in when missing"');
  expect(schema).toContain('"$ref":"#/$defs/');
});
