import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { consoleRig, statusOf } from './console-rig.ts';
import { startCountingProxy } from './counting-proxy.ts';

const rig = consoleRig();

const freshness = (page: Page, word: RegExp) => page.locator('header').getByRole('status').filter({ hasText: word });

test('seven tabs live on one stream', async () => {
  const { product } = rig;
  const proxy = await startCountingProxy(product.url);
  const { id } = await rig.startSlow();
  await product.request('POST', `/api/jobs/${id}/pause`, {});
  const context = await rig.open();
  const tabs: Page[] = [];
  for (let n = 0; n < 7; n += 1) {
    const tab = await context.newPage();
    await tab.goto(`${proxy.url}/jobs/${id}`);
    tabs.push(tab);
  }
  for (const tab of tabs) await expect.poll(() => statusOf(tab).textContent(), { timeout: 15_000 }).toBe('Paused');
  for (const tab of tabs) await freshness(tab, /^Live$/).waitFor();
  await expect.poll(() => proxy.openStreams(), { timeout: 15_000 }).toBe(1);
  const before = proxy.opened();
  await product.request('POST', `/api/jobs/${id}/cancel`, {});
  for (const tab of tabs) await expect.poll(() => statusOf(tab).textContent(), { timeout: 15_000 }).toBe('Cancelled');
  await expect.poll(() => proxy.openStreams(), { timeout: 15_000 }).toBe(1);
  // a job that ended shows no pictures: the stream is opened again once for all tabs
  expect(proxy.opened() - before).toBeLessThanOrEqual(2);
  await context.close();
  await expect.poll(() => proxy.openStreams(), { timeout: 15_000 }).toBe(0);
  await proxy.close();
}, 120_000);

test('the page says that it is not live while the api is away, and misses nothing', async () => {
  const { product } = rig;
  const { id } = await rig.startSlow();
  const page = await rig.page();
  await page.goto(`${product.url}/jobs/${id}`);
  await freshness(page, /^Live$/).waitFor();
  await page.evaluate('window.notReloaded = true');
  const away = freshness(page, /^(Stale|Offline)$/).waitFor();
  process.kill(product.pid('api'), 'SIGKILL');
  await away;
  expect(await statusOf(page).textContent()).toBe('Running');
  await freshness(page, /^Live$/).waitFor({ timeout: 60_000 });
  await expect.poll(() => statusOf(page).textContent(), { timeout: 90_000 }).toBe('Completed');
  const { counts } = await product.job(id);
  await page.getByText(`${counts.total} of ${counts.total}`, { exact: true }).waitFor();
  expect(await page.locator('ol[aria-label="Steps"] [data-tone=ok]').count()).toBe(counts.total);
  expect(await page.evaluate('window.notReloaded')).toBe(true);
}, 180_000);

test('without a network the page says Offline and keeps what it shows', async () => {
  const { product } = rig;
  const context = await rig.open();
  const page = await context.newPage();
  await page.goto(`${product.url}/jobs`);
  await freshness(page, /^Live$/).waitFor();
  const rows = await page.getByRole('row').count();
  await context.setOffline(true);
  await freshness(page, /^Offline$/).waitFor();
  expect(await page.getByRole('row').count()).toBe(rows);
  await context.setOffline(false);
  await freshness(page, /^Live$/).waitFor({ timeout: 60_000 });
}, 120_000);
