import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createFolderStore } from '../../src/artifacts/folder-store.ts';
import { mostBytes } from '../../src/artifacts/store.ts';
import type { Artifact } from '../../src/contract/artifact.ts';
import { listArtifacts, recordArtifact } from '../../src/db/artifacts.ts';
import { project } from '../../src/db/projection.ts';
import { created, tasks } from '../db/jobs.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
beforeAll(async () => {
  bench = await openApiBench({ workers: false });
  await project(bench.deps.database.db, tasks('j-1', [created('j-1')]).task(0, 1));
});
afterAll(() => bench.close());

const file = (changes: Partial<Artifact>): Artifact => ({
  ...{ id: `f-${Math.random().toString(36).slice(2)}`, jobId: 'j-1', stepId: 's', kind: 'download', name: 'a.bin' },
  ...{ type: 'application/octet-stream', bytes: 20, sha256: null, detail: null, createdAt: new Date().toISOString(), ...changes },
});

async function headersOf(changes: Partial<Artifact>): Promise<Record<string, string>> {
  const row = file(changes);
  await recordArtifact(bench.deps.database.db, row);
  const answer = await fetch(`${bench.url}/api/jobs/j-1/artifacts/${row.id}`);
  await answer.arrayBuffer();
  return Object.fromEntries(answer.headers);
}

const sealed = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'cache-control': 'private, no-cache',
};

test.each(['text/csv', 'application/json', 'text/plain'])('a file of type %s is shown as the text that it is', async (type) => {
  expect(await headersOf({ type })).toMatchObject({
    ...sealed,
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': expect.stringMatching(/^inline;/),
  });
});

test.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/javascript', 'application/pdf', 'text/xml'])(
  'a file of type %s is only handed out to be saved, as bytes',
  async (type) => {
    expect(await headersOf({ type, name: 'x.html' })).toMatchObject({
      ...sealed,
      'content-type': 'application/octet-stream',
      'content-disposition': expect.stringMatching(/^attachment;/),
    });
  },
);

test.each([
  ['a"; filename=evil.exe', `attachment; filename="a__ filename_evil.exe"; filename*=UTF-8''a%22%3B%20filename%3Devil.exe`],
  ['../../etc/passwd', `attachment; filename="passwd"; filename*=UTF-8''passwd`],
  ['Rechnung für Ärzte.bin', `attachment; filename="Rechnung f_r _rzte.bin"; filename*=UTF-8''Rechnung%20f%C3%BCr%20%C3%84rzte.bin`],
  ['\u202efdp.exe\r\nX-Evil: 1', `attachment; filename="fdp.exeX-Evil_ 1"; filename*=UTF-8''fdp.exeX-Evil%3A%201`],
])('the name %j reaches the browser without harm', async (name, disposition) => {
  const headers = await headersOf({ name });
  expect(headers['content-disposition']).toBe(disposition);
  expect(headers['x-evil']).toBeUndefined();
});

test('a file that a repeated step has left takes the place of the earlier one', async () => {
  const row = file({ jobId: 'j-1', name: 'first.csv' });
  await recordArtifact(bench.deps.database.db, row);
  await recordArtifact(bench.deps.database.db, { ...row, name: 'second.csv', bytes: 7 });
  const rows = (await listArtifacts(bench.deps.database.db, 'j-1')).filter(({ id }) => id === row.id);
  expect(rows).toMatchObject([{ name: 'second.csv', bytes: 7 }]);
});

const sha256 = 'ab'.repeat(32);
const withTag = async (headers: Record<string, string>, changes: Partial<Artifact> = {}): Promise<Response> => {
  const row = file({ kind: 'video', type: 'video/webm', name: 'v.webm', sha256, ...changes });
  await recordArtifact(bench.deps.database.db, row);
  return fetch(`${bench.url}/api/jobs/j-1/artifacts/${row.id}`, { headers });
};

test('a film is shown in its place, in ranges, with the tag of its bytes', async () => {
  const answer = await withTag({ range: 'bytes=2-4', 'if-range': `"${sha256}"` });
  expect([answer.status, await answer.text(), answer.headers.get('content-range')]).toEqual([206, 'cde', 'bytes 2-4/20']);
  expect(Object.fromEntries(answer.headers)).toMatchObject({ 'content-type': 'video/webm', etag: `"${sha256}"`, 'accept-ranges': 'bytes' });
});

test.each([
  [{ 'if-none-match': `"${sha256}"` }, {}, 304],
  [{ 'if-none-match': `"x", W/"${sha256}"` }, {}, 304],
  [{ 'if-none-match': '"other"' }, {}, 200],
  [{ range: 'bytes=0-1', 'if-range': '"other"' }, {}, 200],
  [{ range: 'bytes=0-1', 'if-range': `W/"${sha256}"` }, {}, 200],
  [{ range: 'bytes=0-1', 'if-range': 'W/"x"' }, { sha256: null }, 200],
  [{ range: 'bytes=-' }, {}, 200],
])('a request with %j is answered by what the bytes are now', async (headers, changes, status) => {
  const answer = await withTag(headers, changes);
  expect([answer.status, (await answer.text()).length]).toEqual([status, status === 304 ? 0 : 20]);
});

test('the document of a failed step is shown as its source, and nothing of it runs', async () => {
  expect(await headersOf({ kind: 'snapshot', type: 'text/html', name: 'page.html' })).toMatchObject({
    ...sealed,
    'content-type': 'text/plain; charset=utf-8',
  });
});

test('of the largest file that there may be any part is handed out at once', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'understudy-large-'));
  const before = { ...bench.deps.artifacts };
  onTestFinished(async () => {
    Object.assign(bench.deps.artifacts, before);
    await rm(dir, { recursive: true });
  });
  const store = createFolderStore(dir);
  bench.deps.artifacts.open = async ({ id }, range) => (await store.open(id, range)) ?? null;
  const { id, path } = await store.put({ jobId: 'j-1', name: 'large.webm', type: 'video/webm', bytes: Buffer.from('the beginning') });
  // sparse: it takes no room
  await truncate(path, mostBytes);
  await recordArtifact(
    bench.deps.database.db,
    file({ id, kind: 'video', type: 'video/webm', name: 'large.webm', bytes: mostBytes, sha256 }),
  );
  const part = async (range: string) => {
    const answer = await fetch(`${bench.url}/api/jobs/j-1/artifacts/${id}`, { headers: { range } });
    const { headers } = answer;
    return [answer.status, headers.get('content-range'), headers.get('content-length'), (await answer.text()).replaceAll('\0', '0')];
  };
  expect(await part('bytes=0-12')).toEqual([206, 'bytes 0-12/2000000000', '13', 'the beginning']);
  expect(await part('bytes=1999999998-')).toEqual([206, 'bytes 1999999998-1999999999/2000000000', '2', '00']);
  expect(await part('bytes=-3')).toEqual([206, 'bytes 1999999997-1999999999/2000000000', '3', '000']);
  expect(await part('bytes=1000000000-1000000001')).toEqual([206, 'bytes 1000000000-1000000001/2000000000', '2', '00']);
  expect((await part('bytes=2000000000-')).slice(0, 2)).toEqual([416, 'bytes */2000000000']);
  const whole = await fetch(`${bench.url}/api/jobs/j-1/artifacts/${id}`, { method: 'HEAD' });
  expect(whole.headers.get('content-length')).toBe('2000000000');
});
