import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Action } from '../../src/contract/action.ts';
import { openJob, startRig, type Rig, type TestJob } from './rig.ts';

let rig: Rig;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
  job = await openJob(rig, await rig.startWorker());
});
beforeEach(() => job.visit('/custom'));
afterAll(() => rig.close());

const textOf = (id: string) => job.read(`document.querySelector("#${id}").textContent`);

test.each<[string, Partial<Action>, string]>([
  ['combo', { optionText: 'Small' }, 'Small'],
  ['combo', { optionText: 'large' }, 'Large size'],
  ['combo', { value: 'l' }, 'Large size'],
  ['menu', { optionText: 'Netherlands' }, 'Netherlands'],
  ['menu', { value: 'at' }, 'Austria'],
])('select opens the list %s of the page’s own making and chooses %j', async (id, wanted, text) => {
  await job.done({ action: { type: 'select', selector: { id }, ...wanted } as Action });
  expect(await textOf(id)).toBe(text);
});

test('select chooses from a list that is open already', async () => {
  await job.done({ action: { type: 'select', selector: { id: 'open' }, optionText: 'green' } });
  expect(await textOf('log')).toBe('Dark green');
});

test('an option that such a list does not have fails the step with the options it has', async () => {
  const report = await job.fails({ action: { type: 'select', selector: { id: 'combo' }, optionText: 'Huge' }, timeout: 3_000 });
  expect(report.error).toMatchObject({ code: 'action_failed', message: expect.stringContaining('Small, Large size') });
});

test('a page that takes longer and longer to give its options does not use up the time in which they are told', async () => {
  // every look at the list blocks the page for a while, and none of them comes in time in the end
  await job.done({
    action: {
      type: 'extract',
      script: `let ms = 50;
        const read = Element.prototype.getAttribute;
        Element.prototype.getAttribute = function (name) {
          if (name === 'data-value' && this.closest('#combo-list')) for (const ends = performance.now() + (ms *= 1.1); performance.now() < ends; );
          return read.call(this, name);
        };`,
    },
  });
  const report = await job.fails({ action: { type: 'select', selector: { id: 'combo' }, optionText: 'Huge' }, timeout: 4_000 });
  expect(report.error).toMatchObject({ code: 'action_failed', message: expect.stringContaining('Small, Large size') });
});

test.each([
  ['date', '2026-02-28', '2026-02-28'],
  ['time', '9:05', '09:05'],
  ['month', '2026-02', '2026-02'],
  ['week', '2026-W09', '2026-W09'],
  ['local', '2026-02-28 09:05', '2026-02-28T09:05'],
  ['color', '#F80', '#ff8800'],
  ['range', '7', '7'],
  ['number', '-3.5', '-3.5'],
])('input sets a field of kind %s', async (id, value, expected) => {
  await job.done({ action: { type: 'input', selector: { id }, value } });
  expect(await job.read(`document.querySelector("#${id}").value`)).toBe(expected);
});

test.each([
  ['date', '28.2.2026', '2026-02-28'],
  ['week', '9', '2026-W09'],
  ['color', 'orange', '#rrggbb'],
  ['range', '99', 'min and max'],
  ['number', 'many', 'a number is written as'],
])('a value that a field of kind %s does not take is refused with the form that it takes', async (id, value, form) => {
  const report = await job.fails({ action: { type: 'input', selector: { id }, value } });
  expect(report.error).toMatchObject({ code: 'action_failed', message: expect.stringContaining(form) });
});

test('input replaces what a page lets people edit', async () => {
  await job.done({ action: { type: 'input', selector: { id: 'edit' }, value: 'new text' } });
  expect(await textOf('edit')).toBe('new text');
});

test.each<[string, Partial<Action>, string]>([
  ['the right button', { button: 'right' }, 'contextmenu2;auxclick2;'],
  ['a double click', { count: 2 }, 'click0;click0;dblclick0;'],
  ['a modifier', { modifiers: ['Shift'] }, 'click0+shift;'],
])('click takes %s', async (_, how, told) => {
  await job.done({ action: { type: 'click', selector: { id: 'buttons' }, ...how } as Action });
  expect(await textOf('log')).toBe(told);
});

test('wait ends when a script becomes true', async () => {
  await job.done({ action: { type: 'extract', script: 'setTimeout(() => { window.ready = true; }, 300)' } });
  await job.done({ action: { type: 'wait', script: 'window.ready === true' } });
});

test('a script that never returns ends with the step’s time, and the page goes on', async () => {
  const report = await job.fails({ action: { type: 'wait', script: 'for (;;);' }, timeout: 1_500 });
  expect(report.error).toMatchObject({ code: 'timeout', message: expect.stringContaining('stopped') });
  expect(await job.read('document.title')).toBe('Custom');
});
