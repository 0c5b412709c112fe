import { expect, test } from 'vitest';
import { begin, openJob, testHost } from './harness.ts';

test('a dialog is answered as the step that runs wants it, and dismissed again after the step', async () => {
  const host = await testHost();
  const { page, epoch } = await openJob(host);
  const ref = { jobId: 'job', epoch, instance: 1 };
  const ask = () => page.evaluate(() => [confirm('sure?'), prompt('name?', 'nobody')]);
  await expect(host.client.call('expectDialog', { ...ref, accept: true })).rejects.toMatchObject({ code: 'not_open' });
  await host.client.call('begin', begin(1, epoch));
  expect(await ask()).toEqual([false, null]);
  await host.client.call('expectDialog', { ...ref, accept: true });
  expect(await ask()).toEqual([true, 'nobody']);
  await host.client.call('expectDialog', { ...ref, accept: true, text: 'Ada' });
  expect(await ask()).toEqual([true, 'Ada']);
  expect((await host.client.call('dialogs', ref)).dialogs).toEqual([
    { type: 'confirm', message: 'sure?', answer: 'dismissed', asked: false },
    { type: 'prompt', message: 'name?', answer: 'dismissed', asked: false },
    { type: 'confirm', message: 'sure?', answer: 'accepted', asked: true },
    { type: 'prompt', message: 'name?', answer: 'accepted', asked: true },
    { type: 'confirm', message: 'sure?', answer: 'accepted', asked: true },
    { type: 'prompt', message: 'name?', answer: 'accepted', asked: true },
  ]);
  await host.client.call('done', { ...ref, result: null, captures: [] });
  expect(await ask()).toEqual([false, null]);
  await host.client.call('begin', begin(2, epoch));
  expect((await host.client.call('dialogs', { ...ref, instance: 2 })).dialogs).toEqual([]);
});

test('what was expected is for the step alone that said so, even when that step never ends', async () => {
  const host = await testHost();
  const { page, epoch } = await openJob(host);
  await host.client.call('begin', begin(1, epoch, { effect: 'read' }));
  await host.client.call('expectDialog', { jobId: 'job', epoch, instance: 1, accept: true });
  const next = await host.client.call('attach', {});
  await expect(host.client.call('dialogs', { jobId: 'job', epoch, instance: 1 })).rejects.toMatchObject({ code: 'fenced' });
  await host.client.call('begin', begin(2, next.epoch));
  expect(await page.evaluate(() => confirm('sure?'))).toBe(false);
});
