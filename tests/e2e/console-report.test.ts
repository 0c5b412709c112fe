/** The report of a job in the dashboard, and as a file to keep. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright';
import { afterAll, expect, test } from 'vitest';
import { violations } from './axe.ts';
import { consoleRig } from './console-rig.ts';

const rig = consoleRig();
/** where pictures for people are put; none are taken without it */
const shotsFolder = process.env['REPORT_SHOTS'];
const folder = mkdtempSync(join(tmpdir(), 'understudy-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(runbookId: string, options: object = {}): Promise<string> {
  const answer = await rig.product.request('POST', '/api/jobs', { runbookId, requestedBy: 'Ama', options });
  const { id } = (await answer.json()) as { id: string };
  await rig.product.until(id, (event) => event.type === 'job.finished');
  return id;
}
let collected: Promise<string> | undefined;
const collect = (): Promise<string> => (collected ??= run('collect-invoices', { screenshots: 'always', video: true, trace: true }));
let flaky: Promise<string> | undefined;
const fail = (): Promise<string> => (flaky ??= run('flaky-search'));

async function openReport(page: Page, id: string): Promise<void> {
  await page.goto(`${rig.product.url}/jobs/${id}`);
  await page.getByRole('article', { name: 'Execution report' }).waitFor();
}
const shotButtons = (page: Page) => page.getByRole('region', { name: /^Screenshots/ }).locator('li button');
const focused = (page: Page) => page.evaluate('document.activeElement.textContent');

test.each([
  ['light', 1440],
  ['dark', 1440],
  ['light', 390],
] as const)(
  'a job that is over shows its report: axe-core finds nothing wrong, %s, %i px',
  async (colorScheme, width) => {
    const page = await rig.page({ colorScheme, reducedMotion: 'reduce', viewport: { width, height: 900 } });
    for (const [name, id] of [
      ['collected', await collect()],
      ['failed', await fail()],
    ] as const) {
      await openReport(page, id);
      await page.getByRole('region', { name: /^Steps/ }).waitFor();
      await page.locator('[data-details] img').first().waitFor();
      if (shotsFolder) await page.screenshot({ path: join(shotsFolder, `${name}-${colorScheme}-${width}.png`) });
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
  },
  240_000,
);

test('what may have been meant is marked where it stands in the picture of a failed step, on its page and in the file', async () => {
  const { id } = await rig.product.startJob(`title: Log on
settings: { baseUrl: "${rig.product.practice}" }
steps:
  - action: { type: navigate, url: /login }
  - { retries: 0, timeout: 2000, action: { type: click, selector: { role: button, innerText: Log on } } }
`);
  await rig.product.until(id, (event) => event.type === 'job.finished');
  const real = await rig.page({ viewport: { width: 1280, height: 720 } });
  await real.goto(`${rig.product.practice}/login`);
  const button = await real.getByRole('button', { name: 'Log in' }).boundingBox();
  const middle = { x: ((button?.x ?? 0) + (button?.width ?? 0) / 2) / 1280, y: ((button?.y ?? 0) + (button?.height ?? 0) / 2) / 720 };
  const page = await rig.page();
  await page.goto(`${rig.product.url}/jobs/${id}`);
  await page.getByText('Looks like it: “Log in”').waitFor();
  expect(await middleOfSpot(page, page.locator('[data-picture]'))).toEqual({
    x: expect.closeTo(middle.x, 2),
    y: expect.closeTo(middle.y, 2),
  });
  const answer = await rig.product.request('GET', `/api/jobs/${id}/report.html`);
  const offline = await rig.page({ offline: true, javaScriptEnabled: false });
  await offline.setContent(await answer.text());
  const shot = offline.getByRole('listitem').filter({ hasText: 'Looks like it: “Log in”' });
  expect(await middleOfSpot(offline, shot.locator('img'))).toEqual({ x: expect.closeTo(middle.x, 2), y: expect.closeTo(middle.y, 2) });
}, 120_000);

/** In fractions of the picture. */
async function middleOfSpot(page: Page, picture: Locator): Promise<{ x: number; y: number }> {
  const [spot, whole] = await Promise.all([page.locator('[data-spot]').boundingBox(), picture.boundingBox()]);
  if (!spot || !whole) throw new Error('nothing is marked');
  return { x: (spot.x + spot.width / 2 - whole.x) / whole.width, y: (spot.y + spot.height / 2 - whole.y) / whole.height };
}

test('pictures are walked through by keys, and focus returns to where it was', async () => {
  const page = await rig.page();
  await openReport(page, await collect());
  await expect.poll(() => shotButtons(page).count()).toBeGreaterThan(2);
  const second = shotButtons(page).nth(1);
  const from = await second.textContent();
  const heading = page.getByRole('region', { name: /^Screenshots/ }).locator('h3 .num');
  const count = Number(await heading.textContent());
  await second.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText(`Picture 2 of ${count}`).last().waitFor();
  await page.keyboard.press('ArrowRight');
  await dialog.getByText(`Picture 3 of ${count}`).last().waitFor();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await dialog.getByText(`Picture 1 of ${count}`).last().waitFor();
  await dialog.getByRole('button', { name: 'Close' }).focus();
  await page.keyboard.press('ArrowRight');
  await dialog.getByText(`Picture 2 of ${count}`).last().waitFor();
  const previous = dialog.getByRole('button', { name: 'Previous' });
  await previous.focus();
  await page.keyboard.press('Enter');
  await dialog.getByText(`Picture 1 of ${count}`).last().waitFor();
  expect([await previous.getAttribute('aria-disabled'), await focused(page)]).toEqual(['true', 'Previous']);
  expect(await dialog.locator('img').evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBeGreaterThan(
    100,
  );
  if (shotsFolder) await page.screenshot({ path: join(shotsFolder, 'lightbox.png') });
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await focused(page)).toBe(from);
}, 120_000);

test('an export is a table in the page, and all of it in a dialog', async () => {
  const page = await rig.page();
  await openReport(page, await collect());
  const preview = page.getByRole('region', { name: 'Export invoices-Northwind.csv' });
  await preview.getByRole('columnheader', { name: 'invoice' }).waitFor();
  await preview.getByRole('button', { name: /^All \d+ rows/ }).click();
  const dialog = page.getByRole('dialog', { name: 'invoices-Northwind.csv' });
  await dialog.getByRole('columnheader', { name: 'amount' }).waitFor();
  if (shotsFolder) await page.screenshot({ path: join(shotsFolder, 'table.png') });
  expect(await violations(page)).toEqual([]);
}, 120_000);

test('everything of it can be taken away: one HTML file with the pictures inside, JSON, all as a zip', async () => {
  const page = await rig.page();
  const id = await collect();
  await openReport(page, id);
  const take = async (name: string) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name, exact: true }).click()]);
    const path = join(folder, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  };
  expect(await take('JSON')).toMatch(/\.json$/);
  expect(await take('All as zip')).toMatch(/\.zip$/);
  const kept = await take('HTML');
  const offline = await rig.page({ offline: true });
  await offline.goto(pathToFileURL(kept).href);
  await offline.getByRole('heading', { level: 1, name: 'Collect the invoices of a customer' }).waitFor();
  const widths = await offline.evaluate('Promise.all([...document.images].map((image) => image.decode().then(() => image.naturalWidth)))');
  expect((widths as number[]).length).toBeGreaterThan(2);
  expect(Math.min(...(widths as number[]))).toBeGreaterThan(100);
  expect(await violations(offline)).toEqual([]);
  if (shotsFolder) writeFileSync(join(shotsFolder, 'kept.png'), await offline.screenshot({ fullPage: true }));
}, 120_000);

test('the video of a job plays, and its chapters lead to steps', async () => {
  const page = await rig.page();
  await openReport(page, await collect());
  const player = page.getByRole('region', { name: /^Video/ });
  const place = player.getByRole('slider', { name: 'Place in the video' });
  await place.focus();
  await page.keyboard.press('PageUp');
  await expect.poll(() => place.getAttribute('aria-valuetext')).toMatch(/step 2 /);
  await player
    .locator('video')
    .evaluate(
      (video: HTMLVideoElement) => video.readyState > 0 || new Promise((resolve) => video.addEventListener('loadedmetadata', resolve)),
    );
  await player.getByText('Chapters').click();
  await player.getByRole('button', { name: /Close the search/ }).click();
  await expect.poll(() => player.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(0.5);
  if (shotsFolder) await page.screenshot({ path: join(shotsFolder, 'video.png') });
  await place.focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('End');
  await player.getByRole('button', { name: 'Play the video' }).waitFor();
}, 120_000);

test('who plays the video by keys can stop it by the same ones, and no other film plays with it', async () => {
  const page = await rig.page();
  await openReport(page, await collect());
  const player = page.getByRole('region', { name: /^Video/ });
  const play = player.getByRole('button', { name: 'Play the video' });
  await play.focus();
  await page.keyboard.press('Enter');
  await play.waitFor({ state: 'detached' });
  expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Stop');
  await page.keyboard.press('Enter');
  await play.waitFor();
  await player.getByRole('slider', { name: 'Place in the video' }).focus();
  await page.keyboard.press('Space');
  await play.waitFor({ state: 'detached' });
  await page.getByRole('region', { name: 'Film of the job' }).getByRole('button', { name: 'Play from here' }).waitFor();
}, 120_000);

test("a trace opens in Playwright's own viewer", async () => {
  const page = await rig.page();
  await openReport(page, await collect());
  await page.getByRole('link', { name: 'Open trace' }).click();
  const viewer = page.frameLocator('iframe[title="Trace of the job"]');
  await viewer.getByText('Actions', { exact: true }).first().waitFor({ timeout: 30_000 });
  if (shotsFolder) await page.screenshot({ path: join(shotsFolder, 'trace.png') });
  expect(rig.outside.filter((address) => !address.startsWith('file:'))).toEqual([]);
}, 120_000);
