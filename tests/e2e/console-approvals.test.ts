import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { violations } from './axe.ts';
import { consoleRig, statusOf } from './console-rig.ts';
import { paymentRunbook, startPaymentSite, type PaymentSite } from './payment-site.ts';

const rig = consoleRig({ UNDERSTUDY_PARK_AFTER: '1', UNDERSTUDY_BROWSERS: '2' });
const pin = 'canary-4711';
let site: PaymentSite;
beforeAll(async () => {
  site = await startPaymentSite();
});
const asking: string[] = [];
beforeEach(() => {
  site.released.length = 0;
});
/** What waits is the same for everybody, so no test leaves a question behind. */
afterEach(async () => {
  for (const id of asking.splice(0)) {
    const job = await rig.product.job(id);
    if (job.actions.includes('cancel')) await rig.product.request('POST', `/api/jobs/${id}/cancel`, {});
    if (!job.finishedAt) await rig.product.until(id, (event) => event.type === 'job.finished');
  }
}, 60_000);
afterAll(() => site.close());

async function startAsking(more = ''): Promise<string> {
  const { id } = await rig.product.startJob(paymentRunbook(site.url, more), { inputs: { pin } });
  asking.push(id);
  await rig.product.until(id, (event) => event.type === 'approval.requested');
  return id;
}
const dialogOf = (page: Page) => page.getByRole('dialog');
const openJob = async (id: string, query = ''): Promise<Page> => {
  const page = await rig.page();
  await page.goto(`${rig.product.url}/jobs/${id}${query}`);
  return page;
};
const focusedPanel = (page: Page): Promise<boolean> => page.evaluate('document.activeElement.hasAttribute("data-panel")');

test('a question opens by itself, is decided by no key but Ctrl+Enter, and its answer stays with the step', async () => {
  const id = await startAsking();
  const page = await openJob(id);
  const dialog = dialogOf(page);
  await dialog.getByRole('heading', { name: 'Click “Release payment”' }).waitFor();
  await expect.poll(() => focusedPanel(page)).toBe(true);
  await dialog.locator('[data-spot]').waitFor();
  expect(await page.content()).not.toContain(pin);
  await rig.product.until(id, (event) => event.type === 'job.parked');
  await dialog.getByText('Parked: the browser went to another job').waitFor();

  await page.keyboard.press('Enter');
  await dialog.getByLabel('Comment').fill('agreed with finance');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect((await rig.product.job(id)).status).toBe('waiting_for_approval');

  await page.reload();
  await page.getByRole('button', { name: 'Review approval' }).click();
  expect(await dialog.getByLabel('Comment').inputValue()).toBe('agreed with finance');
  await dialog.getByLabel('Your name').fill('Mei Tanaka');
  await expect.poll(() => dialog.getByRole('button', { name: 'Approve and click “Release payment”' }).isEnabled()).toBe(true);
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => statusOf(page).textContent(), { timeout: 60_000 }).toBe('Completed');
  expect(site.released).toEqual(['100.00']);

  await page.getByRole('listitem').filter({ hasText: 'Release the payment' }).getByRole('button').click();
  const record = page.getByRole('listitem').filter({ hasText: 'as claimed' });
  await record.getByText('by Mei Tanaka').waitFor();
  await record.getByText('“agreed with finance”').waitFor();
}, 120_000);

test('the Jobs page says what waits, and a dialog closes with a word when somebody else has answered', async () => {
  const id = await startAsking(', timeout: 20m, onTimeout: cancel');
  const page = await rig.page();
  await page.goto(`${rig.product.url}/jobs?status=completed`);
  await page.getByRole('link', { name: /1 job needs your approval/ }).waitFor();
  await page.getByRole('link', { name: /^Waiting for approval/ }).click();
  await page.locator('time:visible', { hasText: /^(19:\d\d|20:00) left$/ }).waitFor();
  await page.getByRole('link', { name: 'Review' }).click();
  const dialog = dialogOf(page);
  await dialog.getByText('left, then the job is cancelled').waitFor();
  const { approval } = await rig.product.job(id);
  const answered = await rig.product.request('POST', `/api/jobs/${id}/reject`, {
    approvalId: approval?.approvalId,
    actor: 'Jonas',
    comment: 'wrong month',
  });
  expect(answered.status).toBe(200);
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText('Rejected by Jonas · “wrong month”').first().waitFor();
  expect(site.released).toEqual([]);
}, 120_000);

test('the inbox lists by deadline, takes an answer, and says what was decided', async () => {
  const slow = await startAsking();
  const urgent = await startAsking(', timeout: 20m');
  const page = await rig.page();
  await page.goto(`${rig.product.url}/approvals`);
  const listed = page.getByRole('list', { name: 'Questions' }).getByRole('listitem');
  await expect.poll(() => listed.count()).toBe(2);
  await expect.poll(() => page.url()).toContain(urgent);
  await page.keyboard.press('j');
  await expect.poll(() => page.url()).toContain(slow);
  await page.keyboard.press('k');
  await expect.poll(() => page.url()).toContain(urgent);
  await page.getByLabel('Comment').fill('not this one');
  await page.getByRole('button', { name: 'Reject' }).click();
  await page.getByRole('heading', { name: /^Rejected by Somebody at the console/ }).waitFor();
  await expect.poll(() => listed.count()).toBe(1);
  await page.getByRole('region', { name: 'Decided in the last 24 hours' }).getByText('“not this one”').waitFor();
  await page.getByRole('button', { name: 'Next question' }).click();
  await expect.poll(() => page.url()).toContain(slow);
}, 120_000);

test.each(['light', 'dark'] as const)(
  'axe-core finds nothing wrong on what waits, the question, a rerun and a schedule, %s',
  async (theme) => {
    const id = await startAsking(', timeout: 20m');
    await rig.product.until(id, (event) => event.type === 'job.parked');
    const page = await rig.page({ colorScheme: theme, reducedMotion: 'reduce' });
    const { url } = rig.product;
    await page.goto(`${url}/approvals`);
    await page.getByRole('heading', { name: 'Click “Release payment”' }).waitFor();
    expect(await violations(page)).toEqual([]);

    await page.goto(`${url}/jobs/${id}`);
    const dialog = dialogOf(page);
    await dialog.locator('[data-spot]').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('region', { name: 'Happenings' }).getByText('Parked: its browser is free').waitFor();
    expect(await violations(page)).toEqual([]);

    await rig.product.request('POST', `/api/jobs/${id}/cancel`, {});
    await rig.product.until(id, (event) => event.type === 'job.finished');
    await page.getByRole('button', { name: 'Rerun' }).click();
    await dialog.getByRole('radio', { name: /^From the start/ }).waitFor();
    expect(await violations(page)).toEqual([]);

    const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
    const later = await rig.product.startJob(paymentRunbook(site.url), { inputs: { pin }, scheduledFor });
    asking.push(later.id);
    await page.goto(`${url}/jobs/${later.id}`);
    await page.getByRole('heading', { name: /^Scheduled · starts in/ }).waitFor();
    expect(await violations(page)).toEqual([]);
  },
  120_000,
);
