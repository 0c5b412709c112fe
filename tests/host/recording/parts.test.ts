import { mkdirSync, existsSync, readdirSync, utimesSync, writeFileSync, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { createRedactor } from '../../../src/domain/redact.ts';
import { videoSize } from '../../../src/host/recording/ffmpeg.ts';
import { FrameQueue } from '../../../src/host/recording/frame-queue.ts';
import { inertSnapshot } from '../../../src/host/recording/inert-snapshot.ts';
import { maskTrace, TraceTooLarge } from '../../../src/host/recording/mask-trace.ts';
import { Recordings } from '../../../src/host/recording/recordings.ts';
import { sweepRecordings } from '../../../src/host/recording/sweep.ts';
import { createTraceMasks } from '../../../src/host/recording/trace-masks.ts';
import { VideoClock } from '../../../src/host/recording/video-clock.ts';
import { tempFolder } from '../harness.ts';

const start = Date.parse('2026-01-01T00:00:00.000Z');
const at = (ms: number): string => new Date(start + ms).toISOString();

test('a clock that is asked often counts no tick twice and loses none', () => {
  const clock = new VideoClock(start, true);
  let ticks = 0;
  for (let ms = 0; ms <= 10_000; ms += 70) ticks += clock.advance(start + ms);
  expect(ticks + clock.advance(start + 10_000)).toBe(50);
  expect(clock.advance(start + 9_000)).toBe(0);
});

test('an idle time of three seconds is kept, a longer one is cut', () => {
  const clock = new VideoClock(start, true);
  expect(clock.advance(start + 1000)).toBe(5);
  clock.working(false, start + 1000);
  expect(clock.advance(start + 4000)).toBe(15);
  expect(clock.working(true, start + 4000)).toBe(false);
  expect(clock.advance(start + 5000)).toBe(5);
  clock.working(false, start + 5000);
  expect(clock.advance(start + 60_000)).toBe(15);
  expect(clock.working(true, start + 60_000)).toBe(true);
  expect(clock.advance(start + 61_000)).toBe(5);
  expect(clock.segments).toEqual([
    { at: at(0), ms: 0 },
    { at: at(60_000), ms: 8000 },
  ]);
});

test('pictures that the encoder is too slow for give way to newer ones, and the time they stood is kept', () => {
  const queue = new FrameQueue();
  for (let i = 0; i < 1000; i += 1) queue.add(Buffer.from(String(i)), 1);
  const taken: string[] = [];
  for (let jpeg = queue.take(); jpeg; jpeg = queue.take()) taken.push(jpeg.toString());
  expect(taken).toHaveLength(1000);
  expect(new Set(taken).size).toBe(10);
  expect(taken.at(-1)).toBe('999');
});

test.each([
  [
    { width: 1280, height: 720 },
    { width: 1280, height: 720 },
  ],
  [
    { width: 801, height: 601 },
    { width: 800, height: 600 },
  ],
  [
    { width: 3840, height: 2160 },
    { width: 1920, height: 1080 },
  ],
  [
    { width: 1, height: 1 },
    { width: 2, height: 2 },
  ],
])('a video of %j is %j', (page, video) => expect(videoSize(page)).toEqual(video));

const inert = (node: unknown): unknown => inertSnapshot(node, createRedactor(['harbour-42']));

test('a snapshot that a page has forged cannot write markup of its own', () => {
  expect(inert(['DIV', { 'x><script>alert(1)</script': '', 'a b': '', onload: 'x', 'data-a': 'b' }, 'text'])).toEqual([
    'DIV',
    { 'data-a': 'b' },
    'text',
  ]);
  expect(inert(['img src=x onerror=alert(1)', { a: 'b' }])).toEqual(['x-removed', {}]);
  expect(inert(['SvG:sCrIpT', {}, 'alert(1)'])).toEqual(['x-removed', {}, '']);
  expect(inert(['META', { 'HTTP-Equiv': ' Refresh', content: '0;url=//evil.test' }])).toEqual(['x-removed', {}]);
  expect(inert(['IFRAME', { src: 'https://evil.test/', SRCDOC: 'x' }])).toEqual(['IFRAME', {}]);
  expect(inert(['IFRAME', { src: '/snapshot/frame@1234abcd' }])).toEqual(['IFRAME', { src: '/snapshot/frame@1234abcd' }]);
  expect(inert(['A', { href: ' \u0001java\tscript:alert(1)' }])).toEqual(['A', {}]);
  expect(inert(['A', { href: 'https://here.test/?q=harbour-42', 'data-harbour-42': 'x' }])).toEqual([
    'A',
    { href: 'https://here.test/?q=•••' },
  ]);
});

test('references in a snapshot stay, and no node is lost, since they count nodes', () => {
  const count = (node: unknown): number => {
    if (typeof node === 'string') return 1;
    const [name, , ...children] = node as unknown[];
    return Array.isArray(name) ? 0 : 1 + children.reduce((sum: number, child) => sum + count(child), 0);
  };
  const snapshot = [
    'HTML',
    {},
    ['HEAD', {}, ['SCRIPT', {}, 'x'], ['LINK', { rel: 'preload' }]],
    [[3, 17]],
    ['BODY', {}, 'harbour-42', ['EMBED']],
  ];
  const made = inert(snapshot);
  expect(count(made)).toBe(count(snapshot));
  expect(JSON.stringify(made)).toContain('[[3,17]]');
  expect(JSON.stringify(made)).not.toContain('harbour');
});

async function zipOf(entries: Record<string, Buffer>): Promise<string> {
  const file = join(tempFolder(), 'raw');
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(entries)) zip.addBuffer(bytes, name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
  return file;
}

test('a trace that is too large, as it is or unpacked, is refused', async () => {
  const noise = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251).join(','));
  const raw = await zipOf({ 'resources/a.txt': noise, 'trace.trace': Buffer.from('{"type":"context-options"}\n') });
  const masks = createTraceMasks([]);
  const limits = { bytes: 1_000_000, unpacked: 10_000_000, resource: 1_000_000 };
  await maskTrace({ raw, file: `${raw}.zip`, masks, limits });
  await expect(maskTrace({ raw, file: `${raw}.zip`, masks, limits: { ...limits, bytes: 1000 } })).rejects.toBeInstanceOf(TraceTooLarge);
  await expect(maskTrace({ raw, file: `${raw}.zip`, masks, limits: { ...limits, unpacked: 1000 } })).rejects.toBeInstanceOf(TraceTooLarge);
});

test('what is no zip is refused', async () => {
  const raw = join(tempFolder(), 'raw');
  writeFileSync(raw, 'nothing');
  await expect(maskTrace({ raw, file: `${raw}.zip`, masks: createTraceMasks([]) })).rejects.toThrow();
});

test('a number is masked when it is a secret, and lines that are no JSON are left out', () => {
  const masks = createTraceMasks(['4711', 'harbour-42']);
  expect(masks.line('{"type":"event","time":14711,"result":{"n":4711},"text":"harbour-42\u2028"}')).toBe(
    '{"type":"event","time":14711,"result":{"n":"•••"},"text":"•••\u2028"}',
  );
  expect(masks.line('harbour-42')).toBe(null);
});

test('when a host starts, traces that were not masked go, and after a week all of a job that nobody knows', () => {
  const folder = tempFolder();
  for (const job of ['known', 'fresh', 'old']) {
    mkdirSync(join(folder, job));
    for (const name of ['trace-1-00000000.raw', 'trace-1-00000000.json']) writeFileSync(join(folder, job, name), '');
  }
  const week = Date.now() + 8 * 24 * 3_600_000;
  sweepRecordings(folder, (job) => job === 'known', week);
  expect(readdirSync(folder)).toEqual(['known']);
  expect(readdirSync(join(folder, 'known'))).toEqual(['trace-1-00000000.json']);
  utimesSync(folder, 0, 0);
  sweepRecordings(folder, () => false);
  expect(existsSync(join(folder, 'known'))).toBe(true);
});

test.each(['..', '.', 'a/b', '/etc', ''])('a job id that is no name of a folder (%j) is refused', async (jobId) => {
  const recordings = new Recordings({ dir: tempFolder(), ffmpeg: null });
  await expect(recordings.list(jobId)).rejects.toMatchObject({ status: 400 });
  expect(() => recordings.drop(jobId, [])).toThrow();
});

test('a secret that is spread over the texts of a snapshot is masked, and its attributes however it is grouped', () => {
  const redact = createRedactor(['4111111111111111']);
  const snapshot = [
    'P',
    {},
    ['B', {}, '41111111'],
    ['SCRIPT', {}, 'left out'],
    [[1, 2]],
    ['I', {}, '11111111'],
    ' and ',
    ['INPUT', { __playwright_value_: '4111 1111 1111 1111' }],
  ];
  expect(inertSnapshot(snapshot, redact)).toEqual([
    'P',
    {},
    ['B', {}, '•••'],
    ['x-removed', {}, ''],
    [[1, 2]],
    ['I', {}, ''],
    ' and ',
    ['INPUT', { __playwright_value_: '•••' }],
  ]);
});
