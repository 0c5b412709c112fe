import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test, vi } from 'vitest';
import type { RecordedFile } from '../../src/host/protocol.ts';
import { Video } from '../../src/host/recording/video.ts';
import { createLog } from '../../src/log.ts';
import { attachPages, site, tempFolder, testHost } from './harness.ts';
import { closeAndFetch, colourAt, flaws, isAbout, openRecorded, step } from './recordings.ts';

const [red, blue] = ['c00000', '0000c0'];
const paint = (page: Page, colour: string) => page.evaluate((c) => void (document.documentElement.style.background = `#${c}`), colour);
/** A page that paints something in every frame, for so long. */
const animate = (page: Page, ms: number) =>
  page.evaluate(async (length) => {
    const box = document.body.appendChild(document.createElement('div'));
    const end = performance.now() + length;
    while (performance.now() < end) {
      box.textContent = String(performance.now());
      await new Promise(requestAnimationFrame);
    }
  }, ms);

type Film = RecordedFile & Required<Pick<RecordedFile, 'video'>>;
function filmOf(files: RecordedFile[]): Film {
  const [film] = files;
  if (!film?.video) throw new Error('no video');
  return { ...film, video: film.video };
}

test('a video shows what was there when, is as long as the job and can be searched', { timeout: 60_000 }, async () => {
  const { client } = await testHost();
  const { page, epoch, missing } = await openRecorded(client, { video: true });
  expect(missing).toBeUndefined();
  const began = Date.now();
  await step(client, { epoch, instance: 1 }, async () => {
    await paint(page, red);
    await animate(page, 2000);
    await paint(page, blue);
    await animate(page, 2000);
  });
  const took = Date.now() - began;
  const { files, missing: lost } = await closeAndFetch(client, epoch);
  expect(lost).toEqual([]);
  const film = filmOf(files);
  expect(film).toMatchObject({ kind: 'video', bytes: statSync(film.file).size });
  expect(flaws(film.file)).toBe('');
  expect(film.video.durationMs).toBeGreaterThan(took - 600);
  expect(film.video.durationMs).toBeLessThan(took + 3600);
  expect(film.video.segments).toHaveLength(1);
  const msOf = (at: number): number => at - Date.parse(film.video.segments[0]?.at ?? '');
  expect(isAbout(colourAt(film.file, msOf(began + 1200)), red)).toBe(true);
  expect(isAbout(colourAt(film.file, msOf(began + 3300)), blue)).toBe(true);

  const theatre = await site({
    '/': '<video src=/film muted preload=auto></video>',
    '/film': ({ headers }, response) => {
      const bytes = readFileSync(film.file);
      const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
      const range = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`, 'accept-ranges': 'bytes' };
      response.writeHead(206, { 'content-type': 'video/webm', ...range }).end(bytes.subarray(from));
    },
  });
  const { page: seat } = await openRecorded(client, {}, { jobId: 'theatre' });
  await seat.goto(theatre.url);
  if ((await seat.evaluate(() => document.createElement('video').canPlayType('video/webm; codecs="vp9"'))) === '') return;
  const seen = await seat.evaluate(async () => {
    const video = document.querySelector('video') as HTMLVideoElement;
    if (video.readyState < 1) await new Promise((resolve) => video.addEventListener('loadedmetadata', resolve, { once: true }));
    video.currentTime = 3;
    await new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
    return { seconds: video.duration, at: video.currentTime, width: video.videoWidth, height: video.videoHeight };
  });
  expect(seen).toMatchObject({ at: 3, width: 1280, height: 720 });
  expect(Math.round(seen.seconds * 1000)).toBe(film.video.durationMs);
});

test('long idle time is cut out, and the segments say where', { timeout: 60_000 }, async () => {
  const { client } = await testHost();
  const { page, epoch } = await openRecorded(client, { video: true });
  await step(client, { epoch, instance: 1 }, () => paint(page, red));
  const idle = Date.now();
  await vi.waitFor(() => expect(Date.now() - idle).toBeGreaterThan(5500), { timeout: 10_000 });
  const resumed = Date.now();
  await step(client, { epoch, instance: 2 }, async () => {
    await paint(page, blue);
    await animate(page, 1500);
  });
  const { files } = await closeAndFetch(client, epoch);
  const film = filmOf(files);
  const [first, second] = film.video.segments;
  if (!second) throw new Error('nothing was cut out');
  expect([film.video.segments.length, first?.ms]).toEqual([2, 0]);
  expect(Math.abs(Date.parse(second.at) - resumed)).toBeLessThan(500);
  // the step, and three seconds of what came of it
  expect(second.ms).toBeGreaterThanOrEqual(2800);
  expect(second.ms).toBeLessThan(4200);
  expect(isAbout(colourAt(film.file, second.ms - 400), red)).toBe(true);
  expect(isAbout(colourAt(film.file, second.ms + 900), blue)).toBe(true);
});

test('one video goes on when the worker is replaced by another', { timeout: 60_000 }, async () => {
  const { client } = await testHost();
  const { page, epoch, browser } = await openRecorded(client, { video: true });
  await step(client, { epoch, instance: 1 }, () => paint(page, red));
  await browser.close();
  const next = await client.call('attach', {});
  const { endpoint } = await client.call('open', { jobId: 'job', epoch: next.epoch, values: [], record: { video: true } });
  const { page: same } = await attachPages(endpoint);
  await step(client, { epoch: next.epoch, instance: 2 }, () => animate(same, 1000));
  const { files, missing } = await closeAndFetch(client, next.epoch);
  expect([files.length, missing]).toEqual([1, []]);
  expect(files[0]?.video?.durationMs).toBeGreaterThanOrEqual(1000);
});

test('without ffmpeg the job has its browser, and is told why there is no video', { timeout: 60_000 }, async () => {
  const { client } = await testHost({ searchPath: tempFolder() });
  expect((await client.call('stat', {})).video).toBe(false);
  const { epoch, missing } = await openRecorded(client, { video: true });
  expect(missing).toEqual([expect.stringContaining('apt-get install ffmpeg')]);
  expect(await closeAndFetch(client, epoch)).toEqual({ files: [], missing: [] });
});

test('when ffmpeg dies the job goes on, and is told that there is no video', { timeout: 60_000 }, async () => {
  const bin = tempFolder();
  writeFileSync(join(bin, 'ffmpeg'), '#!/bin/sh\nhead -c 1000 > /dev/null\nexit 3\n');
  chmodSync(join(bin, 'ffmpeg'), 0o755);
  const { client } = await testHost({ searchPath: bin });
  const { page, epoch } = await openRecorded(client, { video: true });
  await step(client, { epoch, instance: 1 }, () => animate(page, 1500));
  await step(client, { epoch, instance: 2 }, () => animate(page, 300));
  const { files, missing } = await closeAndFetch(client, epoch);
  expect([files, missing]).toEqual([[], ['There is no video of one browser of the job: ffmpeg could not write it.']]);
});

test('of a browser that gave no picture is told what is true also beside the video of another one', async () => {
  const note = { id: 'video-1-00000000', kind: 'video', boot: 'b', startedAt: new Date().toISOString(), state: 'recording' } as const;
  const capture = { watch: () => () => undefined };
  const video = new Video({ ffmpeg: 'ffmpeg', folder: tempFolder(), note, capture, log: createLog('test', 'silent') });
  video.end();
  expect((await video.finished).missing).toBe('There is no video of one browser of the job: its page gave no picture.');
});

test('what a crashed browser has shown is kept', { timeout: 60_000 }, async () => {
  const { client, dir } = await testHost();
  const { page, epoch } = await openRecorded(client, { video: true, trace: true });
  await step(client, { epoch, instance: 1 }, () => animate(page, 1000));
  const { browsers } = JSON.parse(readFileSync(join(dir, 'host', 'browsers.json'), 'utf8')) as { browsers: { pid: number }[] };
  process.kill(browsers[0]?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(async () => expect((await client.call('stat', {})).jobs[0]?.alive).toBe(false));
  const { files, missing } = await client.call('recordings', { jobId: 'job', epoch });
  expect(files.map(({ kind }) => kind)).toEqual(['video']);
  expect(missing).toEqual([expect.stringContaining('The trace is missing: the browser crashed')]);
});

test('recordings that are stored are removed, and nothing else can be', { timeout: 60_000 }, async () => {
  const { client, dir } = await testHost();
  const { page, epoch } = await openRecorded(client, { video: true });
  await step(client, { epoch, instance: 1 }, () => animate(page, 300));
  const { files } = await closeAndFetch(client, epoch);
  const [film] = files.map(({ file }) => file);
  if (!film) throw new Error('no video');
  const folder = join(dir, 'host', 'recordings', 'job');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const file of [
    join(dir, 'host', 'epoch'),
    `${folder}/../../epoch`,
    `${folder}/`,
    '',
    film.replace('webm', 'json'),
    `${folder}/x/../${film}`,
  ]) {
    await expect(client.call('dropRecordings', { jobId: 'job', epoch, files: [film, file] })).rejects.toMatchObject({ status: 400 });
  }
  await expect(client.call('dropRecordings', { jobId: 'other', epoch, files: [film] })).rejects.toMatchObject({ status: 400 });
  for (const jobId of ['..', '.', 'a/b', '../job', '']) {
    await expect(client.call('recordings', { jobId, epoch })).rejects.toMatchObject({ status: 400 });
  }
  expect(existsSync(film)).toBe(true);
  await client.call('dropRecordings', { jobId: 'job', epoch, files: [film] });
  expect(existsSync(folder)).toBe(false);
  expect(await client.call('recordings', { jobId: 'job', epoch })).toEqual({ files: [], missing: [] });
  expect(existsSync(folder)).toBe(false);
});
