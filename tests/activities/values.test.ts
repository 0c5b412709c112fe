import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acquireBrowser } from '../../src/activities/acquire.ts';
import { closeBrowser } from '../../src/activities/control.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

const secret = 's3cret & "token"';
let rig: Rig;
let worker: Worker;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
  worker = await rig.startWorker();
  job = await openJob(rig, worker, [
    { name: 'user', value: 'Ada', sensitive: false },
    { name: 'token', value: secret, sensitive: true },
    { name: 'hidden', value: '', sensitive: true },
  ]);
});
afterAll(() => rig.close());

const nothing = { action: { type: 'wait', duration: 0 } } as const;

test('captures read the address, the text, JavaScript and templates, each knowing those before it', async () => {
  await job.visit('/forms?order=12');
  const report = await job.done({
    ...nothing,
    captures: [
      { name: 'order', strategy: 'url', pattern: 'order=(\\d+)' },
      { name: 'whole', strategy: 'url', pattern: 'order=(\\d+)', group: 0 },
      { name: 'number', strategy: 'snapshot', pattern: 'Order (\\d+) of (.*)', group: 1 },
      { name: 'rows', strategy: 'evaluate', expression: 'document.querySelectorAll("#rows li").length' },
      { name: 'sum', strategy: 'expression', expression: '{{ Number(order) + Number(number) }} for {{user}}' },
      { name: 'none', strategy: 'snapshot', pattern: 'no such text' },
      { name: 'hidden', strategy: 'url' },
    ],
  });
  expect(report.captures).toEqual([
    { name: 'order', value: '12' },
    { name: 'whole', value: 'order=12' },
    { name: 'number', value: '4711' },
    { name: 'rows', value: '3' },
    { name: 'sum', value: '4723 for Ada' },
    { name: 'none', value: '' },
    { name: 'hidden', value: null },
  ]);
  const later = await job.done({ ...nothing, captures: [{ name: 'again', strategy: 'expression', expression: '{{number}}' }] });
  expect(later.captures).toEqual([{ name: 'again', value: '4711' }]);
});

test('a required capture that is empty fails the step, and the hint says that the action was done', async () => {
  const report = await job.fails({ ...nothing, captures: [{ name: 'must', strategy: 'url', pattern: 'nothing', required: true }] });
  expect(report.error).toMatchObject({
    code: 'capture_failed',
    message: expect.stringContaining('must'),
    hint: expect.stringContaining('was done'),
  });
});

test('long values are cut in the report and whole for later steps', async () => {
  const report = await job.done({
    ...nothing,
    captures: [
      { name: 'long', strategy: 'expression', expression: '{{ "x".repeat(5000) }}' },
      { name: 'length', strategy: 'expression', expression: '{{ long.length }}' },
    ],
  });
  expect(report.captures[0]).toEqual({ name: 'long', value: 'x'.repeat(2_000), truncated: true });
  expect(report.captures[1]?.value).toBe('5000');
});

test('an unknown value is named', async () => {
  const report = await job.fails({ action: { type: 'input', selector: { id: 'user' }, value: '{{nobody}}' } });
  expect(report.error).toMatchObject({ code: 'value_missing', message: expect.stringContaining('nobody') });
});

test('an expression that never ends costs only its step: the blank page is replaced', async () => {
  await job.visit('/forms');
  const report = await job.fails({
    action: { type: 'input', selector: { id: 'user' }, value: '{{ (() => { for (;;); })() }}' },
    timeout: 700,
  });
  expect(report.error.code).toBe('timeout');
  await job.done({ action: { type: 'input', selector: { id: 'user' }, value: '{{ 6 * 7 }}' } });
  expect(await job.read('document.querySelector("#user").value')).toBe('42');
});

test("a pattern that never ends fails its capture within the step's time", async () => {
  const report = await job.fails({
    ...nothing,
    timeout: 700,
    captures: [{ name: 'x', strategy: 'expression', expression: '{{ "a".repeat(40) + "b" }}', pattern: '^(a+)+$' }],
  });
  expect(report.error.code).toBe('capture_failed');
});

test('expressions have no network and no page of the job', async () => {
  const report = await job.done({
    ...nothing,
    captures: [
      { name: 'net', strategy: 'expression', expression: `{{ fetch("${rig.site.url}/forms").then(() => "open", () => "closed") }}` },
      { name: 'where', strategy: 'expression', expression: '{{ location.href }}' },
    ],
  });
  expect(report.captures.map(({ value }) => value)).toEqual(['closed', 'about:blank']);
});

test('secrets are masked in addresses, titles, errors, candidates, console lines and captured values', async () => {
  const encoded = encodeURIComponent(secret);
  await job.visit(`/hostile?secret={{ encodeURIComponent(token) }}&noise=${encoded}`);
  const captured = await job.done({ ...nothing, captures: [{ name: 'copy', strategy: 'expression', expression: 'Bearer {{token}}' }] });
  expect(captured.captures).toEqual([{ name: 'copy', value: null }]);
  const report = await job.fails({ action: { type: 'click', selector: { innerText: '{{token}}', cssSelector: '#gone' } }, retries: 0 });
  const text = JSON.stringify([captured, report]);
  expect(text).toContain('•••');
  for (const form of [
    secret,
    encoded,
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
  ])
    expect(text).not.toContain(form);
  expect(report.error.diagnostics?.console?.join()).toContain('token');
});

test('a picture covers fields and texts that show a secret', async () => {
  await job.visit('/forms');
  await job.done({ action: { type: 'input', selector: { id: 'user' }, value: '{{token}}' } });
  const covered = await pixelOf('#user');
  await job.done({ action: { type: 'input', selector: { id: 'user' }, value: 'harmless' } });
  const open = await pixelOf('#user');
  expect(covered).toEqual([0, 0, 0]);
  expect(open).not.toEqual([0, 0, 0]);
  await job.done({ action: { type: 'input', selector: { id: 'password' }, value: 'any' } });
  expect(await pixelOf('#password')).toEqual([0, 0, 0]);
});

/** the colour near the edge of an element in the picture of a failed step */
async function pixelOf(selector: string): Promise<number[]> {
  const report = await job.fails({ action: { type: 'click', selector: { id: 'gone' } }, retries: 0 });
  const row = rig.rows.find((one) => one.id === report.screenshot);
  const listed = (await rig.store.list(job.jobId)).find((one) => one.id === row?.id);
  const jpeg = (await readFile(listed?.path ?? '')).toString('base64');
  const place = await job.read(
    `(() => { const r = document.querySelector("${selector}").getBoundingClientRect(); return { x: r.x + r.width - 12, y: r.y + r.height / 2 }; })()`,
  );
  const script = `(async () => {
    const image = new Image();
    image.src = 'data:image/jpeg;base64,${jpeg}';
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width; canvas.height = image.height;
    const drawing = canvas.getContext('2d');
    drawing.drawImage(image, 0, 0);
    const place = ${place};
    return [...drawing.getImageData(place.x, place.y, 1, 1).data].slice(0, 3);
  })()`;
  return JSON.parse((await job.read(script)) ?? '') as number[];
}

test('acquire evaluates the expression variables in their order, once a browser is there', async () => {
  rig.jobValues.set('acquired', {
    values: [{ name: 'base', value: '20', sensitive: false }],
    expressions: [
      { name: 'double', expression: '{{ base * 2 }}', sensitive: false, required: true },
      { name: 'text', expression: 'is {{double}}', sensitive: false, required: true },
      { name: 'optional', expression: '{{ missing.value }}', sensitive: false, required: false },
    ],
  });
  const acquired = await acquireBrowser({ jobId: 'acquired' }, new AbortController().signal, worker);
  expect(acquired).toEqual({
    outcome: 'acquired',
    browser: { host: 'test', queue: 'browser:test', browser: expect.stringMatching(/^Chromium \d/) as string },
  });
  const begun = await rig.client.call('begin', {
    jobId: 'acquired',
    instance: 1,
    epoch: worker.dependencies.epoch,
    after: null,
    gen: 0,
    dispatch: 1,
    effect: 'read',
  });
  expect(begun).toMatchObject({
    go: 'run',
    values: [
      { name: 'base', value: '20' },
      { name: 'double', value: '40' },
      { name: 'text', value: 'is 40' },
      { name: 'optional', value: '' },
    ],
  });
  await closeBrowser({ jobId: 'acquired' }, worker);
  await closeBrowser({ jobId: 'acquired' }, worker);
  expect(rig.forgotten).toContain('acquired');
});

test.each([
  ['throws', '{{ nowhere.to.go }}'],
  ['gives nothing', '{{ "" }}'],
])('acquire refuses the job when a required expression %s', async (name, expression) => {
  const jobId = `refused-${name.replace(' ', '-')}`;
  rig.jobValues.set(jobId, { values: [], expressions: [{ name: 'needed', expression, sensitive: false, required: true }] });
  const refused = await acquireBrowser({ jobId }, new AbortController().signal, worker);
  expect(refused).toMatchObject({ outcome: 'refused', error: { code: 'value_missing', message: expect.stringContaining('needed') } });
  await closeBrowser({ jobId }, worker);
});

test('closing takes a last picture of the page', async () => {
  const other = await openJob(rig, worker);
  await other.visit('/links');
  await closeBrowser({ jobId: other.jobId }, worker);
  expect(rig.rows.filter((row) => row.jobId === other.jobId).at(-1)).toMatchObject({ name: 'last-page.jpg', stepId: null });
  expect((await rig.client.call('stat', {})).jobs.map(({ jobId }) => jobId)).not.toContain(other.jobId);
});

const endless = 'for (;;);';

test('a script that never returns is stopped, and the page works afterwards', async () => {
  await job.visit('/forms');
  const report = await job.fails({ action: { type: 'extract', script: endless }, timeout: 700 });
  expect(report.error).toMatchObject({ code: 'timeout', message: 'The script did not come to an end within 700 ms and was stopped.' });
  expect(await job.read('document.querySelectorAll("#rows li").length')).toBe('3');
  const acting = await job.fails({ action: { type: 'extract', script: endless }, effect: 'once', timeout: 700 });
  expect(acting.error).toMatchObject({ code: 'action_failed', message: expect.stringContaining('was stopped') });
  const waiting = await job.fails({ action: { type: 'extract', script: 'new Promise(() => {})' }, timeout: 700 });
  expect(waiting.error.code).toBe('timeout');
  const captured = await job.fails({
    ...nothing,
    timeout: 700,
    captures: [{ name: 'x', strategy: 'evaluate', expression: `(() => { ${endless} })()` }],
  });
  expect(captured.error).toMatchObject({ code: 'capture_failed', message: expect.stringContaining('time limit') });
  expect(await job.read('1 + 1')).toBe('2');
});

test('a pattern that backtracks without end is stopped early and says so', async () => {
  const captures = [{ name: 'x', strategy: 'expression' as const, expression: '{{ "a".repeat(40) + "b" }}', pattern: '^(a+)+$' }];
  const report = await job.fails({ ...nothing, captures });
  expect(report.error).toMatchObject({ code: 'capture_failed', message: expect.stringContaining('(a+)+$ was stopped after 2 s') });
  expect((await job.done({ ...nothing, captures: [{ name: 'y', strategy: 'url', pattern: 'forms' }] })).captures[0]?.value).toBe('forms');
});

test('the page has the size that the settings say', async () => {
  rig.jobValues.set('sized', { values: [], expressions: [] });
  await acquireBrowser({ jobId: 'sized', viewport: { width: 900, height: 500 } }, new AbortController().signal, worker);
  const attached = await worker.pages.current('sized');
  expect(attached?.page().viewportSize()).toEqual({ width: 900, height: 500 });
  await closeBrowser({ jobId: 'sized' }, worker);
});
