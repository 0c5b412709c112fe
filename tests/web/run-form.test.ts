import { describe, expect, test } from 'vitest';
import { Runbook } from '../../src/contract/runbook.ts';
import { rowsOf, valuesFrom } from '../../web/src/components/runbook/data-row.ts';
import { askedBy, askingInWords, bodyOf, fieldAt, missingIn } from '../../web/src/components/runbook/run-form.ts';
import { isRecording } from '../../web/src/components/runbook/source/recording.ts';
import { readImport } from '../../web/src/composables/read-import.ts';

const step = (id: string, more: object = {}) => ({ id, ordinal: 0, description: `Do ${id}`, action: { type: 'memory' }, ...more });
const runbookOf = (steps: object[], variables: object = {}) =>
  Runbook.parse({ title: 'T', settings: {}, steps, variables, dataSource: { mapping: { supplier: 'Supplier name' } } });
const runbook = runbookOf([step('a')], {
  month: { source: 'prompt' },
  region: { source: 'context', description: 'Where they are' },
  supplier: { source: 'data' },
  iban: { source: 'data', sensitive: true },
  note: { source: 'prompt', required: false },
  budget: { source: 'fixed', value: '1' },
});
const source = 'variables: \n  note: x\n  month: x\n  region: x\n  supplier: x\n  iban: x\n  budget: x\n';
const asked = askedBy({ variables: runbook.variables, source, runbook });

test('prompt and context are asked for in the order of the text, columns by themselves, the rest is told', () => {
  expect(asked.fields.map((field) => field.name)).toEqual(['note', 'month', 'region']);
  expect(asked.row.map((field) => [field.name, field.column])).toEqual([
    ['supplier', 'Supplier name'],
    ['iban', 'iban'],
  ]);
  expect(asked.told.map((variable) => variable.name)).toEqual(['budget']);
  expect(asked.fields[2]?.description).toMatch(/^Where they are\. .*give the value$/);
});

test('each value goes where its source is read, and what is sensitive to the secrets', () => {
  const values = { note: '', month: '2026-11', region: 'EU', supplier: 'Harbour', iban: 'DE00' };
  expect(bodyOf(asked, values)).toEqual({
    inputs: { month: '2026-11', region: 'EU' },
    secrets: { iban: 'DE00' },
    data: { 'Supplier name': 'Harbour' },
  });
  expect(bodyOf(asked, {})).toEqual({ inputs: undefined, secrets: undefined, data: undefined });
});

test('what is needed and has no value is named', () => {
  expect(missingIn(asked, { month: '1', supplier: 'x' })).toEqual(['region', 'iban']);
});

test('a refusal finds its field by the path that the server names', () => {
  const nameAt = (path: string) => fieldAt(asked, path)?.name;
  expect([nameAt('inputs.month'), nameAt('secrets.iban'), nameAt('data.Supplier name'), nameAt('month')]).toEqual([
    'month',
    'iban',
    'supplier',
    'month',
  ]);
  expect([nameAt('data.supplier'), nameAt('steps'), nameAt('')]).toEqual([undefined, undefined, undefined]);
});

test('the form says beforehand when a person will be asked', () => {
  const words = (steps: object[]) => askingInWords(runbookOf(steps).steps);
  const asks = step('pay', { requiresConfirmation: true });
  expect(words([step('a')])).toBeUndefined();
  expect(words([step('a'), asks])).toBe('Will ask once, before “Do pay”');
  expect(words([step('each', { loop: { forEach: 'x' }, steps: [asks] })])).toBe('Will ask before “Do pay”, each time round');
  expect(words([asks, step('b', { branches: { variable: 'x', cases: [{ match: 'y', steps: [{ ...asks, id: 'c' }] }] } })])).toBe(
    'Will ask before 2 steps, first before “Do pay”',
  );
});

describe('a row of data', () => {
  test('out of CSV with quotes, line breaks in cells and empty cells', () => {
    expect(rowsOf('a,b,c\r\n1,"x, ""y""\nz",\r\n\r\n2,,3\r\n')).toEqual([
      { a: '1', b: 'x, "y"\nz', c: '' },
      { a: '2', b: '', c: '3' },
    ]);
  });
  test('out of what a sheet puts on the clipboard, and out of CSV with semicolons', () => {
    expect(rowsOf('Supplier name\tAmount\nHarbour\t1,5\n')).toEqual([{ 'Supplier name': 'Harbour', Amount: '1,5' }]);
    expect(rowsOf('\uFEFFa;b\n1;2')).toEqual([{ a: '1', b: '2' }]);
  });
  test('out of JSON, one object or many', () => {
    expect(rowsOf('{"a": 1, "b": null, "c": [1]}')).toEqual([{ a: '1', b: '', c: '[1]' }]);
    expect(rowsOf('[{"a": true}, 3, {"a": "x"}]')).toEqual([{ a: 'true' }, { a: 'x' }]);
  });
  test('text that is no table has no rows', () => {
    expect(rowsOf('')).toEqual([]);
    expect(rowsOf('one line, with a comma')).toEqual([]);
    expect(rowsOf('{ broken')).toEqual([]);
  });
  test('a column is found by its name, by its case last', () => {
    const fields = [{ name: 'supplier', column: 'Supplier name' }, { name: 'amount' }];
    expect(valuesFrom({ 'supplier NAME': 'Harbour', amount: '2', other: '3' }, fields)).toEqual({ supplier: 'Harbour', amount: '2' });
  });
  test('quotes that are never closed end in time', () => {
    const began = performance.now();
    rowsOf(`a,b\n"${'x"",'.repeat(50_000)}`);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('imports', () => {
  const file = (name: string, text: string, size = text.length) => ({ name, size, text: () => Promise.resolve(text) });
  test('a recording is told from other JSON', () => {
    expect(isRecording('{"title": "x", "steps": [{"type": "navigate"}]}')).toBe(true);
    expect(isRecording('{"title": "x", "steps": [{"action": {"type": "navigate"}}]}')).toBe(false);
    expect(isRecording('{"steps": [null]}')).toBe(false);
    expect(isRecording('{"steps": [}')).toBe(false);
    expect(isRecording('title: x')).toBe(false);
  });
  test('what cannot be imported is refused with its reason', async () => {
    expect(await readImport(file('a.png', 'x'))).toMatchObject({ error: expect.stringContaining('neither') });
    expect(await readImport(file('a.json', 'x', 600 * 1024))).toMatchObject({ error: expect.stringContaining('600 KiB') });
    expect(await readImport(file('a.yaml', ' \n'))).toMatchObject({ error: expect.stringContaining('empty') });
    expect(await readImport(file('a.txt', 'a\u0000b'))).toMatchObject({ error: expect.stringContaining('not a text') });
    expect(await readImport({ name: 'a.yml', size: 1, text: () => Promise.reject(new Error('gone')) })).toMatchObject({
      error: expect.stringContaining('could not be read'),
    });
    expect(await readImport(file('A.JSON', '{}'))).toEqual({ text: '{}' });
  });
});
