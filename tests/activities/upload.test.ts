import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openJob, startRig, type Rig, type TestJob } from './rig.ts';

let rig: Rig;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
  job = await openJob(rig, await rig.startWorker());
  await mkdir(rig.filesFolder);
  await writeFile(join(rig.filesFolder, 'terms.txt'), 'terms');
  await writeFile(join(rig.filesFolder, 'price.txt'), 'price');
  await writeFile(join(rig.filesFolder, '..', 'outside.txt'), 'secret');
  await symlink(join(rig.filesFolder, '..', 'outside.txt'), join(rig.filesFolder, 'link.txt'));
  await mkdir(join(rig.filesFolder, 'folder'));
});
afterAll(() => rig.close());
beforeEach(() => job.visit('/uploads'));

const upload = (id: string, more: object) => ({ action: { type: 'upload' as const, selector: { id }, ...more } });
const got = () => expect.poll(() => job.read('document.getElementById("got").textContent'));

test.each([
  ['a file field', 'one'],
  ['a field that is hidden', 'hidden'],
  ['a button that opens the file chooser', 'button'],
  ['a place that takes dropped files', 'zone'],
])('%s gets the file', async (_, id) => {
  await job.done({ ...upload(id, { file: 'terms.txt' }), timeout: 15_000 });
  await got().toBe('terms.txt=terms');
});

test('a label stands for its field, and several files go where several are taken', async () => {
  await job.done({ action: { type: 'upload', selector: { cssSelector: 'label' }, file: 'terms.txt' } });
  await got().toBe('terms.txt=terms');
  await job.done(upload('several', { file: ['terms.txt', 'price.txt'] }));
  await got().toBe('terms.txt=terms;price.txt=price');
  const { error } = await job.fails(upload('one', { file: ['terms.txt', 'price.txt'] }));
  expect(error).toMatchObject({ code: 'action_failed', message: expect.stringContaining('takes one file only') });
});

test('a content becomes a file with a harmless name; a file of the job comes before one of the folder', async () => {
  await job.done(upload('one', { content: 'made', name: '../x/list.csv' }));
  await got().toBe('list.csv=made');
  await job.done({ action: { type: 'download', url: '/file', downloadPath: 'terms.txt' } });
  await job.done(upload('one', { file: 'terms.txt' }));
  await got().toBe('terms.txt=a,b\r\n1,2\r\n');
});

test.each(['../outside.txt', 'link.txt', 'folder', '/etc/passwd', '..', 'nothing.txt'])('%s cannot be uploaded', async (file) => {
  const { error } = await job.fails(upload('one', { file }));
  expect(error.code).toBe('value_missing');
  expect(error.message).not.toContain('secret');
  if (file === 'nothing.txt') expect(error.message).toContain('price.txt');
});

test('what takes no files says so, and no copy is left behind', async () => {
  const { error } = await job.fails(upload('plain', { file: 'price.txt' }));
  expect(error).toMatchObject({ code: 'action_failed', message: expect.stringContaining('opens no file chooser') });
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('understudy-upload-'))).toEqual([]);
});

test('a file chooser that no step has asked for does not stall the page', async () => {
  await job.done({ action: { type: 'click', selector: { id: 'button' } } });
  expect(await job.read('6 * 7')).toBe('42');
});

test('who approves an upload sees the name and the size, and approves that content', async () => {
  const look = (instance: number) =>
    job.run(job.task(upload('one', { file: 'price.txt' }), { look: { runbook: null }, gen: job.gen(), dispatch: 900 + instance }));
  const first = await look(1);
  await writeFile(join(rig.filesFolder, 'price.txt'), 'PRICE');
  const second = await look(2);
  if (first.outcome !== 'seen' || second.outcome !== 'seen') throw new Error(JSON.stringify([first, second]));
  expect(first.evidence.values).toContainEqual(expect.objectContaining({ name: 'file', value: 'price.txt (5 bytes)' }));
  expect(second.evidence.digest).not.toBe(first.evidence.digest);
});
