import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlannedLoop, StepReport, StepTask } from '../../src/contract/step-task.ts';
import { mostItems } from '../../src/activities/decisions/take-list.ts';
import { stopSteps } from '../../src/activities/control.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
let job: TestJob;
const orders = [{ id: 'A1', total: 250 }, { id: 'B2', total: 50 }, 'loose'];
beforeAll(async () => {
  rig = await startRig();
  worker = await rig.startWorker();
  job = await openJob(rig, worker, [
    { name: 'orders', value: JSON.stringify(orders), sensitive: false },
    { name: 'names', value: 'Ada, Grace', sensitive: false },
    { name: 'kind', value: ' refund ', sensitive: false },
    { name: 'token', value: 'hunter2-secret', sensitive: true },
    { name: 'logins', value: '[{"user":"ada","password":"pa55word"}]', sensitive: true },
  ]);
});
afterAll(() => rig.close());

const memory = { action: { type: 'memory' } } as const;
const say = async (expression: string) =>
  (await job.done({ ...memory, captures: [{ name: 'it', strategy: 'expression', expression }] })).captures[0]?.value;
type Container = Pick<StepTask['step'], 'branches' | 'when'> & { id?: string; loop?: Partial<PlannedLoop> };

async function decide({ id = 'loop', loop, ...rest }: Container, iteration = 0): Promise<StepReport> {
  const step = { ...memory, id, ...rest, ...(loop && { loop: { maxIterations: 100, ...loop } }) };
  return job.step({ ...step, effect: 'read' }, { decide: { iteration } });
}
const decided = async (container: Container, iteration = 0) => {
  const report = await decide(container, iteration);
  if (report.outcome !== 'done') throw new Error(JSON.stringify(report));
  return report.decision;
};

test('a loop over a list takes it once and gives each item as data, with its place', async () => {
  const loop = { forEach: '{{orders}}', itemVariable: 'order', indexVariable: 'n' };
  expect(await decided({ id: 'each', loop })).toEqual({ go: 'in', body: 0, total: 3, label: '{"id":"A1","total":250}' });
  expect(await say('{{ order.id }} {{ order.total > 100 }} {{n}} {{order}}')).toBe('A1 true 0 {"id":"A1","total":250}');
  await job.done({ ...memory, captures: [{ name: 'orders', strategy: 'expression', expression: '"[]"' }] });
  expect(await decided({ id: 'each', loop }, 1)).toMatchObject({ go: 'in', label: '{"id":"B2","total":50}' });
  expect(await decided({ id: 'each', loop }, 2)).toMatchObject({ go: 'in', label: 'loose' });
  expect(await say('{{ order.length }} {{n}}')).toBe('5 2');
  expect(await decided({ id: 'each', loop }, 3)).toEqual({ go: 'past' });
  expect(await decided({ id: 'each', loop })).toEqual({ go: 'past' });
});

test('a name alone is a list too, and the item is called item by default', async () => {
  const report = await decide({ id: 'plain', loop: { forEach: '[10, null, true]' } });
  expect(report).toMatchObject({ outcome: 'done', captures: [], decision: { go: 'in', total: 3, label: '10' } });
  expect(await say('item + 1')).toBe('101');
  expect(await decided({ id: 'plain', loop: { forEach: '[10, null, true]' } }, 1)).toMatchObject({ label: '' });
});

test('at maxIterations a list with more items ends capped, one that just ends does not', async () => {
  const loop = { forEach: '[1, 2]', maxIterations: 1 };
  await decided({ id: 'capped', loop });
  expect(await decided({ id: 'capped', loop }, 1)).toEqual({ go: 'past', capped: true });
  const enough = { forEach: '[1, 2]', maxIterations: 2 };
  await decided({ id: 'enough', loop: enough });
  expect(await decided({ id: 'enough', loop: enough }, 2)).toEqual({ go: 'past' });
});

test('sensitive lists and items have no label, and parts of them are masked', async () => {
  expect(await decided({ id: 'login', loop: { forEach: 'logins', itemVariable: 'login' } })).toMatchObject({ label: null, total: 1 });
  const copy = await job.done({ ...memory, captures: [{ name: 'copy', strategy: 'expression', expression: '{{ login.password }}' }] });
  expect(copy.captures).toEqual([{ name: 'copy', value: null }]);
  const mixed = { forEach: '["plain", {{ JSON.stringify("Bearer " + token) }}]' };
  expect(await decided({ id: 'mixed', loop: mixed })).toMatchObject({ label: null });
});

test.each([
  ['names', /no JSON list but: Ada, Grace.*capture one/],
  ['{"a": 1}', /no JSON list/],
  ['{{kind}}{{ "" }}', /no JSON list but: {2}refund/],
  ['{{ "" }}', /is empty/],
  ['{{ "x".repeat(5000) }}', /x{80}…/],
])('a loop over %s fails and shows what it is', async (forEach, message) => {
  const report = await decide({ loop: { forEach } });
  expect(report).toMatchObject({ outcome: 'failed', error: { code: 'value_missing', message: expect.stringMatching(message) } });
});

test('what is no list and sensitive is not shown, and a list that is too long is refused', async () => {
  const hidden = await decide({ loop: { forEach: '{{token}}' } });
  expect(JSON.stringify(hidden)).toContain('•••');
  expect(JSON.stringify(hidden)).not.toContain('hunter2');
  const long = await decide({ loop: { forEach: `{{ JSON.stringify(Array.from({ length: ${mostItems + 1} }, () => 1)) }}` } });
  expect(long).toMatchObject({ outcome: 'failed', error: { message: expect.stringContaining('100001 items') } });
});

test('a loop over a collection goes through the rows that were there when it began', async () => {
  const add = (text: string) =>
    job.done({
      ...memory,
      captures: [{ name: 'name', strategy: 'expression', expression: `"${text}"` }],
      memoryOperations: [{ type: 'append', collection: 'people' }],
    });
  await add('Ada');
  await add('Grace');
  const loop = { forEach: 'collection:people', itemVariable: 'person' };
  expect(await decided({ id: 'people', loop })).toMatchObject({ total: 2 });
  await add('Late');
  expect(await decided({ id: 'people', loop }, 1)).toMatchObject({ total: 2, label: '{"name":"Grace"}' });
  expect(await say('person.name')).toBe('Grace');
  expect(await decided({ id: 'people', loop }, 2)).toEqual({ go: 'past' });
  expect(await decided({ id: 'nobody', loop: { forEach: 'collection:nobody' } })).toEqual({ go: 'past' });
});

test('a while loop asks before every iteration; what has no value yet is the empty text', async () => {
  const loop = { condition: 'next !== "done" && Number(count) < 2', counterVariable: 'count' };
  expect(await decided({ loop })).toEqual({ go: 'in', body: 0 });
  expect(await decided({ loop }, 1)).toEqual({ go: 'in', body: 0 });
  expect(await decided({ loop }, 2)).toEqual({ go: 'past' });
  expect(await decided({ loop: { condition: '{{more}}' } })).toEqual({ go: 'past' });
  expect(await decided({ loop: { condition: '{{more}}', atLeastOnce: true } })).toEqual({ go: 'in', body: 0 });
  expect(await decided({ loop: { condition: 'true', maxIterations: 3 } }, 3)).toEqual({ go: 'past', capped: true });
  expect(await decided({ loop: { condition: 'Number(count) < 3', counterVariable: 'count', maxIterations: 3 } }, 3)).toEqual({
    go: 'past',
  });
});

test.each([
  ['kind', { go: 'in', body: 1, value: 'refund' }],
  ['{{kind}}', { go: 'in', body: 1, value: 'refund' }],
  ['{{ kind.trim() + "s" }}', { go: 'in', body: 2, value: 'refunds' }],
  ['{{token}}', { go: 'in', body: 2, value: null }],
])('branches by %s', async (variable, decision) => {
  const branches = { variable, matches: ['order', 'refund'], hasDefault: true };
  expect(await decided({ branches })).toEqual(decision);
});

test('branches without a case and a default are passed by, and a missing value is named', async () => {
  expect(await decided({ branches: { variable: 'kind', matches: ['order'], hasDefault: false } })).toEqual({ go: 'past', value: 'refund' });
  const missing = await decide({ branches: { variable: 'nobody', matches: ['order'], hasDefault: false } });
  expect(missing).toMatchObject({ outcome: 'failed', error: { code: 'value_missing', message: expect.stringContaining('nobody') } });
});

test('`when` skips a step and a container, and is asked only once of a loop', async () => {
  const before = rig.site.acts();
  await job.visit('/forms');
  const skipped = await job.step({ action: { type: 'click', selector: { id: 'send' } }, when: 'kind === "order"' });
  expect(skipped).toEqual({ instance: expect.any(Number), outcome: 'skipped' });
  expect(rig.site.acts()).toBe(before);
  expect(await decide({ loop: { forEach: '[1, 2]' }, when: '{{ "" }}' })).toMatchObject({ outcome: 'skipped' });
  await decided({ id: 'once', loop: { forEach: '[1, 2]' } });
  expect(await decided({ id: 'once', loop: { forEach: '[1, 2]' }, when: 'false' }, 1)).toMatchObject({ go: 'in' });
  expect((await job.done({ ...memory, when: '{{kind}}' })).outcome).toBe('done');
  expect((await job.fails({ ...memory, when: 'nobody' })).error.code).toBe('value_missing');
});

test('a skipped step is done for the ledger: asked again it says the same, and its successor comes', async () => {
  const task = job.task({ ...memory, when: 'false' });
  const next = job.task(memory, { after: task.instance });
  const reports = await Promise.all([job.run(next), job.run(task)]);
  expect(reports.map(({ outcome }) => outcome)).toEqual(['done', 'skipped']);
  expect(await job.run(task)).toEqual({ instance: task.instance, outcome: 'skipped' });
});

test('a probe says whether the step has happened, within a short time', async () => {
  await job.visit('/forms');
  const ask = (probe: StepTask['step']['probe'], timeout = 8_000) =>
    job.step({ action: { type: 'click', selector: { id: 'send' } }, probe, timeout }, { probe: true });
  const before = rig.site.acts();
  expect(await ask({ url: '/forms' })).toMatchObject({ outcome: 'done', happened: true });
  expect(await ask({ url: '/elsewhere' }, 400)).toMatchObject({ outcome: 'done', happened: false });
  expect(await ask({ condition: 'kind.trim() === "refund"' })).toMatchObject({ happened: true });
  expect(await ask({ script: 'this is no script' })).toMatchObject({ outcome: 'failed' });
  expect(rig.site.acts()).toBe(before);
});

test('a condition that never ends is interrupted by a stop at once, and costs only its step otherwise', async () => {
  const endless = '(() => { for (;;); })()';
  const report = job.step({ ...memory, loop: { maxIterations: 3, condition: endless } }, { decide: { iteration: 0 } });
  const open = async () => (await rig.client.call('stat', {})).jobs.find((one) => one.jobId === job.jobId)?.open;
  await expect.poll(open).toHaveLength(1);
  const { dependencies, running } = worker;
  await stopSteps({ jobId: job.jobId, gen: job.gen() }, dependencies, running);
  expect(await report).toEqual({ instance: expect.any(Number), outcome: 'interrupted' });
  const late = await job.step({ ...memory, timeout: 600, when: endless });
  expect(late).toMatchObject({ outcome: 'failed', error: { code: 'timeout' } });
  expect(await decided({ loop: { condition: '1 + 1 === 2' } })).toEqual({ go: 'in', body: 0 });
});

test('the list survives its worker, and the other values of a step do not carry it', async () => {
  const loop = { forEach: '["a", "b"]' };
  await decided({ id: 'kept', loop });
  const successor = await rig.startWorker();
  const task = job.task({ ...memory, id: 'kept', loop: { maxIterations: 9, ...loop } }, { decide: { iteration: 1 }, gen: 5_000 });
  const io = { heartbeat: () => undefined, signal: new AbortController().signal };
  expect(await successor.runStep(task, io)).toMatchObject({ decision: { go: 'in', label: 'b' } });
  const { epoch } = successor.dependencies;
  const begun = await rig.client.call('begin', {
    ...task,
    instance: 9_000,
    epoch,
    after: null,
    gen: 6_000,
    dispatch: 9_000,
    effect: 'read',
  });
  expect(JSON.stringify(begun)).not.toContain('__items');
  await rig.client.call('interrupted', { jobId: job.jobId, instance: 9_000, epoch });
});
