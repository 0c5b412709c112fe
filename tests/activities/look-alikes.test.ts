import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Selector } from '../../src/contract/action.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
  worker = await rig.startWorker();
  job = await openJob(rig, worker, [{ name: 'secret', value: 'Sign in hunter2', sensitive: true }]);
});
afterAll(() => rig.close());

const alike = async (selector: Selector): Promise<string[]> => {
  const report = await job.fails({ action: { type: 'click', selector }, retries: 0 });
  expect(report.error.code).toBe('element_not_found');
  return report.error.diagnostics?.lookAlikes ?? [];
};

test.each<[string, Selector, string]>([
  ['a text of the same kind', { innerText: 'Log in', role: 'button' }, 'a button “Sign in” exists; a button “Log in” was asked for'],
  ['a text', { innerText: 'Sign on' }, 'a button “Sign in” exists; “Sign on” was asked for'],
  ['another kind', { innerText: 'Help', tagName: 'button' }, 'a link “Help” exists; a button “Help” was asked for'],
  ['an id', { id: 'sign-on' }, 'a button with the id “sign-in” exists; the id “sign-on” was asked for'],
  ['an id in CSS', { cssSelector: 'form #signin' }, 'a button with the id “sign-in” exists; the id “signin” was asked for'],
  ['a name', { name: 'user-name' }, 'a field with the name “username” exists; the name “user-name” was asked for'],
  [
    'a test id',
    { dataTestId: 'log-in-button' },
    'a button with the data-testid “login-button” exists; the dataTestId “log-in-button” was asked for',
  ],
  ['a label', { labelText: 'User names' }, 'a field “User name” exists; “User names” was asked for'],
  [
    'a hidden one',
    { innerText: 'Delete all', role: 'button' },
    'a button “Delete everything” is there, but hidden; a button “Delete all” was asked for',
  ],
  ['one in a frame', { id: 'pay-now' }, 'a matching element is in the frame iframe[name="pay"]: add `frame`'],
])('what may have been meant is told: %s', async (_, selector, sentence) => {
  await job.visit('/alike');
  expect(await alike(selector)).toContain(sentence);
});

const failurePicture = () => rig.rows.findLast(({ jobId, kind }) => jobId === job.jobId && kind === 'screenshot');
const near = (value: number) => expect.closeTo(value, 2) as number;

test.each([
  ['one of the same kind', '/alike', { innerText: 'Log in', role: 'button' }, '#sign-in', '“Sign in”'],
  ['one of any kind, when none was asked for', '/alike', { id: 'usr' }, '#user', '“User name”'],
])('the picture of a step that found nothing marks what may have been meant: %s', async (...[, path, selector, css, called]) => {
  await job.visit(path);
  await alike(selector);
  const page = (await worker.pages.current(job.jobId))?.page();
  const box = await page?.locator(css).boundingBox();
  const size = page?.viewportSize();
  if (!box || !size) throw new Error('no box');
  expect(failurePicture()?.detail).toMatchObject({
    alike: called,
    mark: {
      x: near(box.x / size.width),
      y: near(box.y / size.height),
      width: near(box.width / size.width),
      height: near(box.height / size.height),
    },
  });
});

test.each([
  ['of another kind', { innerText: 'Help', role: 'button' }],
  ['hidden', { innerText: 'Delete all', role: 'button' }],
  ['not as near as what matches in a frame', { id: 'pay-now' }],
  ['called otherwise altogether', { innerText: 'Zzqq', role: 'link' }],
])('nothing is marked that is %s', async (_, selector) => {
  await job.visit('/alike');
  expect(await alike(selector)).not.toEqual([]);
  expect(failurePicture()?.detail).not.toHaveProperty('mark');
  expect(failurePicture()?.detail).not.toHaveProperty('alike');
});

test('the only ones of the right kind are told, however many of other kinds are called alike', async () => {
  await job.visit('/alike');
  expect(await alike({ innerText: 'Row', role: 'link' })).toContain('a link “Help” exists');
});

test('an element is told once, by what it has in common with what was asked for', async () => {
  await job.visit('/alike');
  expect((await alike({ innerText: 'Helping', role: 'link' })).filter((sentence) => sentence.includes('a link “Help”'))).toEqual([
    'a link “Help” exists; a link “Helping” was asked for',
  ]);
});

test('what is not there at all has no look-alikes', async () => {
  await job.visit('/alike');
  expect(await alike({ id: 'zzzzqqqq' })).toEqual([]);
});

test('a secret is in no look-alike', async () => {
  await job.visit('/alike');
  const told = await alike({ innerText: '{{secret}}' });
  expect(told.join()).toContain('•••');
  expect(told.join()).not.toContain('hunter2');
});

test.each(['lie', 'hang'])('a page that means to %s does not hold up the end of the step', async (how) => {
  const own = await openJob(rig, worker);
  await own.visit(`/alike?${how}`);
  const before = Date.now();
  const report = await own.fails({ action: { type: 'click', selector: { id: 'zzzz' } }, retries: 0 });
  expect(report.error.code).toBe('element_not_found');
  expect(Date.now() - before).toBeLessThan(8_000);
  await rig.client.call('close', { jobId: own.jobId });
});

test.each(['list', 'list&down'])('a row of a list that draws only what is in sight is found by scrolling the list (%s)', async (query) => {
  await job.visit(`/alike?${query}`);
  const report = await job.done({ action: { type: 'click', selector: { innerText: 'Row 300' } }, retries: 1, timeout: 20_000 });
  expect(report).toMatchObject({ retries: 1, page: { title: 'chose Row 300' } });
});

test('ten thousand elements that match are told in time, ten of them by name', async () => {
  await job.visit('/alike?many');
  const report = await job.fails({
    action: { type: 'click', selector: { innerText: 'Same', tagName: 'button' } },
    retries: 0,
    timeout: 20_000,
  });
  expect(report.error).toMatchObject({ code: 'ambiguous', message: expect.stringContaining('10000 elements') });
  expect(report.error.diagnostics?.matches).toHaveLength(10);
});

test('more dependable fields that matched nothing are told', async () => {
  await job.visit('/alike');
  const report = await job.done({ action: { type: 'hover', selector: { id: 'gone', dataTestId: 'nope', innerText: 'Sign in' } } });
  expect(report).toMatchObject({ matchedBy: 'innerText', missed: ['id "gone"', 'dataTestId "nope"'] });
});
