import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openPromise } from 'yauzl';
import { attachPages, site, testHost } from './harness.ts';
import { closeAndFetch, openRecorded, step } from './recordings.ts';

async function entriesOf(file: string): Promise<Map<string, Buffer>> {
  const zip = await openPromise(file, { lazyEntries: true });
  const entries = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    entries.set(entry.fileName, Buffer.concat(chunks));
  }
  return entries;
}

type TraceEvent = { type: string; method?: string; params?: { selector?: string }; snapshot?: { html: unknown } };

const eventsOf = (entries: Map<string, Buffer>): TraceEvent[] =>
  (entries.get('trace.trace')?.toString() ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as TraceEvent);

test('a trace has what two workers did, one after the other', { timeout: 60_000 }, async () => {
  const { client } = await testHost();
  const { page, epoch, browser } = await openRecorded(client, { trace: true });
  await step(client, { epoch, instance: 1 }, () => page.setContent('<button>First</button><button>Second</button>'));
  await page.locator('button >> nth=0').click();
  await browser.close();
  const next = await client.call('attach', {});
  const { endpoint } = await client.call('open', { jobId: 'job', epoch: next.epoch, values: [] });
  const { page: same } = await attachPages(endpoint);
  await same.locator('button >> nth=1').click();
  const { files, missing } = await closeAndFetch(client, next.epoch);
  expect([files.map(({ kind }) => kind), missing]).toEqual([['trace'], []]);
  const entries = await entriesOf(files[0]?.file ?? '');
  const clicked = eventsOf(entries).filter(({ method }) => method === 'click');
  expect(clicked.map(({ params }) => params?.selector)).toEqual(['button >> nth=0', 'button >> nth=1']);
  expect(eventsOf(entries).some(({ type }) => type === 'frame-snapshot')).toBe(true);
});

const secret = 'harbour §42/Kö+long';
const captured = 'kept-by-a-step-77';
const encodings = (text: string): string[] => [
  text,
  JSON.stringify(text).slice(1, -1),
  encodeURIComponent(text),
  new URLSearchParams({ a: text }).toString().slice(2),
  Buffer.from(text).toString('base64'),
  Buffer.from(text).toString('base64url'),
  Buffer.from(text).toString('hex'),
  Buffer.from(text).toString('hex').toUpperCase(),
];

test('no entry of a trace holds a secret, in whatever encoding', { timeout: 60_000 }, async () => {
  const all = [...encodings(secret), ...encodings(captured)];
  const bytes = (type: string, body: Buffer) => (_: unknown, response: ServerResponse) =>
    void response
      .writeHead(200, { 'content-type': type, 'x-told': encodeURIComponent(secret), 'set-cookie': 'session=opens-the-account' })
      .end(body);
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from([0xff, 0xfe, 0x80]), Buffer.from(captured)]);
  const places = await site({
    '/': bytes('text/html; charset=utf-8', Buffer.from(`<meta charset=utf-8><p>${secret}<p title="${captured}">${all.join(' | ')}<input>`)),
    '/data.json': bytes('application/json', Buffer.from(JSON.stringify({ all, 77: secret }))),
    '/wide.txt': bytes('text/plain; charset=utf-16le', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(all.join('\n'), 'utf16le')])),
    '/bare.txt': bytes('text/plain', Buffer.from(`x${captured}`, 'utf16le')),
    '/latin.txt': bytes('text/plain', Buffer.from(`\xff${secret}`, 'latin1')),
    '/packed.zip': bytes('application/zip', Buffer.from([0x50, 0x4b, 3, 4, 0xff, 0xfe, 0x80])),
    '/picture.png': bytes('image/png', png),
    '/clean.png': bytes('image/png', Buffer.from('89504e470d0a1a0aff', 'hex')),
  });
  const { client } = await testHost();
  const { page, epoch } = await openRecorded(client, { trace: true }, { values: [{ name: 'password', value: secret, sensitive: true }] });
  await step(client, { epoch, instance: 1 }, async () => {
    await page.goto(places.url);
    await page.locator('input').fill(secret);
    await page.evaluate(
      async ([password = '']) => {
        console.log(password, btoa(unescape(encodeURIComponent(password))));
        document.title = password;
        const paths = ['/data.json', '/wide.txt', '/bare.txt', '/latin.txt', '/packed.zip', '/picture.png', '/clean.png'];
        for (const path of paths) await (await fetch(`${path}`)).arrayBuffer();
        await fetch(`/data.json?q=${encodeURIComponent(password)}`, { method: 'POST', body: JSON.stringify({ password }) });
        return password;
      },
      [secret],
    );
  });
  await client.call('begin', { jobId: 'job', epoch, instance: 2, after: 1, gen: 0, dispatch: 2, effect: 'read' });
  await page.evaluate((text) => void (document.body.dataset['late'] = text), captured);
  await page.locator('input').fill(captured);
  const captures = [{ name: 'token', value: captured, sensitive: true }];
  await client.call('done', { jobId: 'job', epoch, instance: 2, result: null, captures });
  const { files, missing } = await closeAndFetch(client, epoch);
  expect(missing).toEqual([]);
  const entries = await entriesOf(files[0]?.file ?? '');
  const found = [...entries].flatMap(([name, body]) => {
    const text = [
      name,
      body.toString('latin1'),
      body.toString('utf8'),
      body.toString('utf16le'),
      body.subarray(1).toString('utf16le'),
    ].join('\n');
    return all.filter((form) => text.includes(form)).map((form) => `${name}: ${form}`);
  });
  expect(found).toEqual([]);
  expect(entries.get('trace.network')?.toString()).not.toContain('opens-the-account');
  // what could be shown is still there: the page, the data, the wide text and the picture without a secret
  expect([...entries.values()].filter((body) => body.includes('•••')).length).toBeGreaterThanOrEqual(4);
  expect([...entries.keys()].filter((name) => name.endsWith('.png'))).toHaveLength(1);
  expect([...entries.keys()].filter((name) => name.endsWith('.zip'))).toEqual([]);
});

test('a secret that a page spreads over its elements is in no entry of a trace, however it was read', { timeout: 60_000 }, async () => {
  const card = '4929123456781234';
  const letters = card.replace(/./g, '<span>$&</span>');
  const html = `<!doctype html><p><b>49291234</b><i>56781234</i><p>${letters}<p>4929&nbsp;1234 5678<b>1234</b><p>A page`;
  const places = await site({ '/': (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(html) });
  const { client } = await testHost();
  const { page, epoch } = await openRecorded(client, { trace: true }, { values: [{ name: 'card', value: card, sensitive: true }] });
  await step(client, { epoch, instance: 1 }, async () => {
    await page.goto(places.url);
    await page.evaluate(() => [...document.querySelectorAll('b, i')].map((node) => ({ tag: node.localName, texts: [node.textContent] })));
    await page.evaluate("[...document.querySelectorAll('b, i')].map((node) => node.textContent)");
    await page.evaluate("console.log(...[...document.querySelectorAll('b, i')].map((node) => node.textContent)), document.body.innerHTML");
    await page.getByText('A page').click();
  });
  const { files } = await closeAndFetch(client, epoch);
  const entries = await entriesOf(files[0]?.file ?? '');
  const parts = ['49291234', '56781234', '1234 5678', '<span>9</span><span>2</span>', '"9"]'];
  const found = [...entries].flatMap(([name, body]) => parts.filter((part) => body.includes(part)).map((part) => `${name}: ${part}`));
  expect(found).toEqual([]);
  const loaded = [...entries].find(([name]) => name.endsWith('.html'))?.[1].toString();
  expect(loaded).toContain('<p><b>•••</b><i></i><p>');
  expect(loaded).toContain('A page');
});

test('of what a hostile page shows nothing is kept in a trace that could run or call out', { timeout: 60_000 }, async () => {
  const { client } = await testHost();
  const { page, epoch } = await openRecorded(client, { trace: true });
  const hostile = `<base target=_top><link rel=prefetch href=//evil.test/1><link rel=dns-prefetch href=//evil.test>
    <a href="java&#9;script:alert(1)" ping=//evil.test>a</a><map><area href=//evil.test/2></map><form action=//evil.test><button formaction=javascript:alert(2) onclick=alert(3)>
    Send</button></form><iframe srcdoc="<script>alert(4)</script>"></iframe><object data=//evil.test/3></object><embed src=//evil.test/4>
    <svg><script>alert(5)</script><a xlink:href="javascript:alert(6)"><text>t</text></a><animate attributeName=href to=javascript:alert(7) /></svg><p>harmless</p>`;
  await step(client, { epoch, instance: 1 }, () => page.setContent(hostile));
  await page.locator('p').click();
  const { files } = await closeAndFetch(client, epoch);
  const snapshots = eventsOf(await entriesOf(files[0]?.file ?? '')).filter(({ type }) => type === 'frame-snapshot');
  const text = JSON.stringify(snapshots.map(({ snapshot }) => snapshot?.html));
  expect(text).toContain('harmless');
  expect(text).not.toMatch(/alert|evil|srcdoc|onclick|formaction|"(object|embed|script|animate)"/i);
});

const viewer = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'lib/vite/traceViewer');
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

test('a masked trace opens in the viewer, with what was done and how the page looked', { timeout: 60_000 }, async () => {
  const { client } = await testHost();
  const values = [{ name: 'password', value: captured, sensitive: true }];
  const { page, epoch } = await openRecorded(client, { trace: true }, { values });
  await step(client, { epoch, instance: 1 }, () => page.setContent('<p>A page</p><input><button>Send it</button>'));
  await page.locator('input').fill(captured);
  await page.locator('button').click();
  const { files } = await closeAndFetch(client, epoch);
  const served = readdirSync(viewer, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const pages = served.map(({ parentPath, name }) => {
    const file = join(parentPath, name);
    const answer = (_: unknown, response: ServerResponse) =>
      void response.writeHead(200, { 'content-type': types[extname(name)] ?? 'application/octet-stream' }).end(readFileSync(file));
    return [file.slice(viewer.length), answer] as const;
  });
  const trace = (_: unknown, response: ServerResponse) => void response.writeHead(200).end(readFileSync(files[0]?.file ?? ''));
  const home = await site({
    ...Object.fromEntries(pages),
    '/trace.zip': trace,
    '/index.html?trace=/trace.zip': Object.fromEntries(pages)['/index.html'] ?? '',
  });
  const { page: seat } = await openRecorded(client, {}, { jobId: 'seat' });
  await seat.goto(`${home.url}/index.html?trace=/trace.zip`);
  await seat.getByText('Click', { exact: false }).first().click();
  await seat.getByText('Fill').first().click();
  const shown = seat.frameLocator('iframe.snapshot-visible, iframe[name=snapshot]').first();
  await expect
    .poll(
      () =>
        shown
          .locator('p')
          .innerText({ timeout: 1000 })
          .catch(() => ''),
      { timeout: 15_000 },
    )
    .toBe('A page');
  expect(await seat.content()).toContain('•••');
  expect(await seat.content()).not.toContain(captured);
});

test('a job that records nothing leaves nothing', { timeout: 60_000 }, async () => {
  const { client, dir } = await testHost();
  const { epoch } = await openRecorded(client, {});
  expect(await closeAndFetch(client, epoch)).toEqual({ files: [], missing: [] });
  expect(readdirSync(join(dir, 'host', 'recordings'))).toEqual([]);
});
