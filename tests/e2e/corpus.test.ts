/** One runbook for every thing that the language can do, and for every way a step can fail, carried out by the whole product. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Action, Selector } from '../../src/contract/action.ts';
import { StepErrorCode } from '../../src/contract/error.ts';
import type { JobDetail, StepState } from '../../src/contract/job.ts';
import { Capture, MemoryOperation, Variable } from '../../src/contract/runbook.ts';
import { startCorpusSite, type CorpusSite } from '../corpus/site.ts';
import { startProduct, temporaryHome, type Product } from '../support/product.ts';

const folder = fileURLToPath(new URL('../corpus/runbooks', import.meta.url));
const files = readdirSync(folder).map((name) => name.replace(/\.yaml$/, ''));
const source = (name: string): string => readFileSync(`${folder}/${name}.yaml`, 'utf8');

const home = temporaryHome();
let site: CorpusSite;
let product: Product;
/** all are started at once: the product has as many browsers as it has */
const ended = new Map<string, Promise<JobDetail>>();

async function run(name: string, more: object = {}): Promise<JobDetail> {
  const { id } = await product.startJob(source(name), { inputs: { site: site.url }, ...more });
  await product.until(id, ({ type }) => type === 'job.finished');
  return product.job(id);
}

beforeAll(async () => {
  site = await startCorpusSite();
  product = await startProduct(home.path, { UNDERSTUDY_BROWSERS: '3' });
  for (const name of files) {
    const job = run(name);
    job.catch(() => undefined);
    ended.set(name, job);
  }
}, 180_000);
afterAll(async () => {
  await product.stop();
  await site.close();
  home.remove();
});

async function job(name: string): Promise<JobDetail> {
  const found = await ended.get(name);
  if (!found) throw new Error(`no runbook ${name}`);
  return found;
}

const failures = ({ steps }: JobDetail): string[] =>
  steps.flatMap(({ id, error }) => (error ? [`${id}: ${error.code} ${error.message}`] : []));
async function completed(name: string): Promise<JobDetail> {
  const found = await job(name);
  expect(failures(found)).toEqual([]);
  expect(found.status).toBe('completed');
  return found;
}
const step = ({ steps }: JobDetail, id: string): StepState => {
  const found = steps.find((one) => one.id === id);
  if (!found) throw new Error(`no step ${id}`);
  return found;
};
const captured = ({ steps }: JobDetail): Record<string, string | null> =>
  Object.fromEntries(steps.flatMap(({ captures }) => captures.map(({ name, value }) => [name, value])));
const bytes = async ({ id }: JobDetail, artifactId: string | undefined): Promise<string> =>
  (await product.request('GET', `/api/jobs/${id}/artifacts/${artifactId}?download=1`)).text();

const minute = 120_000;

describe('what the language can do', { timeout: minute }, () => {
  test('every selector field finds its element', async () => {
    const found = await completed('selector-fields');
    expect(captured(found)['said']).toBe('id aria testid data css xpath label text placeholder name rect shadow');
    const by = found.steps.flatMap(({ matchedBy }) => (matchedBy === undefined ? [] : [matchedBy]));
    expect(by).toEqual([
      ...['id', 'ariaLabel', 'dataTestId', 'dataAttributes', 'cssSelector', 'xPath', 'labelText', 'innerText', 'placeholder', 'name'],
      ...['rect (position only)', 'innerText'],
    ]);
  });

  test('more dependable fields that match nothing are told', async () => {
    const { missed, matchedBy } = step(await completed('repair-hint'), 'pressed');
    expect(matchedBy).toBe('innerText');
    expect(missed).toEqual(['id "gone"', 'cssSelector ".gone"']);
  });

  test('elements in frames in frames are acted on', async () => {
    await completed('frames');
  });

  test('a click that opens a tab leads there, and closing it leads back', async () => {
    const found = await completed('tabs');
    expect(captured(found)).toEqual({ order: '7', where: 'tab' });
  });

  test('dialogs are answered as the step says, and the others dismissed and told', async () => {
    const found = await completed('dialogs');
    expect(captured(found)['said']).toBe('deleted kept seven saved');
    const answers = ['yes', 'no', 'prompted', 'surprise'].map((id) =>
      step(found, id).dialogs?.map(({ type, message, answer, asked }) => `${type} ${message} ${answer} ${asked}`),
    );
    expect(answers).toEqual([
      ['confirm Delete it? accepted true'],
      ['confirm Delete it? dismissed true'],
      ['prompt How many? accepted true'],
      ['alert Saved dismissed false'],
    ]);
  });

  test('fields of all kinds are filled in, lists that are no <select> too', async () => {
    const { state } = captured(await completed('forms'));
    expect(state).toBe('new text|2026-11-23|#ff8800|7|true|l|Belgium|F2 pressed|double');
  });

  test('files come down by a click and by an address, and go up from there', async () => {
    const found = await completed('files');
    const [invoice] = step(found, 'clicked').files ?? [];
    const [orders] = step(found, 'opened').files ?? [];
    expect([invoice?.name, orders?.name]).toEqual(['invoice.pdf', 'orders.csv']);
    expect(await bytes(found, invoice?.artifactId)).toBe('%PDF-1.4 invoice');
  });

  test('a loop over the pages of a list collects rows, adds them up and exports them', async () => {
    const found = await completed('loop-while');
    expect(captured(found)).toMatchObject({
      sum: '213',
      orders_count: '6',
      min: '10.5',
      max: '60.5',
      ids: 'A1, A2, A3, A4, A5, A6',
      unique: '6',
    });
    expect(found.collections).toEqual({ orders: 6 });
    expect(step(found, 'pages').loop).toMatchObject({ begun: 3, failed: 0 });
    const csv = await bytes(found, step(found, 'csv').files?.[0]?.artifactId);
    expect(
      csv
        .replace(/^\uFEFF/, '')
        .split('\r\n')
        .slice(0, 2),
    ).toEqual(['id,total', 'A1,10.50']);
    const json = await bytes(found, step(found, 'json').files?.[0]?.artifactId);
    expect(JSON.parse(json)).toHaveLength(6);
    expect(step(found, 'json').files?.[0]?.name).toBe('all-orders.json');
  });

  test('loops in loops go over lists and collections, and conditions leave items out', async () => {
    const found = await completed('loop-each');
    expect(captured(found)).toMatchObject({ last: 'b1-1', joined: 'a1-0, a2-0, b1-1, b2-1' });
    expect(step(found, 'again').loop?.iterations.map(({ label }) => label)).toEqual(['a1-0', 'a2-0', 'b1-1', 'b2-1']);
  });

  test.each([
    ['AT', 'Grüß Gott'],
    ['BE', 'Bonjour'],
    ['FR', 'Hello'],
  ])('with a data row that says %s the branch says %s', async (country, greeting) => {
    const found = await run('branches', { data: { Land: country } });
    expect(found.status).toBe('completed');
    expect(captured(found)['greeting']).toBe(greeting);
    expect(step(found, 'none').skippedBecause).toBe('branch');
    expect(step(found, 'conditional').skippedBecause).toBe('condition');
  });

  test('a row that is drawn only when it is scrolled to is found', async () => {
    await completed('virtual-list');
  });

  test('the report tells what the steps came to', async () => {
    const { id } = await completed('loop-while');
    const report = (await (await product.request('GET', `/api/jobs/${id}/report`)).json()) as Record<string, unknown>;
    expect(report).toMatchObject({ status: 'completed', failed: 0, memoryCollections: { orders: 6 }, aborted: false });
    expect(report['downloadedFiles']).toEqual(['orders.csv', 'all-orders.json']);
  });
});

const failing = files.filter((name) => name.startsWith('fails-'));

describe('how steps fail', { timeout: minute }, () => {
  test.each(failing)('%s, with a message and a hint', async (name) => {
    const found = await job(name);
    expect(found.status).toBe('failed');
    const { error } = step(found, 'it');
    expect(error?.code).toBe(name.replace('fails-', ''));
    expect(error?.hint).not.toBe('');
  });

  test('an element that is not there: what looks like it is told, with the candidates, the page and a picture', async () => {
    const { error, screenshot } = step(await job('fails-element_not_found'), 'it');
    expect(error?.diagnostics?.lookAlikes?.[0]).toMatch(/“Sign in”.*“Log in”/);
    expect(error?.diagnostics?.candidates?.length).toBeGreaterThan(0);
    expect(error?.diagnostics).toMatchObject({ title: 'Trouble' });
    expect(screenshot).toBeDefined();
  });

  test('an expectation that is not met says what the runbook says', async () => {
    expect(step(await job('fails-assertion_failed'), 'it').error?.message).toContain('The order is not 13');
  });
});

describe('the corpus', () => {
  const all = files.map(source).join('\n');
  const says = (key: string, value: string): boolean => new RegExp(`\\b${key}: ${value}\\b`).test(all);

  test.each(Action.options.map((option) => option.shape.type.value))('has the action %s', (type) => {
    expect(says('type', type)).toBe(true);
  });
  test.each(Object.keys(Selector.shape))('has the selector field %s', (field) => {
    expect(all).toContain(`${field}: `);
  });
  test.each(Capture.shape.strategy.options)('has the capture strategy %s', (strategy) => {
    expect(says('strategy', strategy)).toBe(true);
  });
  test.each(MemoryOperation.options[1].shape.operation.options)('has the operation %s', (operation) => {
    expect(says('operation', operation)).toBe(true);
  });
  test.each(Variable.shape.source.options.filter((one) => ['prompt', 'fixed', 'data'].includes(one)))('has the source %s', (one) => {
    expect(says('source', one)).toBe(true);
  });
  /** what no runbook can bring about for certain: a person, a crash, a kill or a page that replaces its elements does, in other tests */
  const elsewhere = ['element_stale', 'rejected', 'outcome_unknown', 'session_lost', 'browser_crashed', 'unknown'];
  test.each(StepErrorCode.options.filter((code) => !elsewhere.includes(code)))('fails once as %s', (code) => {
    expect(files).toContain(`fails-${code}`);
  });
});
