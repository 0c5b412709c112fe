import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import express from 'express';
import { chromium, type Browser, type Frame, type Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemHandler } from '../../src/api/problem.ts';
import { findTraceViewer, traceViewerFiles } from '../../src/api/trace-viewer.ts';
import { recordArtifact } from '../../src/db/artifacts.ts';
import { project } from '../../src/db/projection.ts';
import { createLog } from '../../src/log.ts';
import { created, tasks } from '../db/jobs.ts';
import { chromiumPath, chromiumSandbox } from '../support/chromium.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';
import { makeTrace, type SnapshotNode } from './hostile-trace.ts';

let bench: ApiBench;
let browser: Browser;
let web: string;
/** a server that hears of whatever leaves the viewer */
let outside: Server;
let heard: string[] = [];
let elsewhere: string;
const traces = new Map<string, Buffer>();

beforeAll(async () => {
  web = await mkdtemp(join(tmpdir(), 'understudy-web-'));
  // stands for the console: its page has the console's own policy
  await writeFile(join(web, 'index.html'), '<!doctype html><title>console</title><iframe width="1200" height="800"></iframe>');
  outside = createServer((req, res) => {
    heard.push(req.url ?? '');
    res.end('x');
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  elsewhere = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  bench = await openApiBench({ workers: false, settings: { web } });
  bench.deps.artifacts.open = ({ id, bytes }) => Promise.resolve({ stream: Readable.from([traces.get(id) ?? Buffer.alloc(0)]), bytes });
  await project(bench.deps.database.db, tasks('j-1', [created('j-1')]).task(0, 1));
  browser = await chromium.launch({ executablePath: chromiumPath(), chromiumSandbox: chromiumSandbox() });
});
afterAll(async () => {
  await browser.close();
  await bench.close();
  outside.closeAllConnections();
  outside.close();
  await rm(web, { recursive: true });
});

async function keep(contents: Parameters<typeof makeTrace>[0]): Promise<string> {
  const id = `t-${traces.size}`;
  const bytes = await makeTrace(contents);
  traces.set(id, bytes);
  await recordArtifact(bench.deps.database.db, {
    ...{ id, jobId: 'j-1', stepId: null, kind: 'trace', name: 'trace.zip', type: 'application/zip', bytes: bytes.length, sha256: null },
    ...{ detail: null, createdAt: new Date().toISOString() },
  });
  return `/api/jobs/j-1/artifacts/${id}`;
}

type Opened = { page: Page; snapshot: Frame };

/** In the console's page, as people open it; resolves when the snapshot of the first action shows. */
async function open(contents: Parameters<typeof makeTrace>[0]): Promise<Opened> {
  heard = [];
  const address = await keep(contents);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${bench.url}/`);
  await page.evaluate(
    (src) => {
      Object.assign(window, { pwned: [] });
      document.querySelector('iframe')?.setAttribute('src', src);
    },
    `/trace-viewer/index.html?trace=${encodeURIComponent(address)}`,
  );
  const viewer = page.frameLocator('iframe');
  await viewer.getByText('Click', { exact: false }).first().click();
  const snapshotOf = () => page.frames().find((frame) => /\/trace-viewer\/snapshot\/.*(?!frameId)/.test(frame.url()));
  await expect
    .poll(
      () =>
        snapshotOf()
          ?.evaluate(() => document.body.textContent)
          .catch(() => ''),
      { timeout: 15_000 },
    )
    .toContain('shown by the page');
  return { page, snapshot: snapshotOf() as Frame };
}

const pwned = (page: Page): Promise<unknown> => page.evaluate(() => (window as unknown as { pwned: unknown }).pwned);
const shown: SnapshotNode = ['H1', {}, 'shown by the page'];
const deed = (name: string): string => `top.pwned.push("${name}")`;

test('a trace opens in a frame of the console, its snapshots too, and nothing is asked of others', { timeout: 60_000 }, async () => {
  const { page, snapshot } = await open({
    body: [
      shown,
      ['STYLE', {}, 'h1 { color: rgb(1, 2, 3) }'],
      ['IMG', { src: `${elsewhere}/image.png` }],
      ['IFRAME', { src: '/snapshot/frame@inner' }],
    ],
    inner: [['P', {}, 'inside']],
  });
  expect(await snapshot.evaluate(() => getComputedStyle(document.querySelector('h1') as Element).color)).toBe('rgb(1, 2, 3)');
  expect(heard).toEqual([]);
  expect(await pwned(page)).toEqual([]);
  await page.context().close();
});

const attacks: Record<string, SnapshotNode> = {
  script: ['script', {}, deed('script')],
  'a script in another namespace': ['svg:script', { xmlns: 'http://www.w3.org/2000/svg' }, deed('svg:script')],
  'a handler': ['IMG', { src: 'x', onerror: deed('handler'), 'data-x onerror': deed('handler 2') }],
  'a handler that breaks out of its attribute': [
    'IMG',
    { 'x onerror=top.pwned.push(3) y': '1', src: '"><script>top.pwned.push(4)</script>' },
  ],
  'an address that runs': ['A', { href: `javascript:${deed('link')}`, id: 'link' }, 'x'],
  'a frame with a document': ['IFRAME', { srcdoc: `<script>${deed('srcdoc')}</script>` }],
  'a frame with an address that runs': ['IFRAME', { src: `javascript:${deed('frame')}` }],
  'a frame with a document in its address': ['FRAME', { src: `data:text/html,<script>${deed('data')}</script>` }],
  'an object': ['OBJECT', { data: '/trace-viewer/file/resources/evil.html', type: 'text/html' }],
  'an embedded document': ['EMBED', { src: '/trace-viewer/file/resources/evil.html', type: 'text/html' }],
  'a refresh': ['META', { 'http-equiv': 'refresh', content: '0; url=/trace-viewer/file/resources/evil.html' }],
  'a text that is markup': `<script>${deed('text')}</script><img src=x onerror='${deed('text')}'>`,
  'an animation of an address': [
    'svg',
    {},
    ['a', { id: 'anim' }, ['animate', { attributeName: 'href', values: `javascript:${deed('animate')}` }], ['text', {}, 'x']],
  ],
  'a style': ['STYLE', {}, `</style><script>${deed('style')}</script>`],
};

test('nothing of a hostile snapshot runs', { timeout: 60_000 }, async () => {
  const files = { 'evil.html': `<script>${deed('file')}</script>` };
  const { page, snapshot } = await open({ body: [shown, ...Object.values(attacks)], files });
  await snapshot.evaluate(() => {
    for (const id of ['link', 'anim'])
      document.getElementById(id)?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  });
  // what would have run does so before this
  await snapshot.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  expect(await pwned(page)).toEqual([]);
  expect(heard).toEqual([]);
  await page.context().close();
});

const goals: [string, () => string][] = [
  ['a file of the trace', () => '/trace-viewer/file/resources/evil.html'],
  ['a file of the trace under a name and type of its own', () => '/trace-viewer/file/resources/evil.html?dn=x.html&dct=text/html'],
  ['another server', () => `${elsewhere}/left`],
  ['the console', () => '/jobs'],
];

test.each(goals)('a snapshot that goes to %s shows nothing that runs', { timeout: 60_000 }, async (_name, goal) => {
  const trap: SnapshotNode = ['MAP', {}, ['AREA', { id: 'trap', href: goal() }]];
  const files = { 'evil.html': `<!doctype html><title>evil</title><script>${deed('file')}</script>` };
  const { page, snapshot } = await open({ body: [shown, trap, ['IFRAME', { src: '/snapshot/frame@inner' }]], inner: [trap], files });
  const inner = () => page.frames().find((frame) => frame.url().includes('frameId='));
  await expect.poll(() => inner()?.$('#trap')).toBeTruthy();
  for (const frame of [inner(), snapshot]) {
    await frame?.evaluate(() => document.getElementById('trap')?.click()).catch(() => {});
    // a way through the same browser and server, behind whatever the click has begun
    await page.evaluate(async () => {
      for (let n = 0; n < 20; n += 1) await fetch(`/healthz?${n}`);
    });
    expect(await pwned(page)).toEqual([]);
  }
  expect(page.url()).toBe(`${bench.url}/`);
  expect(heard).toEqual([]);
  await page.context().close();
});

test('a snapshot that is opened by itself is as closed as in the viewer', { timeout: 60_000 }, async () => {
  const files = { 'evil.html': `<script>document.title = 'evil'</script>` };
  const { page, snapshot } = await open({ body: [shown, ['script', {}, 'document.title = "evil"']], files });
  const alone = await page.context().newPage();
  await alone.goto(snapshot.url());
  expect(await alone.title()).not.toBe('evil');
  // no form, no window, no way out: the document is in a sandbox
  expect(await alone.evaluate(() => window.open('/') === null)).toBe(true);
  await alone.goto(`${bench.url}/trace-viewer/file/resources/evil.html`).catch(() => {});
  expect(await alone.title()).not.toBe('evil');
  await page.context().close();
});

test('a trace of another server is not fetched', { timeout: 60_000 }, async () => {
  heard = [];
  const page = await browser.newPage();
  await page.goto(`${bench.url}/trace-viewer/index.html?trace=${encodeURIComponent(`${elsewhere}/trace.zip`)}`);
  await expect.poll(() => page.locator('body').innerText(), { timeout: 15_000 }).toMatch(/Could not load trace/);
  expect(heard).toEqual([]);
  await page.context().close();
});

test('the viewer has its own policy, may stand in the console only, and gives its own files only', async () => {
  const index = await fetch(`${bench.url}/trace-viewer/index.html`);
  expect(index.status).toBe(200);
  expect(index.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';.*frame-ancestors 'self'/);
  const worker = await fetch(`${bench.url}/trace-viewer/sw.bundle.js`);
  expect(worker.headers.get('content-type')).toMatch(/^text\/javascript/);
  expect(worker.headers.get('content-security-policy')).toMatch(/connect-src 'self'/);
  for (const path of ['', 'uiMode.html', 'snapshot/call@1', 'file/x', '..%2f..%2fpackage.json', '../package.json', 'assets/'])
    expect((await fetch(`${bench.url}/trace-viewer/${path}`, { headers: { accept: 'text/html' } })).status, path).toBe(404);
  expect(await bench.send('POST', '/trace-viewer/index.html', {})).toMatchObject({ status: 405 });
});

test('the console lets the viewer and films into its pages, and nobody else the console', async () => {
  const policy = (await fetch(`${bench.url}/`, { headers: { accept: 'text/html' } })).headers.get('content-security-policy');
  expect(policy).toMatch(/frame-src 'self'/);
  expect(policy).toMatch(/media-src 'self'/);
  expect(policy).toMatch(/frame-ancestors 'none'/);
});

test('an installation without the viewer says so', async () => {
  expect(findTraceViewer()).toMatch(/traceViewer$/);
  const app = express()
    .use('/trace-viewer', traceViewerFiles(null))
    .use(problemHandler(createLog('test', 'silent')));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/trace-viewer/index.html`);
  expect([answer.status, await answer.json()]).toMatchObject([
    404,
    { code: 'not_found', detail: expect.stringMatching(/without its trace viewer/) },
  ]);
  server.close();
});
