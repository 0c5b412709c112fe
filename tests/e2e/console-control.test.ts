import type { Locator, Page } from 'playwright';
import { expect, test } from 'vitest';
import { consoleRig, statusOf } from './console-rig.ts';

const rig = consoleRig({ UNDERSTUDY_BROWSERS: '1' });
const zone = 'Pacific/Auckland';
const hour = 3_600_000;

const button = (within: Page | Locator, name: string): Locator => within.getByRole('button', { name, exact: true });
const becomes = (page: Page, status: string): Promise<void> =>
  expect.poll(() => statusOf(page).textContent(), { timeout: 60_000 }).toBe(status);
/** A button whose meaning has just changed takes no press for a moment, and keys do not wait for it as clicks do. */
const settles = (within: Page, name: string): Promise<void> =>
  expect.poll(() => button(within, name).getAttribute('aria-disabled')).toBeNull();
const focused = (page: Page): Promise<string> => page.evaluate('document.activeElement.innerText');

async function openJob(id: string): Promise<Page> {
  const page = await rig.page();
  await page.goto(`${rig.product.url}/jobs/${id}`);
  return page;
}
const waiting = (title: string, ms: number): string =>
  `title: ${title}\nsteps:\n  - description: Wait for the tide\n    action: { type: wait, duration: ${ms} }\n`;
/** As a field of date and time wants it: "2026-11-24T09:35". */
const typed = (at: number): string => new Date(at).toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16).replace(' ', 'T');

test('a job is scheduled in the person’s own time, counts down, and is started before its time', async () => {
  const page = await rig.page({ timezoneId: zone });
  await page.goto(`${rig.product.url}/runbooks/check-invoice-status`);
  const form = page.getByRole('form', { name: 'Run this runbook' });
  await form.getByLabel('invoice').fill('INV-2043');
  await form.getByRole('radio', { name: 'at a time' }).check();
  await form.getByText(zone).waitFor();
  const field = form.getByLabel('Starts at');
  await field.fill(typed(Date.now() - hour));
  await button(form, 'Schedule job').click();
  await form.getByText('This time has passed; choose a later one').waitFor();
  const at = Date.now() + 2 * hour;
  await field.fill(typed(at));
  await button(form, 'Schedule job').click();
  await page.waitForURL(/\/jobs\/j-/);
  await becomes(page, 'Scheduled');
  await page
    .getByText(/starts in (1 h 59|2 h 0) min/)
    .first()
    .waitFor();
  const id = page.url().split('/').at(-1) ?? '';
  expect((await rig.product.job(id)).scheduledFor).toBe(new Date(Math.floor(at / 60_000) * 60_000).toISOString());
  await button(page, 'Start now').click();
  await becomes(page, 'Completed');
  expect(await rig.product.job(id)).toMatchObject({ lastCommand: { action: 'start_now' }, actions: [] });
}, 120_000);

test('a scheduled job is counted down by the second and starts by itself', async () => {
  const scheduledFor = new Date(Date.now() + 15_000).toISOString();
  const { id } = await rig.product.startJob(waiting('Look at the tide tables', 1), { scheduledFor });
  const page = await openJob(id);
  const countdown = page.getByRole('heading', { name: /^Scheduled · starts in 0:\d\d$/ });
  const first = await countdown.textContent();
  await expect.poll(() => countdown.textContent()).not.toBe(first);
  await becomes(page, 'Completed');
  expect(Date.parse((await rig.product.job(id)).startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(scheduledFor));
}, 90_000);

test('a scheduled job that is cancelled never begins', async () => {
  const scheduledFor = new Date(Date.now() + hour).toISOString();
  const { id } = await rig.product.startJob(waiting('Look at the tide tables', 1), { scheduledFor });
  const page = await openJob(id);
  await button(page, 'Cancel').press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('It has not begun, so nothing was done. It will not start.').waitFor();
  await button(dialog, 'Cancel the job').press('Enter');
  await becomes(page, 'Cancelled');
  expect((await rig.product.job(id)).startedAt).toBeUndefined();
  await button(page, 'Rerun').waitFor();
}, 60_000);

test('who waits for a browser sees the place in the queue, and moves up without asking', async () => {
  const { product } = rig;
  const first = await product.startJob(waiting('Hold the browser', 60_000));
  await product.until(first.id, (event) => event.type === 'job.started');
  const second = await product.startJob(waiting('Second in line', 1));
  const third = await product.startJob(waiting('Third in line', 1));
  const page = await openJob(third.id);
  await becomes(page, 'Queued');
  await page.getByText('2nd in the queue').first().waitFor();
  await product.request('POST', `/api/jobs/${second.id}/cancel`, {});
  await page.getByText('1st in the queue').first().waitFor();
  await product.request('POST', `/api/jobs/${first.id}/cancel`, {});
  await becomes(page, 'Completed');
  expect(await page.getByText('in the queue').count()).toBe(0);
}, 90_000);

test('a wait is paused and resumed by keys alone, and a double click is one press', async () => {
  const { product } = rig;
  const { id } = await product.startJob(waiting('Wait at the quay', 60_000));
  const page = await openJob(id);
  await becomes(page, 'Running');
  await button(page, 'Pause').press('Enter');
  await becomes(page, 'Paused');
  expect(await focused(page)).toBe('Resume');
  await settles(page, 'Resume');
  await button(page, 'Resume').press('Enter');
  await becomes(page, 'Running');
  await button(page, 'Pause').dblclick();
  await becomes(page, 'Paused');
  await settles(page, 'Resume');
  expect(await product.job(id)).toMatchObject({ status: 'paused', lastCommand: { action: 'pause' } });
  await product.request('POST', `/api/jobs/${id}/cancel`, {});
  await becomes(page, 'Cancelled');
}, 90_000);

test('a press that comes too late is refused with the state and what is allowed now', async () => {
  const { product } = rig;
  const { id } = await product.startJob(waiting('Wait at the quay', 60_000));
  const page = await openJob(id);
  await becomes(page, 'Running');
  await page.route('**/pause', async (route) => {
    await product.request('POST', `/api/jobs/${id}/pause`, { actor: 'Mei' });
    await product.until(id, (event) => event.type === 'job.paused');
    await route.continue();
  });
  await button(page, 'Pause').click();
  await page.getByText('It is paused now. Allowed now: resume, cancel.').first().waitFor();
  await becomes(page, 'Paused');
  await product.request('POST', `/api/jobs/${id}/cancel`, {});
}, 60_000);

/** Orders something, writes a note, and then looks for what is not there. */
const ordering = (url: string): string => `title: Order once
settings: { defaultTimeout: 1000 }
variables:
  note: { source: prompt }
  pin: { source: prompt, sensitive: true }
steps:
  - { id: open, description: Open the page, action: { type: navigate, url: "${url}" } }
  - { id: order, description: Place the order, effect: once, action: { type: click, selector: { id: b0 } } }
  - { id: see, description: See that it happened, action: { type: wait, text: b0 } }
  - { id: write, description: Write the note, action: { type: input, selector: { id: note }, value: "{{note}} {{pin}}" } }
  - { id: never, description: Press what is not there, effect: once, action: { type: click, selector: { id: never } } }
`;

test('a rerun asks for a tick before it orders again, and keeps what was done when it begins later', async () => {
  const { product, site } = rig;
  const more = { inputs: { note: 'blue' }, secrets: { pin: '4711' } };
  const { id } = await product.startJob(ordering(site.url), more);
  await product.until(id, (event) => event.type === 'job.finished');
  const page = await openJob(id);
  await becomes(page, 'Failed');
  const orders = (): number => site.effects.filter((effect) => effect === 'b0').length;
  expect(orders()).toBe(1);

  await button(page, 'Rerun').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: /^From the start/ }).check();
  const start = button(dialog, 'Rerun from the start');
  await dialog.getByText('One step that happens once needs your tick').waitFor();
  expect(await start.isDisabled()).toBe(true);
  await dialog.getByRole('checkbox', { name: 'Do it again: Place the order' }).check();
  expect(await dialog.getByRole('textbox', { name: /^note/ }).inputValue()).toBe('blue');
  await dialog.getByRole('textbox', { name: /^note/ }).fill('green');
  await start.click();
  await dialog.getByText('Required before it can start').waitFor();
  await dialog.getByLabel('pin').fill('4712');
  await start.click();
  await page.waitForURL((url) => url.pathname.startsWith('/jobs/') && !url.pathname.endsWith(id));
  const second = page.url().split('/').at(-1) ?? '';
  await becomes(page, 'Failed');
  expect(orders()).toBe(2);
  expect(await product.job(second)).toMatchObject({
    rerunOf: { jobId: id, attempt: 2 },
    inputs: expect.arrayContaining([{ name: 'note', value: 'green' }]),
  });
  await page.getByText('attempt 2 of').waitFor();

  await button(page, 'Rerun').click();
  await dialog.getByRole('radio', { name: /Write the note/ }).check();
  await dialog.getByText('Keeps 3 steps').waitFor();
  await dialog.getByLabel('pin').fill('4713');
  await button(dialog, 'Rerun from step 4').click();
  await page.waitForURL((url) => url.pathname.startsWith('/jobs/') && !url.pathname.endsWith(second));
  await becomes(page, 'Failed');
  expect(orders()).toBe(2);
  await page.getByText('attempt 3 of').waitFor();
  const attempts = page.getByRole('navigation', { name: 'Attempts' });
  await attempts.getByRole('link', { name: second }).waitFor();
  await attempts.getByRole('link', { name: id }).click();
  await page.waitForURL(`**/jobs/${id}`);
  expect(await page.content()).not.toMatch(/471[123]/);
}, 180_000);
