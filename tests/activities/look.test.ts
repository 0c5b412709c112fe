import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { stopSteps } from '../../src/activities/control.ts';
import type { Action } from '../../src/contract/action.ts';
import { evidenceOf, lookAt, lookTask, release } from './asking.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  worker = await rig.startWorker();
  job = await openJob(rig, worker, [
    { name: 'reference', value: 'TW-2026-11', sensitive: false },
    { name: 'pin', value: '42', sensitive: true },
    { name: '__extracted', value: 'not for people', sensitive: false },
  ]);
  await job.visit('/payment');
  return () => rig.client.call('close', { jobId: job.jobId });
});

const valuesOf = (evidence: Awaited<ReturnType<typeof lookAt>>, from: string) =>
  Object.fromEntries(evidence.values.filter((value) => value.from === from).map(({ name, value }) => [name, value]));
const set = (id: string, property: string, value: string) =>
  job.done({ action: { type: 'extract', script: `document.querySelector('#${id}').${property} = ${JSON.stringify(value)}` } });

test('a look tells what a click would do, in words, with the fields of its form, and does nothing', async () => {
  const before = rig.site.acts();
  const evidence = await lookAt(job, release, { approval: { message: 'Pay {{ reference }} with {{ pin }}?' } });
  expect(evidence).toMatchObject({
    sentence: 'Click “Release payment”',
    target: 'Button “Release payment”',
    message: 'Pay TW-2026-11 with •••?',
    url: `${rig.site.url}/payment`,
    title: 'Payment',
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    screenshot: expect.any(String),
  });
  expect(evidence.values).toEqual([
    { name: 'Reference', value: 'TW-1', from: 'form' },
    { name: 'Amount', value: '1,250.00 EUR', from: 'form' },
    { name: 'Delivery', value: 'Express', from: 'form' },
    { name: 'Terms', value: 'yes', from: 'form' },
    { name: 'Password', value: null, from: 'form', mac: expect.stringMatching(/^[0-9a-f]{16}$/) },
    { name: 'Note', value: '', from: 'form' },
    { name: 'reference', value: 'TW-2026-11', from: 'job' },
    { name: 'pin', value: null, from: 'job', mac: expect.stringMatching(/^[0-9a-f]{16}$/) },
  ]);
  expect(await job.read('document.activeElement.tagName')).toBe('BODY');
  expect(rig.site.acts()).toBe(before);
});

test.each<[Action, sentence: string, target: string | null]>([
  [{ type: 'input', selector: { id: 'reference' }, value: '{{ reference }}' }, 'Type “TW-2026-11” into “Reference”', 'Field “Reference”'],
  [{ type: 'input', selector: { id: 'reference' }, value: 'x{{ pin }}' }, 'Type a hidden value into “Reference”', 'Field “Reference”'],
  [{ type: 'input', selector: { id: 'password' }, value: 'open' }, 'Type a hidden value into “Password”', 'Field “Password”'],
  [{ type: 'input', selector: { id: 'terms' }, value: 'false' }, 'Untick “Terms”', 'Checkbox “Terms”'],
  [{ type: 'select', selector: { id: 'delivery' }, value: 's' }, 'Choose “Standard” in “Delivery”', 'List “Delivery”'],
  [{ type: 'select', selector: { id: 'delivery' }, optionText: 'Express' }, 'Choose “Express” in “Delivery”', 'List “Delivery”'],
  [{ type: 'navigate', url: 'http://127.0.0.1:1/x?r={{ reference }}' }, 'Open http://127.0.0.1:1/x?r=TW-2026-11', null],
  [{ type: 'navigate', url: 'http://127.0.0.1:1/x?p={{ pin }}' }, 'Open a hidden address', null],
  [{ type: 'key', key: 'Enter', selector: { id: 'outside' } }, 'Press Enter in “Search the site”', 'Field “Search the site”'],
  [{ type: 'key', key: 'Escape' }, 'Press Escape', null],
  [{ type: 'extract', script: 'fetch("/act", { method: "POST" })' }, 'Run JavaScript in the page', null],
  [{ type: 'wait', duration: 5_000 }, 'Wait 5 s', null],
  [{ type: 'wait', selector: { innerText: 'Paid' } }, 'Wait until “Paid” is visible', null],
  [{ type: 'scroll', to: 'bottom' }, 'Scroll to the bottom', null],
  [{ type: 'scroll', selector: { id: 'back' } }, 'Scroll to “Back to the list”', 'Link “Back to the list”'],
  [{ type: 'hover', selector: { id: 'release' } }, 'Point at “Release payment”', 'Button “Release payment”'],
])('a look at %j says: %s', async (action, sentence, target) => {
  const before = rig.site.acts();
  const page = await job.read(
    'document.querySelector("#pay").elements.length + location.href + document.querySelector("#reference").value',
  );
  const evidence = await lookAt(job, action);
  expect(evidence).toMatchObject({ sentence, target });
  expect(
    await job.read('document.querySelector("#pay").elements.length + location.href + document.querySelector("#reference").value'),
  ).toBe(page);
  expect(rig.site.acts()).toBe(before);
});

test('values of the step come first; sensitive ones are told by their mac alone', async () => {
  const { values } = await lookAt(job, { type: 'input', selector: { id: 'reference' }, value: '{{ pin }}' });
  expect(values[0]).toEqual({ name: 'value', value: null, from: 'step', mac: worker.dependencies.mac('42').slice(0, 16) });
  const script = await lookAt(job, { type: 'extract', script: `"{{ reference }}" + ${'1 + '.repeat(500)} 1` });
  expect(script.values[0]?.value).toMatch(/^"TW-2026-11".{487}…$/);
});

test('the mark covers the element in the picture, which shows it', async () => {
  const { mark, screenshot } = await lookAt(job, release);
  const box = JSON.parse((await job.read('document.querySelector("#release").getBoundingClientRect().toJSON()')) ?? '') as DOMRect;
  expect(mark?.x).toBeCloseTo(box.x / 1280, 2);
  expect(mark?.y).toBeCloseTo(box.y / 720, 2);
  expect(mark?.width).toBeCloseTo(box.width / 1280, 2);
  expect(mark?.height).toBeCloseTo(box.height / 720, 2);
  expect(box.y).toBeGreaterThan(0);
  expect(box.bottom).toBeLessThan(720);
  expect(rig.rows.find((row) => row.id === screenshot)).toMatchObject({ kind: 'screenshot', stepId: 'step', type: 'image/jpeg' });
});

test('the digest does not depend on when, how often or by which load of the page it is taken', async () => {
  const first = await lookAt(job, release);
  const second = await lookAt(job, release);
  expect(second.digest).toBe(first.digest);
  await set('unseen', 'value', 'b');
  await set('outside', 'value', 'typed elsewhere');
  expect((await lookAt(job, release)).digest).toBe(first.digest);
  await job.done({ action: { type: 'extract', script: 'document.title = "(3) Payment"; location.hash = "part"; scrollTo(0, 0)' } });
  expect((await lookAt(job, release)).digest).toBe(first.digest);
  await job.visit('/payment');
  expect((await lookAt(job, release)).digest).toBe(first.digest);
});

test('the digest changes with a field, a hidden value, the target, the address, the step and the runbook', async () => {
  const approval = { changingParameters: ['session'] };
  const start = await lookAt(job, release, { approval });
  const digests = [start.digest];
  const next = async (action = release, over = {}): Promise<void> => {
    digests.push((await lookAt(job, action, { approval, over })).digest);
  };
  const push = (url: string) => job.done({ action: { type: 'extract', script: `history.replaceState(0, '', '${url}')` } });
  await push('/payment?session=1');
  await next();
  expect(digests.pop()).toBe(start.digest);
  await push('/payment?b=1&a=2&session=1');
  await next();
  await push('/payment?a=2&session=2&b=1');
  await next();
  expect(digests.pop()).toBe(digests.at(-1));
  await push('/other');
  await next();
  await set('amount', 'value', '1,250.01 EUR');
  await next();
  await set('password', 'value', 'hunter3');
  await next();
  await set('release', 'textContent', 'Release all payments');
  await next();
  await next({ type: 'hover', selector: { id: 'release' } });
  await next(release, { look: { runbook: { id: 'rb_pay', version: 4 } } });
  await next(release, { look: { runbook: null } });
  expect(new Set(digests).size).toBe(9);
  expect(digests).toHaveLength(9);
});

test('what will be typed into a password’s field is told nowhere, though the runbook does not call it sensitive', async () => {
  const evidence = await lookAt(job, { type: 'input', selector: { id: 'password' }, value: 'open-sesame' });
  expect(evidence.values).toContainEqual({ name: 'value', from: 'step', value: null, mac: expect.stringMatching(/^\w{16}$/) as string });
  expect(JSON.stringify(evidence)).not.toContain('sesame');
});

test('a value that is captured meanwhile changes the digest', async () => {
  const before = await lookAt(job, release);
  await job.done({ action: { type: 'extract', script: '1' }, captures: [{ name: 'total', strategy: 'expression', expression: '"7"' }] });
  const after = await lookAt(job, release);
  expect(after.digest).not.toBe(before.digest);
  expect(valuesOf(after, 'job')).toMatchObject({ total: '7' });
  await job.done({ action: { type: 'extract', script: '1' }, captures: [{ name: 'total', strategy: 'expression', expression: '"8"' }] });
  expect((await lookAt(job, release)).digest).not.toBe(after.digest);
});

test('a value that the last good run had otherwise is shown beside it; without a runbook none is', async () => {
  worker.dependencies.lastGoodRun = { values: () => Promise.resolve({ reference: 'TW-2026-10', pin: '41' }) };
  const named = (evidence: Awaited<ReturnType<typeof lookAt>>) => evidence.values.filter(({ lastGoodRun }) => lastGoodRun !== undefined);
  expect(named(await lookAt(job, release))).toEqual([{ name: 'reference', value: 'TW-2026-11', from: 'job', lastGoodRun: 'TW-2026-10' }]);
  expect(named(await lookAt(job, release, { over: { look: { runbook: null } } }))).toEqual([]);
  worker.dependencies.lastGoodRun = { values: () => Promise.reject(new Error('no database')) };
  expect(named(await lookAt(job, release))).toEqual([]);
});

test('a target that is not there, or not ready, fails a look as it fails the step', async () => {
  const gone = await job.run(lookTask(job, { type: 'click', selector: { id: 'gone' } }));
  expect(gone).toMatchObject({
    outcome: 'failed',
    error: { code: 'element_not_found', diagnostics: { candidates: [{ field: 'id', value: 'gone' }] } },
    screenshot: expect.any(String),
  });
  const over = { gen: 1 };
  const disabled = await job.run(lookTask(job, { type: 'click', selector: { id: 'disabled' } }, { timeout: 700, over }));
  expect(disabled).toMatchObject({ outcome: 'failed', error: { code: 'timeout' } });
});

test.each<[string, Action]>([
  ['searches', { type: 'click', selector: { id: 'gone' } }],
  ['takes the evidence', release],
])('a pause interrupts a look that %s', async (_, action) => {
  const lookup = new Promise<never>(() => undefined);
  let asked = false;
  worker.dependencies.lastGoodRun = { values: () => ((asked = true), lookup) };
  const task = lookTask(job, action, { retries: 3 });
  const report = job.run(task);
  if (action === release) await expect.poll(() => asked, { interval: 5 }).toBe(true);
  else await expect.poll(async () => (await rig.client.call('stat', {})).jobs.some(({ open }) => open.includes(task.instance))).toBe(true);
  const started = Date.now();
  await stopSteps({ jobId: job.jobId, gen: task.gen }, worker.dependencies, worker.running);
  expect(await report).toEqual({ instance: task.instance, outcome: 'interrupted' });
  expect(Date.now() - started).toBeLessThan(1_000);
});

test('a look keeps a checkpoint and is answered from the ledger, also to the next worker', async () => {
  const task = lookTask(job, release);
  const first = await job.run(task);
  evidenceOf(first);
  expect(await worker.dependencies.checkpoints.load(job.jobId)).toMatchObject({ token: task.dispatch });
  await set('amount', 'value', '9');
  const successor = await rig.startWorker();
  const again = await successor.runStep(task, { heartbeat: () => undefined, signal: new AbortController().signal });
  expect(again).toEqual(JSON.parse(JSON.stringify(first)));
});
