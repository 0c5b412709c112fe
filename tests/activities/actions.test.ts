import { afterAll, beforeAll, expect, test } from 'vitest';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
  worker = await rig.startWorker();
  job = await openJob(rig, worker, [
    { name: 'user', value: 'Ada "the first"', sensitive: false },
    { name: 'count', value: '3', sensitive: false },
  ]);
});
afterAll(() => rig.close());

test('navigate opens addresses relative to the base and reports where it is', async () => {
  const report = await job.visit('/forms');
  expect(report).toMatchObject({ outcome: 'done', attempt: 1, retries: 0, page: { url: `${rig.site.url}/forms`, title: 'Forms' } });
});

test('input replaces what is in the field', async () => {
  const report = await job.done({ action: { type: 'input', selector: { id: 'user' }, value: '{{ user }}' } });
  expect(report.matchedBy).toBe('id');
  expect(await job.read('document.querySelector("#user").value')).toBe('Ada "the first"');
});

test('input ticks a checkbox, sets a date and fills a text area', async () => {
  await job.done({ action: { type: 'input', selector: { labelText: 'Newsletter' }, value: 'true' } });
  await job.done({ action: { type: 'input', selector: { ariaLabel: 'Day' }, value: '2026-02-28' } });
  await job.done({ action: { type: 'input', selector: { dataTestId: 'note' }, value: 'two\nlines' } });
  expect(
    await job.read(
      '[document.querySelector("#news").checked, document.querySelector("#day").value, document.querySelector("#note").value]',
    ),
  ).toBe(JSON.stringify([true, '2026-02-28', 'two\nlines']));
});

test('click presses a button found by its whole text', async () => {
  await job.done({ action: { type: 'click', selector: { innerText: 'Go now', tagName: 'button' } } });
  expect(await job.read('document.querySelector("#log").textContent')).toContain('go;');
});

test('select chooses by value, or by the text of the option', async () => {
  await job.done({ action: { type: 'select', selector: { id: 'size' }, value: 'm' } });
  expect(await job.read('document.querySelector("#size").value')).toBe('m');
  await job.done({ action: { type: 'select', selector: { id: 'size' }, optionText: 'Large' } });
  expect(await job.read('document.querySelector("#size").value')).toBe('l');
});

test('an option that does not exist fails the step with the options that do', async () => {
  const report = await job.fails({ action: { type: 'select', selector: { id: 'size' }, value: 'xxl' }, timeout: 1_500 });
  expect(report.error).toMatchObject({ code: 'action_failed', message: expect.stringContaining('s (Small), m (Medium), l (Large)') });
});

test('hover moves the mouse over the element', async () => {
  await job.done({ action: { type: 'hover', selector: { innerText: 'hover me' } } });
  expect(await job.read('document.querySelector("#log").textContent')).toContain('hover;');
});

test('key presses in an element, or where the focus is', async () => {
  await job.done({ action: { type: 'key', key: 'Enter', selector: { id: 'user' } } });
  expect(await job.read('document.querySelector("#log").textContent')).toContain('key Enter;');
  await job.done({ action: { type: 'extract', script: 'document.activeElement.blur()' } });
  await job.done({ action: { type: 'key', key: 'Escape' } });
  expect(await job.read('document.querySelector("#log").textContent')).toContain('body Escape;');
});

test('scroll goes to the bottom, by a distance, to an element and to the top', async () => {
  await job.visit('/links');
  await job.done({ action: { type: 'scroll', to: 'bottom' } });
  expect(Number(await job.read('scrollY'))).toBeGreaterThan(3_000);
  await job.done({ action: { type: 'scroll', by: -500 } });
  expect(Number(await job.read('scrollY'))).toBeLessThan(3_000);
  await job.done({ action: { type: 'scroll', selector: { id: 'deep' } } });
  expect(Number(await job.read('document.querySelector("#deep").getBoundingClientRect().top'))).toBeLessThan(720);
  await job.done({ action: { type: 'scroll', to: 'top' } });
  expect(await job.read('scrollY')).toBe('0');
});

test('wait ends with a time, a selector, an address or a text', async () => {
  await job.visit('/late?after=200');
  const report = await job.done({ action: { type: 'wait', selector: { id: 'late' } } });
  expect(report.matchedBy).toBe('id');
  await job.done({ action: { type: 'wait', duration: 20 } });
  await job.done({ action: { type: 'wait', url: '**/late?*' } });
  await job.done({ action: { type: 'wait', text: 'Late' } });
  await job.done({ action: { type: 'wait', selector: { id: 'nothing' }, state: 'detached' } });
});

test("a wait for what does not come fails within the step's time", async () => {
  const started = Date.now();
  const report = await job.fails({ action: { type: 'wait', selector: { id: 'nothing' } }, timeout: 500 });
  expect(report.error).toMatchObject({ code: 'timeout', message: expect.stringContaining('visible') });
  expect(await job.fails({ action: { type: 'wait', url: 'elsewhere' }, timeout: 300 })).toMatchObject({ error: { code: 'timeout' } });
  expect(await job.fails({ action: { type: 'wait', text: 'elsewhere' }, timeout: 300 })).toMatchObject({ error: { code: 'timeout' } });
  expect(Date.now() - started).toBeLessThan(6_000);
});

test.each([
  ['an expression', 'document.title + {{count}}', 'Forms3'],
  [
    'a function body',
    'const rows = document.querySelectorAll("#rows li"); return [...rows].map((row) => row.textContent)',
    '["one","two","three"]',
  ],
  ['statements', 'let n = 1; n + 1', '2'],
  ['a function', '() => ({ a: { b: 1 }})', '{"a":{"b":1}}'],
  ['a promise', 'Promise.resolve("later")', 'later'],
  ['a value inside a string', '"<{{user}}>"', '<Ada "the first">'],
])('extract takes %s', async (_, script, expected) => {
  await job.visit('/forms');
  const report = await job.done({
    action: { type: 'extract', script },
    captures: [{ name: 'x', strategy: 'expression', expression: '{{__extracted}}' }],
  });
  expect(report.captures).toEqual([{ name: 'x', value: expected }]);
});

test('extract works on a page whose policy forbids eval', async () => {
  await job.visit('/strict');
  expect(await job.read('document.title')).toBe('Forms');
  await job.done({ action: { type: 'extract', script: 'let n = 1; n + 1' } });
});

test('a script with a mistake says which', async () => {
  const report = await job.fails({ action: { type: 'extract', script: 'let let = ;' } });
  expect(report.error).toMatchObject({ code: 'action_failed', message: expect.stringContaining('not valid JavaScript') });
});

test('a disabled button is waited for, and the error says so', async () => {
  await job.visit('/forms');
  const report = await job.fails({ action: { type: 'click', selector: { id: 'disabled' } }, timeout: 2_500 });
  expect(report.error).toMatchObject({ code: 'timeout', message: expect.stringContaining('not enabled') });
});

test('a covered button names what lies over it', async () => {
  await job.visit('/late?cover');
  const report = await job.fails({ action: { type: 'click', selector: { id: 'late' } }, timeout: 2_500 });
  expect(report.error).toMatchObject({ code: 'timeout', message: expect.stringContaining('cover') });
});

test('a key that does not exist is refused without repeating any of it', async () => {
  const report = await job.fails({ action: { type: 'key', key: 'CANsec+secret-key' } });
  expect(report.error).toMatchObject({ code: 'action_failed', message: expect.stringContaining('no such key') });
  expect(JSON.stringify(report.error)).not.toContain('secret-key');
});
