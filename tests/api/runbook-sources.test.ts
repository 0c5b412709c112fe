import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Validation } from '../../src/contract/library.ts';
import type { RunbookDetail } from '../../src/contract/library.ts';
import type { JobDetail } from '../../src/contract/job.ts';
import type { ExecutionReport } from '../../src/contract/report.ts';
import { routes } from '../../src/contract/routes.ts';
import { findJobOrigin } from '../../src/db/job-origins.ts';
import { loadJobValues } from '../../src/db/job-values.ts';
import { openApiBench, yaml, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
beforeAll(async () => {
  bench = await openApiBench({ workers: false });
});
afterAll(() => bench.close());

const recording = readFileSync(new URL('../recording/recordings/log-in.json', import.meta.url), 'utf8');
const short = `name: Look it up
url: https://shop.example/
variables:
  - {name: word, source: prompt}
steps:
  - {action: input, selector: "#q", value: "{{ word }}"}
  - {action: click, selector: "#go"}
`;
const post = <T = Record<string, unknown>>(path: string, body: object) => bench.send<T>('POST', path, body);
const validate = async (source: string): Promise<Validation> => {
  const { status, body } = await post('/api/runbooks/validate', { source });
  expect(status).toBe(200);
  return Validation.parse(body);
};

test('validation tells what a text is, what it becomes, and its steps there', async () => {
  expect(await validate(yaml('one'))).toMatchObject({ kind: 'runbook', translation: null, errors: [] });
  const recorded = await validate(recording);
  expect(recorded).toMatchObject({ kind: 'recording', title: 'Pay an invoice', errors: [], variables: { password: { sensitive: true } } });
  const lines = recorded.translation?.split('\n') ?? [];
  for (const { line, description } of recorded.steps) expect(lines[line - 1]).toContain(description);
  const translated = await validate(short);
  expect(translated).toMatchObject({ kind: 'short', errors: [], title: 'Look it up' });
  expect(await validate(translated.translation ?? '')).toMatchObject({ kind: 'runbook', errors: [], title: 'Look it up' });
});

test('the mistakes of a recording stand at their lines', async () => {
  const wrong = recording.replace('"doubleClick"', '"click"').replace('"keyUp"', '"keyOver"');
  const line = wrong.slice(0, wrong.indexOf('keyOver')).split('\n').length;
  expect(await validate(wrong)).toMatchObject({
    kind: 'recording',
    translation: null,
    errors: [{ line, path: 'steps[2].type', message: '`keyOver` is not a step of a recording' }],
  });
  expect(await post('/api/runbooks', { source: wrong })).toMatchObject({
    status: 422,
    body: { code: 'invalid_runbook', errors: [{ line }] },
  });
});

test('a recording is stored as the runbook that it becomes; the short dialect as it was written', async () => {
  const made = await post<RunbookDetail>('/api/runbooks', { source: recording });
  expect(made).toMatchObject({ status: 201, body: { id: 'pay-an-invoice', steps: 9 } });
  expect(made.body.source).toMatch(/^# Made of a recording/);
  expect(await bench.send('PUT', '/api/runbooks/pay-an-invoice', { source: recording })).toMatchObject({
    status: 200,
    body: { version: 1 },
  });
  const written = await post<RunbookDetail>('/api/runbooks', { source: short });
  expect(written).toMatchObject({ status: 201, body: { id: 'look-it-up', source: short } });
});

test('a recording is started as a job, and what is kept for another attempt is its runbook', async () => {
  const started = await post<JobDetail>('/api/jobs', { runbook: recording, secrets: { password: 'p' } });
  expect(started).toMatchObject({ status: 201, body: { title: 'Pay an invoice', counts: { total: 10 } } });
  const sealed = (await findJobOrigin(bench.deps.database.db, started.body.id))?.sealedSource;
  expect(sealed && bench.deps.vault.open(sealed)).toMatch(/^# Made of a recording/);
  expect(await post('/api/jobs', { runbook: recording })).toMatchObject({ status: 422, body: { code: 'missing_inputs' } });
});

const rows = `title: One customer
variables:
  customer: {source: data}
  amount: {source: data}
  region: {source: context}
dataSource: {mapping: {customer: Customer name}}
steps:
  - {id: one, action: {type: wait, text: "{{customer}} {{amount}} {{region}}"}}
`;
const row = { 'Customer name': 'Ama', amount: 12.5, 'Another column': null };

test('a row of data and a context value start a job; one key means one row', async () => {
  const body = { runbook: rows, data: row, inputs: { region: 'north' } };
  const key = { 'idempotency-key': 'row-1' };
  const first = await bench.send<JobDetail>('POST', '/api/jobs', body, key);
  expect(first).toMatchObject({ status: 201, body: { inputs: [{ value: 'Ama' }, { value: '12.5' }, { value: 'north' }] } });
  expect((await loadJobValues(bench.deps.database.db, bench.deps.vault, first.body.id))?.values.map(({ value }) => value)).toEqual([
    ...['Ama', '12.5', 'north'],
  ]);
  expect(await bench.send('POST', '/api/jobs', body, key)).toMatchObject({ status: 200, body: { id: first.body.id } });
  const other = { ...body, data: { ...row, amount: 13 } };
  expect(await bench.send('POST', '/api/jobs', other, key)).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } });
  expect(await post('/api/jobs', { runbook: rows, data: { amount: 1 }, inputs: { region: 'n' } })).toMatchObject({
    status: 422,
    body: {
      code: 'missing_inputs',
      errors: [{ path: 'variables.customer', message: expect.stringContaining('`Customer name`') as string }],
    },
  });
});

test('the report of a job is told at any time', async () => {
  const { body } = await post<JobDetail>('/api/jobs', { runbook: recording, secrets: { password: 'p' } });
  const told = await bench.get<ExecutionReport>(`/api/jobs/${body.id}/report`);
  expect(routes.jobReport.response.safeParse(told.body).error).toBeUndefined();
  expect(told.body).toMatchObject({
    status: 'queued',
    runbookTitle: 'Pay an invoice',
    startUrl: 'https://bank.example/login',
    executed: 0,
  });
  expect(await bench.get('/api/jobs/j-nobody/report')).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

const json = fc.json({ maxDepth: 4 });
const words = [
  'steps',
  'title',
  'action',
  'type',
  'click',
  'loop',
  'forEach',
  'branches',
  'cases',
  'match',
  'selectors',
  'aria/x',
  '{{a}}',
  '- ',
  ': ',
  '\n  ',
  '&a ',
  '*a',
  '"',
];
const pieces = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 })), { maxLength: 60 }).map((all) => all.join(''));
const step: fc.Arbitrary<object> = fc.dictionary(
  fc.constantFrom(
    'id',
    'action',
    'type',
    'selectors',
    'loop',
    'steps',
    'branches',
    'when',
    'captures',
    'value',
    'key',
    'frame',
    'url',
    'assertedEvents',
  ),
  fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('click', 'change', 'scroll', { type: 'click', selector: { id: 'a' } }, [['aria/a[role="x"]']]),
  ),
);
const shaped = fc.record(
  { title: fc.string(), name: fc.string(), settings: fc.jsonValue(), variables: fc.jsonValue(), steps: fc.array(step, { maxLength: 6 }) },
  { requiredKeys: [] },
);
const steps = fc
  .array(step, { maxLength: 6 })
  .map((all) => JSON.stringify({ title: 'a', steps: all.map((one) => ({ type: 'click', ...one })) }));
const texts = fc.oneof(
  pieces,
  json,
  steps,
  shaped.map((value) => JSON.stringify(value)),
  fc.string({ unit: 'grapheme' }),
);

test('whatever text is sent, it is validated, stored or refused, never an error of ours', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (source) => {
      expect((await post('/api/runbooks/validate', { source })).status).toBeLessThan(500);
      expect((await post('/api/runbooks', { source })).status).toBeLessThan(500);
      expect((await post('/api/jobs', { runbook: source })).status).toBeLessThan(500);
    }),
    { numRuns: 150, interruptAfterTimeLimit: 20_000 },
  );
}, 60_000);

test('whatever row of data is sent, it is never an error of ours', async () => {
  const cells = fc.dictionary(
    fc.oneof(fc.constantFrom('amount', 'Customer name', '__proto__'), fc.string()),
    fc.oneof(fc.jsonValue(), fc.double(), fc.string()),
  );
  await fc.assert(
    fc.asyncProperty(cells, async (data) => {
      expect((await post('/api/jobs', { runbook: rows, data, inputs: { region: 'n' } })).status).toBeLessThan(500);
    }),
    { numRuns: 60, interruptAfterTimeLimit: 10_000 },
  );
}, 30_000);
