import { text } from 'node:stream/consumers';
import { chromium } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { inertPage } from '../../src/activities/inert-page.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import type { Mark } from '../../src/contract/evidence.ts';
import type { HostValue } from '../../src/host/protocol.ts';
import { chromiumPath, chromiumSandbox } from '../support/chromium.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

const secret = 'Kan4ri-value<9>';
const values: HostValue[] = [{ name: 'token', value: secret, sensitive: true }];
let rig: Rig;
let worker: Worker;
let job: TestJob;
const marks: (Mark | undefined)[] = [];
beforeAll(async () => {
  rig = await startRig();
  worker = await rig.startWorker();
  const { host } = worker.dependencies;
  worker.dependencies.host = {
    call(verb, body, signal) {
      if (verb === 'acting' || verb === 'progress') marks.push((body as { mark?: Mark }).mark);
      return host.call(verb, body, signal);
    },
  };
  job = await openJob(rig, worker, values);
});
afterAll(() => rig.close());

const script = (code: string) => ({ action: { type: 'extract' as const, script: code }, effect: 'idempotent' as const });

/** Where an element of the page, or of a frame in it, is: by the browser's own count. */
async function placeOf(selector: string, frame?: string): Promise<Mark> {
  const page = (await worker.pages.current(job.jobId))?.page();
  if (!page) throw new Error('no page');
  const box = await (frame === undefined ? page.locator(selector) : page.frameLocator(frame).locator(selector)).boundingBox();
  const { width, height } = page.viewportSize() ?? { width: 1, height: 1 };
  if (!box) throw new Error('no box');
  return { x: box.x / width, y: box.y / height, width: box.width / width, height: box.height / height };
}

const near = ({ x, y, width, height }: Mark) => ({
  x: expect.closeTo(x, 2) as number,
  y: expect.closeTo(y, 2) as number,
  width: expect.closeTo(width, 2) as number,
  height: expect.closeTo(height, 2) as number,
});

test.each([
  ['in sight', { id: 'b' }, '#b', undefined],
  ['that had to be scrolled to', { id: 'far' }, '#far', undefined],
  ['in a frame', { id: 'deep', frame: 'iframe[name=inner]' }, '#deep', 'iframe[name=inner]'],
] as const)('whoever watches is told where an element %s is', async (...[, selector, css, frame]) => {
  await job.visit('/framed');
  marks.length = 0;
  await job.done({ action: { type: 'click', selector: selector } });
  expect(marks).toEqual([near(await placeOf(css, frame))]);
});

test('whoever watches is told where a step that only reads points at', async () => {
  await job.visit('/framed');
  marks.length = 0;
  await job.done({ action: { type: 'hover', selector: { id: 'b' } }, effect: 'read' });
  expect(marks).toEqual([near(await placeOf('#b'))]);
});

test('what goes wrong in the page while a step runs is told with the step, masked, and five at most', async () => {
  await job.visit('/links');
  const report = await job.done(
    script(`console.error('refused {{token}}'); console.warn('only a warning');
      for (let n = 0; n < 9; n += 1) console.error('again ' + n);
      return fetch('/status?code=500&t=' + encodeURIComponent('{{token}}')).then(() => 1)`),
  );
  expect(report.troubles).toHaveLength(5);
  expect(report.troubles?.[0]).toMatchObject({ kind: 'console', text: 'refused •••' });
  expect(JSON.stringify(report)).not.toContain('Kan4ri');
  const after = await job.done(script('1'));
  expect(after).not.toHaveProperty('troubles');
});

test('a request that fails is a trouble of the step that made it, with its address masked', async () => {
  await job.visit('/links');
  const report = await job.done(
    script(`return fetch('/status?code=500&t=' + encodeURIComponent('{{token}}')).then((answer) => answer.status)`),
  );
  expect(report.troubles).toEqual([
    { at: expect.any(String) as string, kind: 'request', text: `GET ${rig.site.url}/status?code=500&t=••• → 500` },
  ]);
});

async function snapshotOf(html: string): Promise<string> {
  await job.visit('/links');
  await job.done(script(`document.open(); document.write(${JSON.stringify(html)}); document.close(); return 1`));
  await job.fails({ action: { type: 'click', selector: { id: 'not-there' } }, timeout: 300, retries: 0 });
  const row = rig.rows.findLast(({ jobId, kind }) => jobId === job.jobId && kind === 'snapshot');
  const stored = row && (await rig.store.open(row.id));
  return stored ? text(stored.stream) : 'none';
}

const hostile = `<!doctype html><title>T &amp; t</title><link rel=stylesheet href=/out.css><base href="http://other.test/">
<meta http-equiv=refresh content="600;url=/out"><style>p { color: red }</style><style>p { background: u\\72l(/out) }</style>
<body onload="fetch('/out')" background=/out><a href="javascript:fetch('/out')" ping=/out>link</a><img src=/out.png onerror="fetch('/out')">
<form action=/out><input id=user><input id=pass type=password><textarea id=note></textarea><select><option>a<option id=b>b</select></form>
<svg><a xlink:href="/out"><text>x</text></a><animate attributeName=href to=javascript:1 /></svg><xmp><script>fetch('/out')</script></xmp>
<noscript><img src=/out></noscript><iframe srcdoc="<script>fetch('/out')</script>"></iframe><object data=/out></object><p style="background:url(/out)">words</p>
<template><img src=/out onerror=1></template><x-tall id=host></x-tall><script>document.title += '!'; user.value = 'Ada'; pass.value = 'hidden'; note.value = 'a<b';
b.selected = true; host.attachShadow({ mode: 'open' }).innerHTML = '<b>in the shadow</b>'; document.body.append('Kan4ri-', 'value<9>');</script>`;

test('the document of a failed step tells what was there, and nothing of it runs or calls out', async () => {
  const html = await snapshotOf(hostile);
  expect(html).toContain('<title>T &amp; t!</title>');
  expect(html).toMatch(/<input[^>]* value="Ada"/);
  expect(html).toMatch(/<textarea[^>]*>a&lt;b<\/textarea>/);
  expect(html).toMatch(/<option[^>]* selected=""[^>]*>b/);
  expect(html).toContain('<x-shadow><b>in the shadow</b></x-shadow>');
  expect(html).toContain('<style>p { color: red }</style>');
  expect(html).toContain('data-was-href="javascript:fetch(&#39;/out&#39;)"');
  expect(html).not.toContain('hidden');
  expect(html).not.toContain('Kan4ri');
  expect(html).toContain('•••');
  expect(html).not.toMatch(
    /<(script|link|base|object|iframe|noscript|template|xmp|animate)\b|\son\w+=|[\s:](href|src|action|background|ping|srcdoc)=/i,
  );
  // what a browser makes of it, without the seal that would keep it from anything in any case
  const { asked, ran } = await opened(html.replace(/<meta http-equiv[^>]*>/, ''));
  expect({ asked, ran }).toEqual({ asked: [], ran: 0 });
});

/** Opens a document in a browser of its own. @returns what it asked for, and how many scripts it has */
async function opened(html: string): Promise<{ asked: string[]; ran: number }> {
  const browser = await chromium.launch({ executablePath: chromiumPath() ?? '', chromiumSandbox: chromiumSandbox() });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const asked: string[] = [];
  await page.route('**/*', (route) => {
    const url = route.request().url();
    if (url === 'http://snapshot.test/') return route.fulfill({ contentType: 'text/html', body: html });
    asked.push(url);
    return route.abort();
  });
  await page.goto('http://snapshot.test/', { waitUntil: 'networkidle' });
  return { asked, ran: await page.evaluate(() => document.scripts.length) };
}

test.each([
  ['no document', 'text'],
  ['an element whose name is markup', ['img src=x onerror=alert(1)', {}]],
  ['an attribute whose name is markup', ['p', { '><script>alert(1)</script>': '1', 'a onclick=alert(1)': 'x' }]],
  ['a style that ends early', ['style', {}, '</style><script>alert(1)</script>']],
  ['children that are none', ['p', null, 7, null, {}, [[]], ['script', {}, 'alert(1)']]],
  ['an element that names a secret', ['p', { [`data-${'kan4ri'}`]: '1' }, 'kan4ri']],
])('a page that lies about itself gains nothing: %s', (_, told) => {
  const html = inertPage(['html', {}, told], createRedactor(['kan4ri'])) ?? '';
  expect(html).not.toMatch(/<script|<img|\son\w+=|kan4ri/i);
});

test('a page that tells without end or depth has a document of bounded size', () => {
  let deep: unknown = 'x';
  for (let n = 0; n < 5_000; n += 1) deep = ['b', {}, deep];
  const wide = ['html', {}, ...Array.from({ length: 200 }, () => 'x'.repeat(100_000)), deep];
  expect(inertPage(wide, createRedactor([]))?.length).toBeLessThan(5_100_000);
  expect(inertPage('x', createRedactor([]))).toBeUndefined();
});
