import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createOpenApi } from '../../src/api/openapi.ts';
import { slugOf } from '../../src/api/runbooks.ts';
import { type Artifact } from '../../src/contract/artifact.ts';
import { routes } from '../../src/contract/routes.ts';
import { recordArtifact } from '../../src/db/artifacts.ts';
import { project } from '../../src/db/projection.ts';
import { created, tasks } from '../db/jobs.ts';
import { openApiBench, yaml, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
let web: string;
beforeAll(async () => {
  web = await mkdtemp(join(tmpdir(), 'understudy-web-'));
  await mkdir(join(web, 'assets'));
  await writeFile(join(web, 'index.html'), '<!doctype html><title>Understudy</title>');
  await writeFile(join(web, 'assets', 'app-1234.js'), 'export {};');
  bench = await openApiBench({ workers: false, settings: { web } });
});
afterAll(async () => {
  await bench.close();
  await rm(web, { recursive: true });
});

test('before the first job the system says so, and what answers', async () => {
  const { body } = await bench.get('/api/system');
  expect(routes.system.response.safeParse(body).error).toBeUndefined();
  expect(body).toMatchObject({
    version: '1.2.3',
    firstRun: true,
    namespace: 'default',
    browsers: null,
    parts: [
      { name: 'Temporal', ok: true },
      { name: 'Postgres', ok: true },
      { name: 'search attributes', ok: true },
    ],
    parkAfterMs: 120_000,
  });
  expect(await bench.get('/readyz')).toMatchObject({ status: 200, body: { ok: true } });
  await project(bench.deps.database.db, tasks('j-1', [created('j-1')]).task(0, 1));
  expect((await bench.get('/api/system')).body).toMatchObject({ firstRun: false });
});

test('runbooks are stored, found, changed in versions and started', async () => {
  const made = await bench.send('POST', '/api/runbooks', { source: yaml('one') });
  expect(made).toMatchObject({ status: 201, body: { id: 'a-test', version: 1, title: 'A test', steps: 1, source: yaml('one') } });
  expect(made.headers.get('location')).toBe('/api/runbooks/a-test');
  expect(routes.createRunbook.response.safeParse(made.body).error).toBeUndefined();
  expect(await bench.send('POST', '/api/runbooks', { source: yaml('one') })).toMatchObject({ body: { id: 'a-test-2' } });
  expect(await bench.send('POST', '/api/runbooks', { source: yaml('one'), id: 'a-test' })).toMatchObject({
    status: 409,
    body: { errors: [{ path: 'id' }] },
  });
  expect(await bench.send('PUT', '/api/runbooks/a-test', { source: yaml('one', 'two') })).toMatchObject({
    status: 200,
    body: { version: 2, steps: 2 },
  });
  expect(await bench.get('/api/runbooks/a-test?version=1')).toMatchObject({ body: { version: 1, steps: 1, source: yaml('one') } });
  expect(
    (await bench.get<{ versions: { version: number }[] }>('/api/runbooks/a-test/versions')).body.versions.map((v) => v.version),
  ).toEqual([2, 1]);
  expect((await bench.get<{ runbooks: { id: string }[] }>('/api/runbooks')).body.runbooks.map((r) => r.id)).toEqual(['a-test', 'a-test-2']);
  expect(await bench.send('POST', '/api/jobs', { runbookId: 'a-test', version: 1 })).toMatchObject({
    status: 201,
    body: { runbook: { id: 'a-test', version: 1 }, counts: { total: 1 } },
  });
  expect(await bench.send('PUT', '/api/runbooks/none', { source: yaml('one') })).toMatchObject({ status: 404 });
});

test('versions that are written at once get a number each', async () => {
  await bench.send('POST', '/api/runbooks', { source: yaml('one'), id: 'busy' });
  const written = await Promise.all(
    [1, 2, 3, 4, 5].map((n) => bench.send<{ version: number }>('PUT', '/api/runbooks/busy', { source: yaml(`one-${n}`) })),
  );
  expect(written.map((answer) => answer.body.version).sort()).toEqual([2, 3, 4, 5, 6]);
});

test('the versions of a runbook tell their title and steps, nested ones included; the same text makes no new one', async () => {
  const nested = `title: Nested
variables: {list: {source: fixed, value: "[1]"}}
steps:
  - {id: first, action: {type: scroll}}
  - id: around
    loop: {forEach: "{{list}}"}
    steps:
      - {id: inside, action: {type: scroll}}
`;
  const source = yaml('one');
  await bench.send('POST', '/api/runbooks', { source, id: 'told' });
  expect(await bench.send('PUT', '/api/runbooks/told', { source })).toMatchObject({ status: 200, body: { version: 1 } });
  expect(await bench.send('PUT', '/api/runbooks/told', { source: nested })).toMatchObject({ body: { version: 2, steps: 3 } });
  expect(await bench.send('PUT', '/api/runbooks/told', { source: nested })).toMatchObject({ body: { version: 2 } });
  expect(await bench.send('PUT', '/api/runbooks/told', { source })).toMatchObject({ body: { version: 3 } });
  const { body } = await bench.get<{ versions: object[] }>('/api/runbooks/told/versions');
  expect(routes.listRunbookVersions.response.safeParse(body).error).toBeUndefined();
  expect(body.versions).toMatchObject([
    { version: 3, title: 'A test', steps: 1 },
    { version: 2, title: 'Nested', steps: 3 },
    { version: 1, title: 'A test', steps: 1 },
  ]);
});

test('validation names every mistake and outlines what is right', async () => {
  const good = await bench.send('POST', '/api/runbooks/validate', { source: yaml('one', 'two') });
  expect(good).toMatchObject({
    status: 200,
    body: {
      errors: [],
      title: 'A test',
      steps: [
        { id: 'one', line: 4 },
        { id: 'two', line: 5 },
      ],
    },
  });
  const bad = await bench.send('POST', '/api/runbooks/validate', { source: 'title: 1\nsteps: []\n' });
  expect(routes.validateRunbook.response.safeParse(bad.body).error).toBeUndefined();
  expect((bad.body.errors as unknown[]).length).toBeGreaterThan(0);
});

test.each([
  ['Pay a Bill!', 'pay-a-bill'],
  ['Überweisung café', 'uberweisung-cafe'],
  ['日本語', 'runbook'],
  ['-', 'runbook'],
  ['x'.repeat(200), 'x'.repeat(56)],
])('the title %j gives the id %j', (title, id) => {
  expect(slugOf(title)).toBe(id);
});

async function artifact(changes: Partial<Artifact>): Promise<string> {
  const row: Artifact = {
    id: `a-${Math.random().toString(36).slice(2)}`,
    jobId: 'j-1',
    stepId: null,
    sha256: null,
    detail: null,
    kind: 'screenshot',
    name: 'shot.jpg',
    type: 'image/jpeg',
    bytes: 20,
    createdAt: new Date().toISOString(),
    ...changes,
  };
  await recordArtifact(bench.deps.database.db, row);
  return `/api/jobs/j-1/artifacts/${row.id}`;
}

test('an artifact is given with length, ranges and headers that let nothing run', async () => {
  const path = await artifact({});
  const whole = await fetch(bench.url + path);
  expect(await whole.text()).toBe('abcdefghijabcdefghij');
  expect(Object.fromEntries(whole.headers)).toMatchObject({
    ...{ 'content-type': 'image/jpeg', 'content-length': '20', 'accept-ranges': 'bytes', 'x-content-type-options': 'nosniff' },
    ...{
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': `inline; filename="shot.jpg"; filename*=UTF-8''shot.jpg`,
    },
  });
  expect((await fetch(`${bench.url}${path}?download=1`)).headers.get('content-disposition')).toMatch(/^attachment;/);
  expect((await bench.get<{ artifacts: unknown[] }>('/api/jobs/j-1/artifacts')).body.artifacts).toHaveLength(1);
});

test.each([
  ['bytes=0-4', 206, 'abcde', 'bytes 0-4/20'],
  ['bytes=15-', 206, 'fghij', 'bytes 15-19/20'],
  ['bytes=-3', 206, 'hij', 'bytes 17-19/20'],
  ['bytes=18-99', 206, 'ij', 'bytes 18-19/20'],
  ['bytes=20-', 416, '', 'bytes */20'],
  ['bytes=5-2', 200, 'abcdefghijabcdefghij', null],
  ['lines=1-2', 200, 'abcdefghijabcdefghij', null],
])('the range %s is answered with %i', async (...row) => {
  const [range, status, text, contentRange] = row;
  const answer = await fetch(bench.url + (await artifact({})), { headers: { range } });
  expect([answer.status, await answer.text(), answer.headers.get('content-range')]).toEqual([status, text, contentRange]);
});

test('a hostile name or type of an artifact does no harm', async () => {
  const answer = await fetch(bench.url + (await artifact({ name: '../..\\x"\r\nSet-Cookie: a=b\u202e.html', type: 'text/html' })));
  expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  expect(answer.headers.get('set-cookie')).toBeNull();
  expect(answer.headers.get('content-disposition')).toBe(
    `attachment; filename="x_Set-Cookie_ a_b.html"; filename*=UTF-8''x%22Set-Cookie%3A%20a%3Db.html`,
  );
});

test('the artifact of another job is not found', async () => {
  const path = await artifact({});
  expect(await bench.get(path.replace('j-1', 'j-2'))).toMatchObject({ status: 404 });
});

test('every page of the console is index.html, hashed files are kept for ever, and nothing else falls back', async () => {
  const html = { headers: { accept: 'text/html' } };
  for (const path of ['/', '/jobs/j-1', '/runbooks/some-id']) {
    const page = await fetch(bench.url + path, html);
    expect([page.status, page.headers.get('cache-control'), await page.text()]).toEqual([
      200,
      'no-cache',
      '<!doctype html><title>Understudy</title>',
    ]);
  }
  expect((await fetch(`${bench.url}/assets/app-1234.js`)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  for (const path of ['/assets/none.js', '/api/none', '/missing.png', '/..%2f..%2fetc%2fpasswd.txt']) {
    const answer = await fetch(bench.url + path, html);
    expect([answer.status, answer.headers.get('content-type')], path).toEqual([404, 'application/problem+json; charset=utf-8']);
  }
});

test('the committed OpenAPI document is the generated one, and its schemas are valid', async () => {
  const committed = JSON.parse(readFileSync(new URL('../../src/api/openapi.json', import.meta.url), 'utf8')) as unknown;
  expect(JSON.parse(JSON.stringify(createOpenApi(packageJson.version)))).toEqual(committed);
  const { body } = await bench.get<{ openapi: string; paths: Record<string, object>; components: { schemas: Record<string, object> } }>(
    '/api/openapi.json',
  );
  expect(body.openapi).toBe('3.1.0');
  expect(Object.keys(body.paths).sort()).toEqual([...new Set(Object.values(routes).map((route) => route.path))].sort());
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(body, 'api');
  const check = ajv.compile({ $ref: 'api#/components/schemas/JobList' });
  expect([check((await bench.get('/api/jobs')).body), check.errors]).toEqual([true, null]);
});

test('the JSON Schema of a runbook is served', async () => {
  const answer = await fetch(`${bench.url}/api/runbook.schema.json`);
  expect(answer.headers.get('content-type')).toContain('application/schema+json');
  expect(await answer.json()).toMatchObject({
    type: 'object',
    properties: { title: expect.anything() as unknown, steps: expect.anything() as unknown },
  });
});
