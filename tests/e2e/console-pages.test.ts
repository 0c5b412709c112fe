import { expect, test } from 'vitest';
import { violations } from './axe.ts';
import { consoleRig, statusOf } from './console-rig.ts';

const rig = consoleRig();

const pages = [
  { name: 'Jobs', path: () => '/jobs', shows: 'Slow warehouse, missing button' },
  { name: 'Job', path: (job: string) => `/jobs/${job}`, shows: 'element_not_found' },
  { name: 'Runbooks', path: () => '/runbooks', shows: 'Check the status of an invoice' },
  { name: 'Runbook', path: () => '/runbooks/check-invoice-status', shows: 'No problems' },
];

let failedJob: Promise<string> | undefined;
async function runFlaky(): Promise<string> {
  const answer = await rig.product.request('POST', '/api/jobs', { runbookId: 'flaky-search' });
  const { id } = (await answer.json()) as { id: string };
  await rig.product.until(id, (event) => event.type === 'job.finished');
  return id;
}

test.each((['light', 'dark'] as const).flatMap((theme) => pages.map((page) => ({ theme, ...page }))))(
  'axe-core finds nothing wrong on $name, $theme',
  async ({ theme, path, shows }) => {
    const job = await (failedJob ??= runFlaky());
    const page = await rig.page({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.goto(`${rig.product.url}${path(job)}`);
    await page.getByText(shows).first().waitFor();
    expect(await page.evaluate('document.documentElement.classList.contains("dark")')).toBe(theme === 'dark');
    expect(await violations(page)).toEqual([]);
  },
  120_000,
);

test('no page scrolls sideways on a screen of 320 px', async () => {
  const job = await (failedJob ??= runFlaky());
  const page = await rig.page({ viewport: { width: 320, height: 700 } });
  for (const { path, shows } of pages) {
    await page.goto(`${rig.product.url}${path(job)}`);
    await page.getByText(shows).first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  }
}, 60_000);

test('the list is walked, searched and opened by keys alone', async () => {
  const job = await (failedJob ??= runFlaky());
  const page = await rig.page();
  await page.goto(`${rig.product.url}/jobs`);
  await page.getByRole('link', { name: 'Slow warehouse, missing button' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(job);
  await page.getByText('1 of 1', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/jobs/${job}`);
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main');
  await page.getByText('element_not_found').first().waitFor();
  await page.keyboard.press('k');
  await page.waitForURL('**#step-late-row');
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: /^Failed/ }).waitFor();
  await page.getByRole('button', { name: 'Back to the failed step' }).click();
  await page.getByRole('heading', { name: /^Step 8:/ }).waitFor();
}, 60_000);

test('a runbook asks for what it needs, and starts a job with it', async () => {
  const page = await rig.page();
  await page.goto(`${rig.product.url}/runbooks`);
  await page.getByRole('link', { name: 'Check the status of an invoice' }).click();
  const form = page.getByRole('form', { name: 'Run this runbook' });
  await form.getByRole('button', { name: 'Start job' }).click();
  await form.getByText('Required before it can start').waitFor();
  expect(new URL(page.url()).pathname).toBe('/runbooks/check-invoice-status');
  await form.getByLabel('invoice').fill('INV-2043');
  await form.getByRole('button', { name: 'Start job' }).click();
  await page.waitForURL(/\/jobs\/j-/);
  await expect.poll(() => statusOf(page).textContent(), { timeout: 60_000 }).toBe('Completed');
  const job = await rig.product.job(page.url().split('/').at(-1) ?? '');
  expect(job.inputs).toContainEqual(expect.objectContaining({ name: 'invoice', value: 'INV-2043' }));
}, 90_000);

test('an unknown job has a page that says so and leads back', async () => {
  const page = await rig.page();
  await page.goto(`${rig.product.url}/jobs/j-nobody`);
  await page.getByRole('heading', { name: 'There is no job with this id' }).waitFor();
  await page.getByText('j-nobody', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Go to jobs' }).click();
  await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
}, 60_000);

test('a runbook with mistakes shows each with its line and cannot be saved', async () => {
  const page = await rig.page();
  await page.goto(`${rig.product.url}/runbooks/new`);
  const source = page.getByRole('textbox', { name: 'Source of the runbook' });
  await source.fill(
    'title: Broken\nsteps:\n  - description: Press it\n    action: { type: press }\n  - actoin: { type: wait, duration: 1 }\n',
  );
  const mistakes = page.getByRole('region', { name: 'Problems' });
  await mistakes.getByRole('button', { name: /^Line 4/ }).waitFor();
  await mistakes
    .getByRole('button', { name: /^Line 5/ })
    .first()
    .waitFor();
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await source.press('Control+s');
  await mistakes.getByRole('button', { name: /^Line 4/ }).click();
  await page.getByText('Line 4', { exact: true }).last().waitFor();
  const { runbooks } = (await (await rig.product.request('GET', '/api/runbooks')).json()) as { runbooks: { title: string }[] };
  expect(runbooks.map((runbook) => runbook.title)).not.toContain('Broken');
}, 60_000);

test('changes that are not saved are asked about before they are lost', async () => {
  const page = await rig.page();
  await page.goto(`${rig.product.url}/runbooks/order-supplies`);
  await page.getByText('No problems').waitFor();
  await page.getByRole('textbox', { name: 'Source of the runbook' }).press('Control+End');
  await page.keyboard.type('# one more line');
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    void dialog.dismiss();
  });
  await page.getByRole('link', { name: 'Jobs', exact: true }).first().click();
  await expect.poll(() => asked).toEqual(['Leave without saving? Your changes to this runbook will be lost.']);
  expect(new URL(page.url()).pathname).toBe('/runbooks/order-supplies');
}, 60_000);
