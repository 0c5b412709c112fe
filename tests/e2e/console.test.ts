import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { chromiumPath, chromiumSandbox } from '../support/chromium.ts';
import { startProduct, temporaryHome, type Product } from '../support/product.ts';
import { countingRunbook, startCountingSite, type CountingSite } from './counting-site.ts';

const home = temporaryHome();
let product: Product;
let site: CountingSite;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const outside: string[] = [];

beforeAll(async () => {
  site = await startCountingSite(20);
  product = await startProduct(home.path);
  browser = await chromium.launch({ executablePath: chromiumPath(), chromiumSandbox: chromiumSandbox() });
}, 180_000);

afterAll(async () => {
  await browser.close();
  await product.stop();
  await site.close();
  home.remove();
});

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(20_000);
  context.on('request', (request) => {
    if (!request.url().startsWith(product.url) && !request.url().startsWith('data:')) outside.push(request.url());
  });
  page = await context.newPage();
});
afterEach(() => context.close());

const statusOf = (where: Page) =>
  where
    .locator('header')
    .getByText(/^(Queued|Running|Paused|Completed|Failed|Cancelled)$/)
    .first();
const startSlow = () => product.startJob(countingRunbook(site.url, 20, 200), { requestedBy: 'Ama' });
const running = (id: string) => product.until(id, (event) => event.type === 'step.succeeded' && event.seq > 6);

test('the first start shows an example that runs to its end, step by step, with its values', async () => {
  expect(product.exampleJob).toBeDefined();
  await page.goto(product.url);
  await page.getByRole('link', { name: 'Order supplies' }).click();
  await expect.poll(() => statusOf(page).textContent(), { timeout: 60_000 }).toBe('Completed');
  const job = await product.job(product.exampleJob!);
  expect(job.counts).toMatchObject({ succeeded: job.counts.total, failed: 0 });
  for (const step of job.steps) await page.getByText(step.description, { exact: true }).first().waitFor();
  await page
    .getByRole('button', { name: /^Values/ })
    .or(page.getByRole('tab', { name: /^Values/ }))
    .first()
    .click();
  const captured = job.steps.flatMap((step) => step.captures)[0]!;
  await page.getByText(captured.name, { exact: true }).first().waitFor();
  expect(await page.content()).not.toContain('harbour-42');
}, 120_000);

test('a job is paused, resumed and cancelled from its page', async () => {
  const { id } = await startSlow();
  await running(id);
  await page.goto(`${product.url}/jobs/${id}`);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect.poll(() => statusOf(page).textContent()).toBe('Paused');
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect.poll(() => statusOf(page).textContent()).toBe('Running');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /cancel (the )?job/i })
    .click();
  await expect.poll(() => statusOf(page).textContent()).toBe('Cancelled');
  expect(await product.job(id)).toMatchObject({ status: 'cancelled', actions: [] });
}, 90_000);

test('an open page sees at once what somebody else does to the job', async () => {
  const { id } = await startSlow();
  await running(id);
  await page.goto(`${product.url}/jobs/${id}`);
  await expect.poll(() => statusOf(page).textContent()).toBe('Running');
  await product.request('POST', `/api/jobs/${id}/pause`, { actor: 'Mei' });
  await expect.poll(() => statusOf(page).textContent(), { timeout: 5_000 }).toBe('Paused');
  await product.request('POST', `/api/jobs/${id}/cancel`, { actor: 'Mei', comment: 'wrong basket' });
  await expect.poll(() => statusOf(page).textContent(), { timeout: 5_000 }).toBe('Cancelled');
  await page.goto(`${product.url}/jobs`);
  await page.getByText('Cancelled by Mei · “wrong basket”').first().waitFor();
}, 90_000);

test('a seventh tab still works: every tab needs one connection', async () => {
  const { id } = await startSlow();
  await running(id);
  const tabs = await Promise.all(Array.from({ length: 7 }, () => context.newPage()));
  for (const tab of tabs) await tab.goto(`${product.url}/jobs/${id}`);
  for (const tab of tabs) await expect.poll(() => statusOf(tab).textContent(), { timeout: 15_000 }).toBe('Running');
  await product.request('POST', `/api/jobs/${id}/cancel`, {});
  for (const tab of tabs) await expect.poll(() => statusOf(tab).textContent(), { timeout: 15_000 }).toBe('Cancelled');
}, 120_000);

test('a runbook is started with its inputs from its page', async () => {
  await page.goto(`${product.url}/runbooks`);
  await page
    .getByRole('link', { name: /invoice status/i })
    .first()
    .click();
  await page.getByRole('button', { name: 'Start job' }).click();
  await page
    .getByText(/needs a value|required|is missing/i)
    .first()
    .waitFor();
  const runbook = (await (await product.request('GET', '/api/runbooks/check-invoice-status')).json()) as {
    variables: Record<string, { source: string; required: boolean }>;
  };
  const required = Object.entries(runbook.variables).filter(([, v]) => v.source === 'prompt' && v.required);
  for (const [name] of required) await page.getByLabel(name).first().fill('INV-20418');
  await page.getByRole('button', { name: 'Start job' }).click();
  await page.waitForURL(/\/jobs\/j-/);
  await expect.poll(() => statusOf(page).textContent(), { timeout: 60_000 }).toMatch(/Completed|Failed/);
}, 90_000);

test('the console asks nobody else for anything', () => {
  expect(outside).toEqual([]);
});
