import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
  worker = await rig.startWorker();
  job = await openJob(rig, worker);
});
afterAll(() => rig.close());
beforeEach(() => job.visit('/downloads'));

const byClick = (id: string, more: object = {}) => ({ action: { type: 'download' as const, selector: { id } }, ...more });
const contentOf = async (id: string): Promise<string> => {
  const found = await rig.store.open(id);
  return found ? text(found.stream) : 'gone';
};

async function file(input: Parameters<TestJob['done']>[0]) {
  const { files = [] } = await job.done(input);
  expect(files).toHaveLength(1);
  return files[0] ?? { artifactId: '', name: '', bytes: 0, kind: 'export' as const };
}

test.each(['csv', 'popup', 'late'])('the file that a click on "%s" gives is kept and told', async (id) => {
  const given = await file(byClick(id));
  expect(given).toMatchObject({ kind: 'download', name: 'invoice.csv', bytes: 10 });
  expect(await contentOf(given.artifactId)).toBe('a,b\r\n1,2\r\n');
  expect(rig.rows.at(-1)).toMatchObject({ id: given.artifactId, kind: 'download', type: 'text/csv', stepId: 'step' });
  expect(await job.read('document.title')).toBe('Downloads');
});

test('an address is kept as a file, with the cookies of the page, whether it is an attachment or would be shown', async () => {
  await job.done({ action: { type: 'extract', script: 'document.cookie = "who=ada"' }, effect: 'idempotent' });
  const open = (url: string, downloadPath?: string) =>
    file({ action: { type: 'download', url, ...(downloadPath !== undefined && { downloadPath }) } });
  expect(await open('/file')).toMatchObject({ name: 'invoice.csv', bytes: 10 });
  const pdf = await open('/to-inline');
  expect([pdf.name, await contentOf(pdf.artifactId)]).toEqual(['inline.pdf', '%PDF-1.4 who=ada']);
  expect(await open('/links', 'out/page.html')).toMatchObject({ name: 'page.html' });
  expect(await job.read('document.title')).toBe('Downloads');
});

test('an address that answers with a page, an error or nothing is no file', async () => {
  const failing = async (url: string) => (await job.fails({ action: { type: 'download', url } })).error;
  expect(await failing('/links')).toMatchObject({ code: 'action_failed', message: expect.stringContaining('a web page, not with a file') });
  expect(await failing('/status?code=404')).toMatchObject({ code: 'navigation_failed', message: expect.stringContaining('status 404') });
  expect(await failing('/status?code=204')).toMatchObject({ code: 'action_failed', message: expect.stringContaining('without a file') });
  expect(await failing('/refused')).toMatchObject({ code: 'blocked_address' });
  expect(await job.read('document.title')).toBe('Downloads');
});

test('a page that comes instead of a document is kept as what it is, and told', async () => {
  const given = await file({ action: { type: 'download', url: '/log-in-instead' } });
  expect(given.note).toMatch(/^invoice\.pdf is a web page \(HTML\), not a PDF document; mostly that is a log-in/);
  expect(rig.rows.find(({ id }) => id === given.artifactId)).toMatchObject({ type: 'text/html', detail: { note: given.note } });
  expect(await contentOf(given.artifactId)).toContain('<title>Log in</title>');
  expect(await file({ action: { type: 'download', url: '/empty-file' } })).toMatchObject({
    bytes: 0,
    note: 'empty.csv is empty: it has no bytes.',
  });
});

test('a download that an earlier step has begun is taken by the next one that names nothing', async () => {
  await job.done({ action: { type: 'click', selector: { id: 'csv' } } });
  expect(await file({ action: { type: 'download' } })).toMatchObject({ name: 'invoice.csv' });
  await job.done({ action: { type: 'click', selector: { id: 'late' } } });
  expect(await file({ action: { type: 'download' } })).toMatchObject({ name: 'invoice.csv' });
  expect((await job.fails({ action: { type: 'download' }, timeout: 500 })).error.code).toBe('timeout');
});

test('100 MB go to the disk without being in memory', async () => {
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 5);
  const before = process.memoryUsage().arrayBuffers;
  const given = await file(byClick('big', { timeout: 30_000 }));
  clearInterval(watch);
  expect(given.bytes).toBe(100_000_000);
  expect(most - before).toBeLessThan(60_000_000);
});

test('a download that never ends fails when the time is over and says how much had come; one that breaks says so', async () => {
  const { error } = await job.fails(byClick('endless', { timeout: 1_500 }));
  expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining('300000 bytes of it had come') });
  expect((await job.fails(byClick('breaking', { timeout: 15_000 }))).error).toMatchObject({
    code: 'action_failed',
    message: expect.stringContaining('the connection broke'),
  });
});

test('a click that gives no download says what happened instead', async () => {
  const { error, dialogs } = await job.fails(byClick('nothing', { timeout: 1_500 }));
  expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining('a dialog appeared ("No file today", dismissed)') });
  expect(dialogs).toMatchObject([{ type: 'alert', message: 'No file today', asked: false }]);
});

test.each([
  ['..\\..\\etc\\passwd', 'passwd'],
  ['CON', '_CON'],
  ['a\u202Efdp.exe', 'afdp.exe'],
  ['..', 'invoice.csv'],
  [`${'x'.repeat(300)}.csv`, `${'x'.repeat(146)}.csv`],
])('the file is called %j without harm', async (downloadPath, name) => {
  expect((await file({ action: { type: 'download', url: '/file', downloadPath } })).name).toBe(name);
});

const io = () => ({ heartbeat: () => undefined, signal: new AbortController().signal });

test('a once download whose worker died is of unknown outcome', async () => {
  const given = job.task(byClick('csv'), { gen: job.gen() });
  const { epoch } = worker.dependencies;
  const { instance, gen, dispatch, step } = given;
  await rig.client.call('begin', { jobId: job.jobId, instance, epoch, after: null, gen, dispatch, effect: step.effect });
  await rig.client.call('acting', { jobId: job.jobId, instance, epoch });
  worker = await rig.startWorker();
  expect(await worker.runStep(given, io())).toMatchObject({ outcome: 'unknown' });
  job = await openJob(rig, worker);
});

/** Pictures of steps are stored beside the work. */
const downloadsOf = async (jobId: string): Promise<number> => {
  const pictures = new Set(rig.rows.filter(({ kind }) => kind !== 'download').map(({ id }) => id));
  return (await rig.store.list(jobId)).filter(({ id }) => !pictures.has(id)).length;
};

test('one that may be repeated, and whose worker dies when the file is stored already, is not stored twice', async () => {
  const given = job.task(byClick('csv', { effect: 'idempotent' }), { gen: job.gen() });
  const { host } = worker.dependencies;
  worker.dependencies.host = {
    call: (verb, body, signal) => (verb === 'done' ? Promise.reject(new Error('the worker dies here')) : host.call(verb, body, signal)),
  };
  const quiet = () => worker.pictures.end(job.jobId);
  await quiet();
  const before = await downloadsOf(job.jobId);
  await expect(worker.runStep(given, io())).rejects.toThrow('dies here');
  expect(await downloadsOf(job.jobId)).toBe(before + 1);
  worker = await rig.startWorker();
  expect(await worker.runStep(given, io())).toMatchObject({ outcome: 'done', attempt: 2, files: [{ name: 'invoice.csv' }] });
  await quiet();
  expect(await downloadsOf(job.jobId)).toBe(before + 1);
  job = await openJob(rig, worker);
});
