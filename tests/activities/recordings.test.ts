import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeBrowser, parkBrowser } from '../../src/activities/control.ts';
import { storeRecordings } from '../../src/activities/recordings.ts';
import { NotStored } from '../../src/artifacts/store.ts';
import { sniff } from '../../src/artifacts/sniff.ts';
import type { Artifact } from '../../src/contract/artifact.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
beforeAll(async () => {
  rig = await startRig({ searchPath: process.env['PATH'] ?? '' });
});
afterAll(() => rig.close());

const record = { video: true, trace: true } as const;
/** By their ids: what is stored again replaces itself. */
const recorded = (jobId: string): Artifact[] =>
  [...new Map(rig.rows.map((row) => [row.id, row])).values()].filter((row) => row.jobId === jobId && ['video', 'trace'].includes(row.kind));
const named = (jobId: string): string[] =>
  recorded(jobId)
    .map(({ name }) => name)
    .sort();

async function storeAndDrop(jobId: string, means: Worker['dependencies']): Promise<string[]> {
  const { missing, drop } = await storeRecordings(jobId, means);
  await drop();
  return missing;
}

/** Resolves when there is a frame of it: a browser that is closed before its page was ever shown has no video. */
async function shown(jobId: string): Promise<void> {
  const seen = new AbortController();
  await rig.client.watch(jobId, ({ type }) => type === 'frame' && seen.abort(), seen.signal).catch(() => undefined);
}

async function filmed(): Promise<TestJob> {
  worker = await rig.startWorker();
  const job = await openJob(rig, worker, { record });
  expect(job.missing).toBeUndefined();
  await job.visit('/links');
  await job.done({ action: { type: 'extract', script: 'document.body.style.background = "red"' }, effect: 'idempotent' });
  await shown(job.jobId);
  return job;
}

test('what was recorded is stored when the browser is parked and when it ends, as what it is', async () => {
  const job = await filmed();
  expect(await parkBrowser({ jobId: job.jobId, token: 1 }, worker)).toMatchObject({ outcome: 'taken' });
  expect(named(job.jobId)).toEqual(['trace.zip', 'video.webm']);
  await rig.client.call('open', { jobId: job.jobId, epoch: worker.dependencies.epoch, values: [], record });
  await shown(job.jobId);
  expect(await closeBrowser({ jobId: job.jobId }, worker)).toEqual({});
  expect(named(job.jobId)).toEqual(expect.arrayContaining(['trace.zip', 'video.webm']));
  for (const { id, type, bytes, sha256, detail, kind } of recorded(job.jobId)) {
    const stored = await rig.store.open(id);
    const whole = stored ? await buffer(stored.stream) : Buffer.alloc(0);
    expect([sniff(whole), whole.length, sha256?.length]).toEqual([type, bytes, 64]);
    if (kind === 'video') expect(detail?.video?.segments.length).toBeGreaterThan(0);
  }
});

test.each([
  ['before the file is stored', 'put'],
  ['after it, before it is in the list', 'record'],
  ['after it is in the list, before the host knows', 'dropRecordings'],
] as const)('a worker that dies %s leaves one file of each kind to the next one', async (_, dies) => {
  const job = await filmed();
  await rig.client.call('close', { jobId: job.jobId });
  const { dependencies } = worker;
  const died = new Error('the worker dies here');
  let calls = 0;
  // in the middle: the second of the two files
  const second = <T>(work: () => Promise<T>): Promise<T> => ((calls += 1) === 2 ? Promise.reject(died) : work());
  const dying = {
    ...dependencies,
    host: {
      call: ((verb, body, signal) =>
        verb === dies ? Promise.reject(died) : dependencies.host.call(verb, body, signal)) as typeof dependencies.host.call,
    },
    index: {
      ...dependencies.index,
      record: (row: Artifact) => (dies === 'record' ? second(() => dependencies.index.record(row)) : dependencies.index.record(row)),
    },
    // a process that is gone neither stores nor answers
    store: {
      ...dependencies.store,
      put: (file: Parameters<typeof dependencies.store.put>[0]) =>
        dies === 'put' ? second(() => new Promise<never>(() => undefined)) : dependencies.store.put(file),
    },
  };
  if (dies === 'put') void storeAndDrop(job.jobId, dying).catch(() => undefined);
  else await expect(storeAndDrop(job.jobId, dying)).rejects.toThrow('dies here');
  worker = await rig.startWorker();
  expect(await storeAndDrop(job.jobId, worker.dependencies)).toEqual([]);
  expect(named(job.jobId)).toEqual(['trace.zip', 'video.webm']);
  const ids = (await rig.store.list(job.jobId)).map(({ id }) => id);
  expect(recorded(job.jobId).every(({ id }) => ids.includes(id))).toBe(true);
  expect(await storeAndDrop(job.jobId, worker.dependencies)).toEqual([]);
  expect(named(job.jobId)).toEqual(['trace.zip', 'video.webm']);
});

test('a store that fails half way keeps nothing under a good name, and the job’s result says what is missing', async () => {
  const job = await filmed();
  const { store } = worker.dependencies;
  worker.dependencies.store = {
    ...store,
    put(file) {
      if (file.name.startsWith('video')) return store.put({ ...file, maxBytes: 10 });
      if (file.name.startsWith('trace')) return Promise.reject(new NotStored('no_space', 'full'));
      return store.put(file);
    },
  };
  const report = await closeBrowser({ jobId: job.jobId, screenshots: 'never' }, worker);
  expect(report.missing?.sort()).toEqual([
    'The trace could not be stored: the disk is full',
    'The video could not be stored: it is larger than a file may be',
  ]);
  expect(named(job.jobId)).toEqual([]);
  const known = new Set(rig.rows.map(({ id }) => id));
  expect((await rig.store.list(job.jobId)).filter(({ id }) => !known.has(id))).toEqual([]);
});

test('what is missing is told also when the end had to be done again, and when the host has to be asked again', async () => {
  const job = await filmed();
  const { store, jobs, host } = worker.dependencies;
  worker.dependencies.store = {
    ...store,
    put: (file) => (file.name.startsWith('video') ? Promise.reject(new NotStored('no_space', 'full')) : store.put(file)),
  };
  const away = () => Promise.reject(new Error('away'));
  worker.dependencies.jobs = { ...jobs, forget: away };
  await expect(closeBrowser({ jobId: job.jobId, screenshots: 'never' }, worker)).rejects.toThrow('away');
  worker.dependencies.jobs = jobs;
  worker.dependencies.host = {
    call: (verb, body, signal) => (verb === 'dropRecordings' ? away() : host.call(verb, body, signal)),
  };
  await expect(closeBrowser({ jobId: job.jobId, screenshots: 'never' }, worker)).rejects.toThrow('away');
  worker.dependencies.host = host;
  expect(await closeBrowser({ jobId: job.jobId, screenshots: 'never' }, worker)).toEqual({
    missing: ['The video could not be stored: the disk is full'],
  });
});

test('without ffmpeg the job is told at its start that there will be no video; its trace is kept', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'understudy-no-ffmpeg-'));
  const bare = await startRig({ searchPath: empty });
  try {
    const alone = await bare.startWorker();
    const job = await openJob(bare, alone, { record });
    expect(job.missing).toEqual([expect.stringContaining('ffmpeg')]);
    await job.visit('/links');
    await closeBrowser({ jobId: job.jobId, screenshots: 'never' }, alone);
    expect(bare.rows.filter(({ kind }) => kind === 'video' || kind === 'trace').map(({ name }) => name)).toEqual(['trace.zip']);
  } finally {
    await bare.close();
    await rm(empty, { recursive: true });
  }
});
