import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../src/contract/routes.ts';
import { recordArtifact } from '../../src/db/artifacts.ts';
import { project } from '../../src/db/projection.ts';
import { created, tasks } from '../db/jobs.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-report-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const pictures = '${r.artifacts.map((a) => `<img src="artifact:${a.id}" alt="">`).join("")}';
  await writeFile(
    join(folder, 'render.js'),
    `export const renderReport = async (r) => \`<!doctype html>${pictures}<img src="artifact:other">\`;`,
  );
  bench = await openApiBench({ workers: false, settings: { reportRenderer: join(folder, 'render.js') } });
  bench.deps.artifacts.open = ({ id, bytes }) => {
    if (id === 'broken') return Promise.reject(new Error('EIO: i/o error'));
    const stored = { stream: Readable.from([Buffer.from(id)]), bytes: id === 'cut' ? bytes - 1 : bytes };
    return Promise.resolve(id === 'gone' ? null : stored);
  };
});
afterAll(async () => {
  await bench.close();
  await rm(folder, { recursive: true });
});

async function job(id: string, pictures: readonly { id: string; type?: string; bytes?: number }[], title?: string): Promise<string> {
  await project(bench.deps.database.db, tasks(id, [created(id, title)]).task(0, 1));
  for (const [n, { id: artifact, type = 'image/jpeg', bytes = 5 }] of pictures.entries())
    await recordArtifact(bench.deps.database.db, {
      ...{ id: artifact, jobId: id, stepId: null, kind: 'screenshot', name: `${artifact}.jpg`, type, bytes, sha256: null, detail: null },
      createdAt: new Date(1_795_487_356_000 + n).toISOString(),
    });
  return `${bench.url}/api/jobs/${id}/report.html`;
}

const words = (html: string): string[] =>
  [...html.matchAll(/data:image\/svg\+xml;base64,([^"]*)/g)].map(([, text]) =>
    Buffer.from(text ?? '', 'base64')
      .toString()
      .replace(/<[^>]*>/g, ''),
  );

test('the page has its pictures inside, runs nothing and loads nothing', async () => {
  const answer = await fetch(await job('j-1', [{ id: 'one' }, { id: 'two', type: 'image/png' }]));
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    ...{ 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' },
    'content-security-policy': "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox",
    'content-disposition': expect.stringMatching(/^inline; filename=".* j-1\.html"/),
  });
  const html = await answer.text();
  expect(html).toContain(`src="data:image/jpeg;base64,${Buffer.from('one').toString('base64')}"`);
  expect(html).toContain(`src="data:image/png;base64,${Buffer.from('two').toString('base64')}"`);
  expect(html).not.toContain('artifact:');
  expect(words(html)).toEqual(['This picture is not there any more.']);
});

test('a picture that is gone, broken, too large or no picture says so in its place', async () => {
  const html = await (
    await fetch(
      await job('j-2', [
        { id: 'gone' },
        { id: 'big', bytes: 50_000_000 },
        { id: 'page', type: 'text/html' },
        { id: 'broken' },
        { id: 'cut' },
      ]),
    )
  ).text();
  expect(words(html)).toEqual([
    'The bytes of this picture are gone from the store.',
    'In the archive of the job: screenshots/000 big.jpg',
    'This picture is not there any more.',
    'This picture cannot be read.',
    'This picture is damaged.',
    'This picture is not there any more.',
  ]);
});

test('more pictures than a document can hold are named', async () => {
  const html = await (
    await fetch(
      await job(
        'j-3',
        Array.from({ length: 302 }, (_, n) => ({ id: `p-${n}` })),
      ),
    )
  ).text();
  expect(html.match(/data:image\/jpeg/g)).toHaveLength(300);
  expect(words(html).slice(0, 2)).toEqual([
    'In the archive of the job: screenshots/000 p-300.jpg',
    'In the archive of the job: screenshots/000 p-301.jpg',
  ]);
});

test('it is saved under a name of its own, and HEAD tells about it', async () => {
  const address = await job('j-4', []);
  expect((await fetch(`${address}?download=1`)).headers.get('content-disposition')).toMatch(/^attachment;/);
  const head = await fetch(address, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
});

test('a title with slashes names the report and the archive as a whole', async () => {
  const html = await job('j-5', [], '..\\Invoices 2026/11: "all"?');
  const day = new Date().toISOString().slice(0, 10);
  const nameOf = async (path: string): Promise<string> => {
    const header = (await fetch(path, { method: 'HEAD' })).headers.get('content-disposition') ?? '';
    return decodeURIComponent(header.replace(/^.*UTF-8''/, ''));
  };
  expect(await nameOf(html)).toBe(`--Invoices 2026-11- -all-- ${day} j-5.html`);
  expect(await nameOf(html.replace('.html', ''))).toBe(`--Invoices 2026-11- -all-- ${day} j-5.json`);
  expect(await nameOf(html.replace('report.html', 'artifacts.zip'))).toBe(`--Invoices 2026-11- -all-- ${day} j-5.zip`);
});

test('without the built page the answer says how to build it; the report as JSON is there', async () => {
  const settings = bench.deps.settings;
  const { reportRenderer } = settings;
  settings.reportRenderer = join(folder, 'none.js');
  const answer = await bench.get('/api/jobs/j-1/report.html');
  settings.reportRenderer = reportRenderer;
  expect(answer).toMatchObject({ status: 503, body: { code: 'not_built', detail: expect.stringContaining('npm run build') } });
  const { body } = await bench.get('/api/jobs/j-1/report');
  expect(routes.jobReport.response.parse(body)).toMatchObject({
    jobId: 'j-1',
    outcome: expect.stringMatching(/^Not over/),
    artifacts: [{ id: 'one' }, { id: 'two' }],
  });
  expect(await bench.get('/api/jobs/none/report.html')).toMatchObject({ status: 404, body: { code: 'not_found' } });
});
