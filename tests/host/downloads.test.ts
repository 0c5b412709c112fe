import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test, vi } from 'vitest';
import { begin, openJob, site, testHost, type TestHost } from './harness.ts';

const attachment = (name: string) => ({ 'content-disposition': `attachment; filename="${name}"` });

async function downloadingSite() {
  return site({
    '/': '<title>files</title>',
    '/file': (_request, response) => response.writeHead(200, attachment('a.bin')).end('x'.repeat(5000)),
    '/slow': (_request, response) =>
      void response.writeHead(200, { ...attachment('s.bin'), 'content-length': '900000' }).write('x'.repeat(300_000)),
  });
}

const go = (page: Page, address: string): Promise<void> =>
  page.evaluate((to) => {
    const link = document.createElement('a');
    link.href = to;
    link.click();
  }, address);

function filesOf({ options }: TestHost): string[] {
  const folder = readdirSync(options.dir).find((name) => name.startsWith('artifacts-')) ?? 'none';
  return readdirSync(join(options.dir, folder));
}

test('a download is kept for the steps to come, told when it has ended, and dropped when it was taken', async () => {
  const { url } = await downloadingSite();
  const host = await testHost();
  const { page, epoch } = await openJob(host);
  const job = { jobId: 'job', epoch };
  await page.goto(`${url}/`);
  expect(await host.client.call('downloads', job)).toEqual({ last: 0, downloads: [] });
  const ended = host.client.call('awaitDownload', { ...job, after: 0, ended: true });
  await go(page, `${url}/file`);
  const download = await ended;
  expect(download).toMatchObject({ number: 1, url: `${url}/file`, name: 'a.bin', state: 'done', received: 5000 });
  expect(readFileSync(download.file ?? '', 'utf8')).toHaveLength(5000);
  await host.client.call('dropDownload', { ...job, number: 1 });
  await vi.waitFor(() => expect(filesOf(host)).toEqual([]));
  expect(await host.client.call('downloads', job)).toEqual({ last: 1, downloads: [] });
});

test('one that still comes tells how much has come; dropped, it ends', async () => {
  const { url } = await downloadingSite();
  const host = await testHost();
  const { page, epoch } = await openJob(host);
  const job = { jobId: 'job', epoch };
  await page.goto(`${url}/`);
  await go(page, `${url}/slow`);
  const { number } = await host.client.call('awaitDownload', { ...job, after: 0, ended: false });
  await vi.waitFor(async () =>
    expect((await host.client.call('downloads', job)).downloads).toMatchObject([{ number, state: 'running', received: 300_000 }]),
  );
  await host.client.call('dropDownload', { ...job, number });
  await vi.waitFor(() => expect(filesOf(host)).toEqual([]));
});

test('of downloads that nobody takes the last five are kept, and for ten steps', async () => {
  const { url } = await downloadingSite();
  const host = await testHost();
  const { page, epoch } = await openJob(host);
  const job = { jobId: 'job', epoch };
  await page.goto(`${url}/`);
  for (let after = 0; after < 7; after += 1) {
    await go(page, `${url}/file`);
    await host.client.call('awaitDownload', { ...job, after, ended: true });
  }
  const numbers = async () => (await host.client.call('downloads', job)).downloads.map(({ number }) => number);
  expect(await numbers()).toEqual([3, 4, 5, 6, 7]);
  await vi.waitFor(() => expect(filesOf(host)).toHaveLength(5));
  for (let instance = 1; instance <= 10; instance += 1) {
    await host.client.call('begin', begin(instance, epoch));
    await host.client.call('done', { ...job, instance, result: null, captures: [] });
  }
  expect(await numbers()).toHaveLength(5);
  await host.client.call('begin', begin(11, epoch));
  expect(await numbers()).toEqual([]);
  await vi.waitFor(() => expect(filesOf(host)).toEqual([]));
});
