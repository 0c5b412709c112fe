import { expect, test } from 'vitest';
import { consoleRig, statusOf } from './console-rig.ts';

const rig = consoleRig({ UNDERSTUDY_EXAMPLE: 'on' });

test('the first start shows an example that runs to its end, step by step, with its values', async () => {
  const { product } = rig;
  const page = await rig.page();
  expect(product.exampleJob).toBeDefined();
  await page.goto(product.url);
  await page.getByRole('link', { name: 'Order supplies' }).click();
  await expect.poll(() => statusOf(page).textContent(), { timeout: 60_000 }).toBe('Completed');
  const job = await product.job(product.exampleJob!);
  expect(job.counts).toMatchObject({ succeeded: job.counts.total, failed: 0 });
  for (const step of job.steps) await page.getByText(step.description, { exact: true }).first().waitFor();
  await page.getByRole('button', { name: /^Values/ }).click();
  const captured = job.steps.flatMap((step) => step.captures)[0]!;
  await page.getByText(captured.name, { exact: true }).first().waitFor();
  expect(await page.content()).not.toContain('harbour-42');
}, 120_000);

test('a job is paused, resumed and cancelled from its page', async () => {
  const { id } = await rig.startSlow();
  const page = await rig.page();
  await page.goto(`${rig.product.url}/jobs/${id}`);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect.poll(() => statusOf(page).textContent()).toBe('Paused');
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect.poll(() => statusOf(page).textContent()).toBe('Running');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Comment').fill('wrong basket');
  await dialog.getByRole('button', { name: 'Cancel the job' }).click();
  await expect.poll(() => statusOf(page).textContent()).toBe('Cancelled');
  expect(await rig.product.job(id)).toMatchObject({ status: 'cancelled', actions: [], lastCommand: { comment: 'wrong basket' } });
}, 90_000);

test('an open page sees at once what somebody else does to the job', async () => {
  const { product } = rig;
  const { id } = await rig.startSlow();
  const page = await rig.page();
  await page.goto(`${product.url}/jobs/${id}`);
  await expect.poll(() => statusOf(page).textContent()).toBe('Running');
  await product.request('POST', `/api/jobs/${id}/pause`, { actor: 'Mei' });
  await expect.poll(() => statusOf(page).textContent(), { timeout: 5_000 }).toBe('Paused');
  await product.request('POST', `/api/jobs/${id}/cancel`, { actor: 'Mei', comment: 'wrong basket' });
  await expect.poll(() => statusOf(page).textContent(), { timeout: 5_000 }).toBe('Cancelled');
  await page.goto(`${product.url}/jobs`);
  await page.getByText('Cancelled by Mei · “wrong basket”').first().waitFor();
}, 90_000);

const quick = (title: string): string =>
  `title: ${title}\nsteps:\n  - description: Wait a moment\n    action: { type: wait, duration: 1 }\n`;

test('new jobs wait above the list while somebody points at it, and come in by a click', async () => {
  const { product } = rig;
  await product.startJob(quick('Collect the first statement'));
  const page = await rig.page();
  await page.goto(`${product.url}/jobs`);
  await page.getByRole('link', { name: 'Collect the first statement' }).hover();
  await product.startJob(quick('Collect the second statement'));
  const strip = page.getByRole('button', { name: '1 new job' });
  await strip.waitFor();
  expect(await page.getByRole('link', { name: 'Collect the second statement' }).count()).toBe(0);
  await strip.click();
  await page.getByRole('link', { name: 'Collect the second statement' }).waitFor();
  expect(await strip.count()).toBe(0);
}, 60_000);

test('older jobs are a page away, and a search counts only what it finds', async () => {
  const { product } = rig;
  for (let n = 1; n <= 52; n += 1) await product.startJob(quick(`Settle account ${n}`));
  const page = await rig.page();
  await page.goto(`${product.url}/jobs`);
  await page.getByText(/^50 of \d+$/).waitFor();
  await page.getByRole('button', { name: 'Older' }).click();
  await page.getByRole('link', { name: 'Settle account 1', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Newer' }).click();
  await page.getByRole('link', { name: 'Settle account 52' }).waitFor();
  await page.getByLabel('Search jobs').fill('settle account 5');
  await page.getByText('4 of 4', { exact: true }).waitFor();
  await product.startJob(quick('Settle account 53'));
  await page.getByText('5 of 5', { exact: true }).waitFor();
}, 120_000);

test('the console asks nobody else for anything', () => {
  expect(rig.outside).toEqual([]);
});
