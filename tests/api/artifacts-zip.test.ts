import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { fromBufferPromise, type Entry } from 'yauzl';
import { archiveNames, safeName } from '../../src/api/archive-names.ts';
import type { Artifact } from '../../src/contract/artifact.ts';
import type { StepExecutionResult } from '../../src/contract/report.ts';
import { recordArtifact } from '../../src/db/artifacts.ts';
import { project } from '../../src/db/projection.ts';
import { created, tasks } from '../db/jobs.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
let folder: string;
/** by artifact id; what is not here is gone */
const store = new Map<string, () => Readable>();
/** by artifact id: how many bytes there are, when not as many as the row says */
const damaged = new Map<string, number>();
let open = 0;
let mostOpen = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-zip-'));
  const reportRenderer = join(folder, 'render.js');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(reportRenderer, 'export const renderReport = async (r) => `<!doctype html><h1>${r.runbookTitle}</h1>`;');
  bench = await openApiBench({ workers: false, settings: { reportRenderer } });
  bench.deps.artifacts.open = ({ id, bytes }) => {
    const stream = store.get(id)?.();
    if (!stream) return Promise.resolve(null);
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    stream.once('close', () => (open -= 1));
    return Promise.resolve({ stream, bytes: damaged.get(id) ?? bytes });
  };
});
afterAll(async () => {
  await bench.close();
  await rm(folder, { recursive: true });
});
let jobs = 0;
let jobId: string;
beforeEach(async () => {
  jobId = `j-zip-${(jobs += 1)}`;
  store.clear();
  [open, mostOpen] = [0, 0];
  await project(bench.deps.database.db, tasks(jobId, [created(jobId)]).task(0, 1));
});

async function keep(changes: Partial<Artifact>, bytes: (() => Readable) | string | null): Promise<string> {
  const id = `a-${Math.random().toString(36).slice(2)}`;
  const row: Artifact = {
    ...{ id, jobId, stepId: null, kind: 'download', name: 'a.txt', type: 'text/plain', sha256: null, detail: null },
    bytes: typeof bytes === 'string' ? bytes.length : 1,
    createdAt: new Date().toISOString(),
    ...changes,
  };
  await recordArtifact(bench.deps.database.db, row);
  if (bytes !== null) store.set(id, typeof bytes === 'string' ? () => Readable.from([Buffer.from(bytes)]) : bytes);
  return id;
}

const address = () => `${bench.url}/api/jobs/${jobId}/artifacts.zip`;

type Packed = Map<string, { entry: Entry; text: string }>;

async function unzip(): Promise<Packed> {
  const answer = await fetch(address());
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
  const zip = await fromBufferPromise(Buffer.from(await answer.arrayBuffer()), { lazyEntries: true, strictFileNames: true });
  const files: Packed = new Map();
  for await (const entry of zip.eachEntry()) files.set(entry.fileName, { entry, text: await text(await zip.openReadStreamPromise(entry)) });
  return files;
}

test('an archive holds every artifact in the folder of its kind, the report in both forms, and what is missing', async () => {
  await keep({ kind: 'screenshot', name: 's.jpg', type: 'image/jpeg', stepId: 'one' }, 'picture');
  await keep({ name: 'invoice.pdf', type: 'application/pdf' }, 'pdf');
  await keep({ kind: 'export', name: 'rows.csv', type: 'text/csv' }, 'a,b');
  await keep({ kind: 'video', name: 'video.webm', type: 'video/webm' }, 'film');
  await keep({ kind: 'trace', name: 'trace.zip', type: 'application/zip' }, 'zip');
  await keep({ kind: 'snapshot', name: 'page.html', type: 'text/html' }, '<p>');
  await keep({ name: 'gone.bin' }, null);
  const files = await unzip();
  const texts = [...files].map(([name, file]) => [name, name.startsWith('report') ? '' : file.text]);
  expect(texts).toEqual([
    ['report.json', ''],
    ['report.html', ''],
    ['screenshots/001 do one.jpg', 'picture'],
    ['downloads/invoice.pdf', 'pdf'],
    ['exports/rows.csv', 'a,b'],
    ['recordings/video.webm', 'film'],
    ['recordings/trace.zip', 'zip'],
    ['pages/000 page.html', '<p>'],
    ['MISSING.txt', 'downloads/gone.bin: its bytes are gone from the store\n'],
  ]);
  expect(JSON.parse(files.get('report.json')?.text ?? '')).toMatchObject({ jobId, artifacts: expect.any(Array) });
  expect(files.get('report.html')?.text).toContain('<h1>');
  const methods = (name: string) => files.get(name)?.entry.compressionMethod;
  expect(['screenshots/001 do one.jpg', 'downloads/invoice.pdf', 'recordings/video.webm', 'recordings/trace.zip'].map(methods)).toEqual([
    0, 0, 0, 0,
  ]);
  expect([methods('exports/rows.csv'), methods('report.json')]).toEqual([8, 8]);
  expect(mostOpen).toBe(1);
});

test('an archive of a server without the built page says so in it', async () => {
  const { reportRenderer } = bench.deps.settings;
  bench.deps.settings.reportRenderer = '/nowhere/render.js';
  const files = await unzip();
  bench.deps.settings.reportRenderer = reportRenderer;
  expect([...files.keys()]).toEqual(['report.json', 'MISSING.txt']);
  expect(files.get('MISSING.txt')?.text).toMatch(/^report\.html: .*npm run build/);
});

test.each([
  ['../../etc/passwd', 'passwd'],
  ['..\\..\\boot.ini', 'boot.ini'],
  ['/abs', 'abs'],
  ['C:\\x', 'x'],
  ['..', 'file'],
  ['', 'file'],
  ['a/', 'file'],
  ['CON', '_CON'],
  ['lpt1.txt', '_lpt1.txt'],
  ['a\u202egpj.exe', 'agpj.exe'],
  ['a\r\n\0b', 'ab'],
  ['what?<x>:*|"y"', 'what__x_____y_'],
  ['.htaccess', 'htaccess'],
  ['name. . ', 'name'],
  ['\ud800x', 'x'],
  [`${'ä'.repeat(300)}.pdf`, `${'ä'.repeat(96)}.pdf`],
])('the name %j becomes %j', (name, safe) => {
  expect(safeName(name)).toBe(safe);
});

test('names are told apart where case does not count, and pictures are in the order of their steps', () => {
  const file = (name: string, changes: Partial<Artifact> = {}): Artifact => ({
    ...{ id: name, jobId: 'j', stepId: null, kind: 'download', name, type: 'x/y', bytes: 1, sha256: null, detail: null, createdAt: '' },
    ...changes,
  });
  const step = { id: 's', ordinal: 7, description: 'Pay ../x: "now"' } as StepExecutionResult;
  const shot = (detail: Artifact['detail']) => file('shot.jpg', { kind: 'screenshot', stepId: 's', detail });
  const artifacts = [
    file('a.TXT'),
    file('A.txt'),
    file('a.txt'),
    shot({ iterations: [1, 0] }),
    shot({ because: 'failure' }),
    file('x.jpg', { kind: 'screenshot', detail: { because: 'end' } }),
  ];
  expect(archiveNames(artifacts, [step]).map(({ path }) => path)).toEqual([
    'downloads/a.TXT',
    'downloads/A (2).txt',
    'downloads/a (3).txt',
    'screenshots/007 Pay .. x_ _now_ (2.1).jpg',
    'screenshots/007 Pay .. x_ _now_ - failed.jpg',
    'screenshots/999 x - at the end.jpg',
  ]);
});

test('a large file flows through without being in memory', { timeout: 60_000 }, async () => {
  const size = 100_000_000;
  const chunk = Buffer.alloc(1_000_000, 7);
  await keep({ kind: 'video', name: 'long.webm', type: 'video/webm', bytes: size }, () =>
    Readable.from(
      (function* () {
        for (let n = 0; n < size / chunk.length; n += 1) yield chunk;
      })(),
      { highWaterMark: 1 },
    ),
  );
  const before = process.memoryUsage().rss;
  const response = await new Promise<IncomingMessage>((resolve) => get(address(), resolve));
  let read = 0;
  let most = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    read += part.length;
    most = Math.max(most, process.memoryUsage().rss - before);
  }
  expect(read).toBeGreaterThan(size);
  expect(most).toBeLessThan(size / 2);
});

const endless = (ended: () => void) => () => {
  const stream = new Readable({
    read() {
      this.push(Buffer.alloc(65_536));
    },
  });
  stream.once('close', ended);
  return stream;
};

test('a client that goes away ends the reading', async () => {
  const ended = vi.fn();
  await keep({ kind: 'video', name: 'endless.webm', type: 'video/webm' }, endless(ended));
  await keep({ name: 'never.txt' }, 'x');
  const response = await new Promise<IncomingMessage>((resolve) => get(address(), resolve));
  await vi.waitFor(() => expect(open).toBe(1));
  response.destroy();
  await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce(), { timeout: 5_000 });
  await vi.waitFor(() => expect(open).toBe(0));
  expect(mostOpen).toBe(1);
});

test('a client that stops reading holds the store back', async () => {
  let given = 0;
  await keep(
    { kind: 'video', name: 'endless.webm', type: 'video/webm' },
    () =>
      new Readable({
        read() {
          given += 65_536;
          this.push(Buffer.alloc(65_536));
        },
      }),
  );
  const response = await new Promise<IncomingMessage>((resolve) => get(address(), resolve));
  response.pause();
  // grows until the buffers of the sockets are full, then no more
  let before = -1;
  await vi.waitFor(
    () => {
      const same = given === before;
      before = given;
      expect(same && given > 0).toBe(true);
    },
    { timeout: 10_000, interval: 300 },
  );
  expect(given).toBeLessThan(50_000_000);
  response.destroy();
});

test('a store that fails in the middle breaks the connection: no good-looking archive', async () => {
  await keep({ kind: 'video', name: 'half.webm', type: 'video/webm' }, () =>
    Readable.from(
      (function* () {
        yield Buffer.alloc(1_000_000);
        throw new Error('disk');
      })(),
    ),
  );
  await keep({ name: 'behind.txt' }, 'x');
  const answer = await fetch(address());
  expect(answer.status).toBe(200);
  await expect(answer.arrayBuffer()).rejects.toThrow();
  // the server lives
  expect((await bench.get(`/api/jobs/${jobId}/artifacts`)).status).toBe(200);
});

test('a file that cannot be opened, and one that is not whole, are told; the others are there', async () => {
  await keep({ name: 'locked.bin' }, () => {
    throw Object.assign(new Error("EACCES: permission denied, open '/srv/x'"), { code: 'EACCES' });
  });
  damaged.set(await keep({ name: 'cut.bin' }, 'abc'), 2);
  await keep({ name: 'good.txt' }, 'good');
  const files = await unzip();
  expect([...files.keys()]).toEqual(['report.json', 'report.html', 'downloads/good.txt', 'MISSING.txt']);
  expect(files.get('MISSING.txt')?.text).toBe(
    [
      'downloads/locked.bin: it cannot be read (EACCES)',
      'downloads/cut.bin: it is damaged, or was just replaced: the store has 2 bytes of it instead of 3',
      '',
    ].join('\n'),
  );
  expect(open).toBe(0);
});

test('a store that gives less than it said breaks the connection', async () => {
  await keep({ kind: 'video', name: 'short.webm', type: 'video/webm', bytes: 20 }, () => Readable.from([Buffer.alloc(10)]));
  await expect(fetch(address()).then((answer) => answer.arrayBuffer())).rejects.toThrow();
});

test('HEAD tells what would come; a job that is not there is a problem', async () => {
  const head = await fetch(address(), { method: 'HEAD' });
  expect(Object.fromEntries(head.headers)).toMatchObject({
    'content-type': 'application/zip',
    'content-disposition': expect.stringContaining(`${jobId}.zip`),
  });
  expect(await bench.get('/api/jobs/none/artifacts.zip')).toMatchObject({ status: 404, body: { code: 'not_found' } });
});
