import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MemoryOperation } from '../../src/contract/runbook.ts';
import { NotStored } from '../../src/artifacts/store.ts';
import { acquireBrowser } from '../../src/activities/acquire.ts';
import { parkBrowser } from '../../src/activities/control.ts';
import { decimalOf, textOf } from '../../src/activities/memory/decimal.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
let job: TestJob;
const invoices = [
  { no: 'R-1', amount: '€ 1,234.50', city: 'Köln, "Altstadt"' },
  { no: 'R-2', amount: '0.1', lines: [1, { a: 2 }] },
  { no: '=1+1', amount: 0.2 },
];
beforeAll(async () => {
  rig = await startRig();
  worker = await rig.startWorker();
  job = await openJob(rig, worker, [
    { name: 'invoices', value: JSON.stringify(invoices), sensitive: false },
    { name: 'words', value: 'just words', sensitive: false },
    { name: 'token', value: 'hunter2-secret', sensitive: true },
  ]);
});
afterAll(() => rig.close());

const memory = { action: { type: 'memory' } } as const;
const operate = (...memoryOperations: MemoryOperation[]) => job.done({ ...memory, memoryOperations });
const add = (collection: string, source: string) => operate({ type: 'append', collection, source });
const addRow = (collection: string, row: Record<string, string>) =>
  job.done({
    ...memory,
    captures: Object.entries(row).map(([name, text]) => ({ name, strategy: 'expression' as const, expression: JSON.stringify(text) })),
    memoryOperations: [{ type: 'append', collection }],
  });
const rowsOf = async (name: string) =>
  (await rig.client.call('collection', { jobId: job.jobId, epoch: worker.dependencies.epoch, name })).rows;
const figure = async (operation: Extract<MemoryOperation, { type: 'aggregate' }>['operation'], collection: string, field?: string) =>
  (await operate({ type: 'aggregate', collection, operation, field })).captures[0]?.value;

async function exported(action: { exportCollection: string; format?: 'csv' | 'json'; path?: string }) {
  const report = await job.done({ action: { type: 'export', ...action } });
  const [file] = report.files ?? [];
  const stored = (await rig.store.list(job.jobId)).find(({ id }) => id === file?.artifactId);
  return { file, text: readFileSync(stored?.path ?? '', 'utf8'), row: rig.rows.find(({ id }) => id === file?.artifactId) };
}

test('append adds the items of a list, an object as a row, a text, and the captures of the step', async () => {
  expect((await add('all', 'invoices')).appended).toEqual({ all: 3 });
  await add('all', 'words');
  await addRow('all', { no: 'R-9', amount: '5' });
  const extracted = await job.done({
    action: { type: 'extract', script: '[{ no: "X" }, { no: "Y" }]' },
    memoryOperations: [{ type: 'append', collection: 'all' }],
  });
  expect(extracted.appended).toEqual({ all: 2 });
  expect(await rowsOf('all')).toEqual([...invoices, 'just words', { no: 'R-9', amount: '5' }, { no: 'X' }, { no: 'Y' }]);
});

test('without anything to add, and for a source without a value, the step fails and adds nothing', async () => {
  const append = { type: 'append', collection: 'never' } as const;
  expect((await job.fails({ ...memory, memoryOperations: [append] })).error).toMatchObject({ code: 'value_missing' });
  const unknown = await job.fails({
    ...memory,
    memoryOperations: [
      { ...append, source: 'words' },
      { ...append, source: 'nobody' },
    ],
  });
  expect(unknown.error.message).toContain('nobody');
  expect(await rowsOf('never')).toEqual([]);
});

test('the seven figures, over a field and over plain items, seeing what the very step adds', async () => {
  await add('bills', 'invoices');
  expect(await figure('sum', 'bills', 'amount')).toBe('1234.8');
  expect(await figure('avg', 'bills', 'amount')).toBe('411.6');
  expect(await figure('min', 'bills', 'amount')).toBe('0.1');
  expect(await figure('max', 'bills', 'amount')).toBe('1234.5');
  expect(await figure('count', 'bills')).toBe('3');
  expect(await figure('count', 'bills', 'lines')).toBe('1');
  expect(await figure('concat', 'bills', 'no')).toBe('R-1, R-2, =1+1');
  expect(await figure('unique_count', 'bills', 'no')).toBe('3');
  const both = await operate(
    { type: 'append', collection: 'bills', source: 'invoices' },
    { type: 'aggregate', collection: 'bills', operation: 'count' },
    { type: 'aggregate', collection: 'bills', operation: 'unique_count', field: 'no', outputVariable: 'kinds' },
  );
  expect(both.captures).toEqual([
    { name: 'bills_count', value: '6' },
    { name: 'kinds', value: '3' },
  ]);
  expect(await job.done({ ...memory, when: 'bills_count === "6" && kinds == 3' })).toMatchObject({ outcome: 'done' });
});

test('of nothing, sums and counts are 0 and the others empty', async () => {
  const all = ['sum', 'count', 'unique_count', 'avg', 'min', 'max', 'concat'] as const;
  const values = [];
  for (const operation of all) values.push(await figure(operation, 'nothing', 'amount'));
  expect(values).toEqual(['0', '0', '0', '', '', '', '']);
});

test('what is no number is named with its row, a field that no row has with those there are', async () => {
  const sum = (collection: string, field?: string) =>
    job.fails({ ...memory, memoryOperations: [{ type: 'aggregate', collection, operation: 'sum', field }] });
  expect((await sum('all', 'no')).error.message).toMatch(/row 1 of all, field no, is no number: it is "R-1"/);
  expect((await sum('all')).error.message).toMatch(/row 1 of all is no number.*Say which field: no, amount, city/);
  expect((await sum('bills', 'total')).error.message).toMatch(/No row of bills has the field total. The first row has no, amount, city/);
  await addRow('gaps', { amount: '' });
  expect((await sum('gaps', 'amount')).error.message).toContain('it is empty');
});

test.each([
  ['1,234.50', '1234.5'],
  ['1.234,50 €', '1234.5'],
  ['USD 1,234', '1234'],
  ['12,5', '12.5'],
  ['1.234', '1.234'],
  ['1.234.567', '1234567'],
  ['1 234,5', '1234.5'],
  ["1'234.50", '1234.5'],
  ['(99.90)', '-99.9'],
  ['−5', '-5'],
  ['.5', '0.5'],
  [-1e-7, '-0.0000001'],
  [1e21, '1000000000000000000000'],
  ['12%', undefined],
  ['1,23,4', undefined],
  ['12.', undefined],
  ['--5', undefined],
  ['1e3', undefined],
  ['', undefined],
  [true, undefined],
])('%s is the number %s', (written, read) => {
  const decimal = decimalOf(written);
  expect(decimal && textOf(decimal)).toBe(read);
});

test('a CSV has every column, is quoted as RFC 4180 says, and holds no formulas', async () => {
  const { file, text, row } = await exported({ exportCollection: 'all' });
  expect(text).toBe(
    [
      'no,amount,city,lines,value',
      'R-1,"€ 1,234.50","Köln, ""Altstadt""",,',
      'R-2,0.1,,"[1,{""a"":2}]",',
      "'=1+1,0.2,,,",
      ',,,,just words',
      'R-9,5,,,',
      'X,,,,',
      'Y,,,,',
      '',
    ].join('\r\n'),
  );
  expect(file).toEqual({ artifactId: row?.id, kind: 'export', name: 'all.csv', bytes: Buffer.byteLength(text) });
  expect(row).toMatchObject({ kind: 'export', name: 'all.csv', type: 'text/csv', stepId: 'step' });
});

test('numbers stay numbers, anything else that a spreadsheet could run does not', async () => {
  const cells = ['-5', '+1,234.50', '-5+cmd|calc', '@SUM(A1)', '\tx', '＝1', 'a=b', ''];
  await job.done({ ...memory, captures: [{ name: 'cells', strategy: 'expression', expression: JSON.stringify(JSON.stringify(cells)) }] });
  await add('cells', 'cells');
  const { text } = await exported({ exportCollection: 'cells' });
  expect(text).toBe(['value', '-5', '"+1,234.50"', "'-5+cmd|calc", "'@SUM(A1)", "'\tx", "'＝1", 'a=b', '""', ''].join('\r\n'));
});

test('no end of line and nothing unseen before it makes a formula of a text', async () => {
  const ends = ['\r', '\n', '\v', '\f', '\u0085', '\u2028', '\u2029'].map((end) => `harmless${end}=1+1`);
  const before = ['  =1', '\u00a0@x', '\ufeff=1', '\u200b+a', '\0=1', '\v\u2028-a'];
  const cells = [...ends, ...before, ' -5', ' a=b'];
  await job.done({ ...memory, captures: [{ name: 'lines', strategy: 'expression', expression: JSON.stringify(JSON.stringify(cells)) }] });
  await add('lines', 'lines');
  const { text } = await exported({ exportCollection: 'lines' });
  const quoted = (cell: string): string => (/[\n\v\f\r\u0085\u2028\u2029]/.test(cell) ? `"${cell}"` : cell);
  const rows = [...ends.map(quoted), ...before.map((cell) => quoted(`'${cell}`)), ' -5', ' a=b'];
  expect(text).toBe(['value', ...rows, ''].join('\r\n'));
});

test('JSON holds the rows as they are; names are only names', async () => {
  const { file, text } = await exported({ exportCollection: 'bills', path: '../../etc/{{words}}.JSON' });
  expect(file?.name).toBe('just words.JSON');
  expect(JSON.parse(text)).toEqual([...invoices, ...invoices]);
  expect((await exported({ exportCollection: 'bills', format: 'json', path: 'C:\\tmp\\..' })).file?.name).toBe('bills.json');
  expect((await exported({ exportCollection: 'bills', path: '/a/' + 'b'.repeat(400) })).file?.name).toMatch(/^b{200}\.csv$/);
});

test('an empty collection gives a file without rows', async () => {
  expect((await exported({ exportCollection: 'nothing' })).text).toBe('');
  expect(JSON.parse((await exported({ exportCollection: 'nothing', format: 'json' })).text)).toEqual([]);
});

test('sensitive values are masked in files, also those that a later capture has replaced, and stay hidden in loops', async () => {
  await addRow('secrets', { user: 'Ada' });
  const capture = (expression: string) =>
    job.done({
      ...memory,
      captures: [{ name: 'login', strategy: 'expression', expression }],
      memoryOperations: [{ type: 'append', collection: 'secrets' }],
    });
  expect((await capture('{{token}} {{ "first" }}')).captures).toEqual([{ name: 'login', value: null }]);
  await capture('"harmless"');
  const csv = (await exported({ exportCollection: 'secrets' })).text;
  const json = (await exported({ exportCollection: 'secrets', format: 'json' })).text;
  expect(csv).toBe('user,login\r\nAda,\r\n,•••\r\n,•••\r\n');
  expect(json).not.toContain('first');
  expect(await figure('concat', 'secrets', 'login')).toBeNull();
});

test('what is appended is there once, also when the worker dies after it was done', async () => {
  const task = job.task({ ...memory, memoryOperations: [{ type: 'append', collection: 'once', source: 'words' }] }, { gen: job.gen() });
  await job.run(task);
  await job.run(task);
  expect(await rowsOf('once')).toEqual(['just words']);
});

test('a repeated attempt of an export replaces the file of the one before', async () => {
  const task = job.task({ action: { type: 'export', exportCollection: 'bills' } }, { gen: job.gen() });
  const { host } = worker.dependencies;
  const before = (await rig.store.list(job.jobId)).length;
  worker.dependencies.host = {
    call: (verb, body, signal) => (verb === 'done' ? Promise.reject(new Error('the worker dies')) : host.call(verb, body, signal)),
  };
  await expect(job.run(task)).rejects.toThrow('dies');
  worker.dependencies.host = host;
  expect((await rig.store.list(job.jobId)).length).toBe(before + 1);
  const { jobId } = job;
  await rig.client.call('interrupted', { jobId, instance: task.instance, epoch: worker.dependencies.epoch });
  const again = await job.run({ ...task, gen: task.gen + 1, dispatch: 10_000 });
  expect(again).toMatchObject({ outcome: 'done', files: [{ name: 'bills.csv' }] });
  expect((await rig.store.list(job.jobId)).length).toBe(before + 1);
});

test('collections and the list of a loop come back with a job that was parked', async () => {
  const parked = await openJob(rig, worker, [{ name: 'list', value: '["a","b"]', sensitive: false }]);
  await parked.visit('/forms');
  await parked.done({ ...memory, memoryOperations: [{ type: 'append', collection: 'kept', source: 'list' }] });
  const loop = { forEach: 'list', maxIterations: 9 };
  await parked.step({ ...memory, loop }, { decide: { iteration: 0 } });
  const { jobId } = parked;
  expect(await parkBrowser({ jobId, token: 1 }, worker)).toMatchObject({ outcome: 'taken' });
  rig.jobValues.set(jobId, { values: [], expressions: [] });
  await acquireBrowser({ jobId, restore: true }, new AbortController().signal, worker);
  const { epoch } = worker.dependencies;
  expect((await rig.client.call('collection', { jobId, epoch, name: 'kept' })).rows).toEqual(['a', 'b']);
  expect(await parked.step({ ...memory, loop }, { decide: { iteration: 1 } })).toMatchObject({
    decision: { go: 'in', label: 'b', total: 2 },
  });
});

test('a full disk fails the export with words for it, and keeps nothing', async () => {
  const full = await openJob(rig, worker);
  const { store } = worker.dependencies;
  const put = () => Promise.reject(new NotStored('no_space', 'no space left'));
  worker.dependencies.store = { ...store, put };
  const report = await full.fails({ action: { type: 'export', exportCollection: 'x' } });
  worker.dependencies.store = store;
  expect(report.error).toMatchObject({
    code: 'action_failed',
    message: 'The file x.csv could not be stored: the disk is full. Nothing of it was kept.',
    hint: expect.stringMatching(/^Make room on the disk/),
  });
  expect(rig.rows.filter(({ jobId, kind }) => jobId === full.jobId && kind === 'export')).toEqual([]);
});
