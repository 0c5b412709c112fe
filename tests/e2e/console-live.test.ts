/** The job page while a job runs: what its browser shows, live and afterwards. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { violations } from './axe.ts';
import { consoleRig, statusOf } from './console-rig.ts';

const rig = consoleRig();
const shots = process.env['LIVE_SHOTS'];

/** A page that moves all the time, one that stands still, and a request that fails. */
const moving = `<!doctype html><title>Moving</title><body style="margin:0;font:24px sans-serif"><h1>Moving</h1><button id="go">Go on</button>
<div id="box" style="position:absolute;top:200px;width:120px;height:120px;background:#2470e8"></div>
<script>let x = 0; (function step() { x = (x + 7) % 900; box.style.left = x + 'px'; requestAnimationFrame(step); })();
go.onclick = () => { fetch('/missing').catch(() => 0); console.error('nothing behind the button'); };</script>`;
const quiet =
  '<!doctype html><title>Quiet</title><body style="font:24px sans-serif"><h1>A quiet page</h1><p>Nothing moves here.</p><button id="there">There</button>';

let server: Server;
let site = '';
beforeAll(async () => {
  server = createServer(({ url }, response) => {
    response.statusCode = url === '/missing' ? 503 : 200;
    response.setHeader('content-type', 'text/html');
    response.end(url === '/quiet' ? quiet : moving);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const runbook = (path: string, seconds: number): string =>
  [
    'title: Watch a page',
    'steps:',
    `  - { id: open, description: Open the page, action: { type: navigate, url: "${site}${path}" } }`,
    ...(path === '/moving' ? ['  - { id: press, description: Press the button, action: { type: click, selector: { id: go } } }'] : []),
    ...Array.from(
      { length: seconds },
      (_, n) => `  - { id: wait-${n}, description: Look for second ${n}, action: { type: wait, duration: 1000 } }`,
    ),
  ].join('\n');

async function watch(path: string, seconds: number, options: Parameters<typeof rig.page>[0] = {}): Promise<{ page: Page; id: string }> {
  const { id } = await rig.product.startJob(runbook(path, seconds), { requestedBy: 'Ama' });
  await rig.product.until(id, (event) => event.type === 'step.succeeded' && event.stepId === 'wait-0');
  const page = await rig.page(options);
  await page.goto(`${rig.product.url}/jobs/${id}`);
  return { page, id };
}
const film = (page: Page) => page.getByRole('region', { name: 'Film of the job' });
const axis = (page: Page) => page.getByRole('slider', { name: 'Time in this job' });
const chips = (page: Page) => page.locator('[data-browser] figcaption');
const painted = (page: Page) => page.locator('canvas[data-at]').first().getAttribute('data-at');
const stop = (id: string) => rig.product.request('POST', `/api/jobs/${id}/cancel`, { actor: 'Ama' });

test('frames of a page that moves arrive, in their own shape; a second viewer has them at once', async () => {
  const { page, id } = await watch('/moving', 90);
  await page.locator('canvas[data-at]').waitFor();
  const first = await painted(page);
  await expect.poll(() => painted(page)).not.toBe(first);
  await chips(page)
    .getByText(/Live \s*\d+ ms/)
    .waitFor();
  const { width, height } = (await page.locator('[data-picture]').boundingBox()) ?? { width: 0, height: 1 };
  const natural = await page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.width / canvas.height);
  expect(width / height).toBeCloseTo(natural, 1);
  const late = await rig.page();
  await late.goto(`${rig.product.url}/jobs/${id}`);
  await late.locator('canvas[data-at]').waitFor();
  if (shots) await page.screenshot({ path: join(shots, 'running-light-1440.png') });
  await stop(id);
}, 120_000);

test('a paused job says Paused, and goes on when it is resumed', async () => {
  const { page, id } = await watch('/moving', 40);
  await page.locator('canvas[data-at]').waitFor();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await chips(page).getByText('Paused', { exact: true }).waitFor();
  expect(
    await chips(page)
      .getByText(/Live \s*\d+ ms/)
      .count(),
  ).toBe(0);
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await chips(page)
    .getByText(/Live \s*\d+ ms/)
    .waitFor();
  await stop(id);
}, 120_000);

test('a page that does not change is called quiet, with its picture', async () => {
  const { page, id } = await watch('/quiet', 30);
  await page.locator('canvas[data-at]').waitFor();
  await chips(page).getByText('Quiet page', { exact: true }).waitFor();
  await stop(id);
}, 120_000);

test('the axis is moved by keys, the address says the moment, and there is a way back to live', async () => {
  const { page, id } = await watch('/moving', 40);
  await page.locator('canvas[data-at]').waitFor();
  await axis(page).focus();
  await page.keyboard.press('Home');
  await expect.poll(() => axis(page).getAttribute('aria-valuenow')).toBe('0');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => axis(page).getAttribute('aria-valuenow')).toBe('2');
  await page.waitForURL(/\?t=2000$/);
  const back = film(page).getByRole('button', { name: 'Back to live' });
  await back.waitFor();
  const before = await axis(page).getAttribute('aria-valuetext');
  await page.keyboard.press(']');
  await expect.poll(() => axis(page).getAttribute('aria-valuetext')).not.toBe(before);
  await page.keyboard.press('l');
  await film(page).getByRole('button', { name: 'Following' }).waitFor();
  await expect.poll(() => page.url()).not.toContain('t=');
  expect(await axis(page).getAttribute('aria-valuetext')).toContain('live');
  await stop(id);
}, 120_000);

test('the element that is acted on is marked with the step’s name, long enough to be seen', async () => {
  const { id } = await rig.product.startJob(
    [
      'title: Press again and again',
      'settings: { pauseBetweenSteps: 1500 }',
      'steps:',
      `  - { id: open, description: Open the page, action: { type: navigate, url: "${site}/quiet" } }`,
      ...Array.from(
        { length: 9 },
        (_, n) => `  - { id: press-${n}, description: Press there, action: { type: click, selector: { id: there } } }`,
      ),
    ].join('\n'),
  );
  const page = await rig.page();
  await page.goto(`${rig.product.url}/jobs/${id}`);
  const spot = film(page).locator('[data-spot]');
  await spot.filter({ hasText: 'Press there' }).waitFor();
  const [mark, picture] = [await spot.boundingBox(), await film(page).locator('[data-picture]').boundingBox()];
  // the button stands in the upper left of its page
  expect((mark?.x ?? 0) - (picture?.x ?? 0)).toBeLessThan(80);
  expect(mark?.y ?? 0).toBeGreaterThan(picture?.y ?? 0);
  await spot.waitFor({ state: 'detached' });
  await stop(id);
}, 120_000);

test('what went wrong in the page stands on the axis and in the list; a click leads there', async () => {
  const { page, id } = await watch('/moving', 6);
  const happenings = page.getByRole('region', { name: 'Happenings' });
  await happenings
    .getByRole('button', { name: /Request failed/ })
    .first()
    .waitFor();
  await page.locator('[data-shape=square]').first().waitFor();
  await rig.product.until(id, (event) => event.type === 'job.finished');
  await happenings
    .getByRole('button', { name: /Request failed/ })
    .first()
    .click();
  await page.waitForURL(/t=\d+/);
}, 120_000);

const rowOf = (page: Page, id: string) => page.locator(`#step-${id} button`).first();

test('a job that went on after a step failed opens with that step’s picture and time; its row can be chosen, and the axis shows what was there', async () => {
  const { id } = await rig.product.startJob(
    [
      'title: Fail and go on',
      'settings: { stopOnError: false }',
      'steps:',
      `  - { id: open, description: Open, action: { type: navigate, url: "${site}/quiet" } }`,
      '  - { id: press, description: Press it, timeout: 1500, action: { type: click, selector: { innerText: Theer, tagName: button } } }',
      `  - { id: on, description: Go on, action: { type: navigate, url: "${site}/moving" } }`,
    ].join('\n'),
  );
  await rig.product.until(id, (event) => event.type === 'job.finished');
  const page = await rig.page();
  await page.goto(`${rig.product.url}/jobs/${id}`);
  const picture = page.locator('[data-browser] img');
  await expect.poll(() => picture.getAttribute('alt')).toContain('The browser at Quiet. Step 2 Press it');
  await page.locator('[data-spot]').filter({ hasText: 'There' }).waitFor();
  expect(await axis(page).getAttribute('aria-valuetext')).toContain('step 2 Press it');
  await rowOf(page, 'press').click();
  await page.waitForURL(/#step-press$/);
  expect(await picture.getAttribute('alt')).toContain('Step 2 Press it');
  await axis(page).focus();
  await page.keyboard.press('End');
  await expect.poll(() => picture.getAttribute('alt')).toContain('The browser at Moving');
}, 120_000);

test('of a job that is over a picture can be had in its own size before the axis was touched; on a phone a chosen step shows its picture', async () => {
  const { page, id } = await watch('/quiet', 1, { viewport: { width: 390, height: 844 } });
  await rig.product.until(id, (event) => event.type === 'job.finished');
  await film(page).getByRole('button', { name: 'Picture in its own size' }).click();
  await film(page).locator('[data-browser] img').waitFor();
  await film(page).getByRole('button', { name: 'Fit the picture' }).click();
  await film(page).locator('[data-browser]').waitFor({ state: 'detached' });
  await rowOf(page, 'wait-0').click();
  await film(page).locator('[data-browser] img').waitFor();
  await expect.poll(async () => (await film(page).locator('[data-browser]').boundingBox())?.y).toBeGreaterThan(0);
  expect((await film(page).locator('[data-browser]').boundingBox())?.y).toBeLessThan(422);
}, 120_000);

test('pictures come only while somebody looks', async () => {
  const { page, id } = await watch('/moving', 40);
  await page.locator('canvas[data-at]').waitFor();
  await page.goto(`${rig.product.url}/jobs`);
  await page.getByText('Watch a page').first().waitFor();
  await page.goBack();
  await page.locator('canvas[data-at]').waitFor();
  await stop(id);
}, 120_000);

test.each([
  ['light', 1440],
  ['dark', 1440],
  ['light', 390],
] as const)(
  'axe-core finds nothing wrong with a job that runs and one that failed, %s, %i px',
  async (colorScheme, width) => {
    const options = { colorScheme, reducedMotion: 'reduce', viewport: { width, height: 900 } } as const;
    const { page, id } = await watch('/moving', 20, options);
    await page.locator('canvas[data-at]').waitFor();
    if (shots) await page.screenshot({ path: join(shots, `job-running-${colorScheme}-${width}.png`) });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await stop(id);
    await expect.poll(() => statusOf(page).textContent()).toBe('Cancelled');
    await axis(page).waitFor();
    if (shots) await page.screenshot({ path: join(shots, `job-over-${colorScheme}-${width}.png`) });
    const failing = `title: Fail\nsettings: { defaultTimeout: 3000 }\nsteps:\n  - { id: open, description: Open, action: { type: navigate, url: "${site}/quiet" } }\n  - { id: press, description: Press what is not there, action: { type: click, selector: { id: nowhere } } }\n`;
    const failed = await rig.product.startJob(failing, { requestedBy: 'Ama' });
    await rig.product.until(failed.id, (event) => event.type === 'job.finished');
    await page.goto(`${rig.product.url}/jobs/${failed.id}`);
    await axis(page).waitFor();
    await page.locator('[data-browser] img').first().waitFor();
    if (shots) await page.screenshot({ path: join(shots, `job-failed-${colorScheme}-${width}.png`) });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  },
  240_000,
);
