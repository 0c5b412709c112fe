/** The exported report as it is built, in a real browser. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExecutionReport } from '../../src/contract/report.ts';
import { chromiumPath, chromiumSandbox } from '../support/chromium.ts';
import { violations } from '../e2e/axe.ts';
import { after, artifact, executionReport, stepResult } from '../web/reports.ts';

const folder = mkdtempSync(join(tmpdir(), 'understudy-report-'));
let render: (report: ExecutionReport) => Promise<string>;
let browser: Browser;

beforeAll(async () => {
  await build({ configFile: 'web/vite.report.config.ts', logLevel: 'silent', build: { outDir: folder, emptyOutDir: true } });
  ({ renderReport: render } = (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'render.js')).href)) as {
    renderReport: typeof render;
  });
  browser = await chromium.launch({ executablePath: chromiumPath(), chromiumSandbox: chromiumSandbox() });
}, 60_000);
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

const hostile = [
  `<script>globalThis.ran = 1</script>`,
  `"><img src=x onerror="globalThis.ran = 1">`,
  `</style><svg onload='globalThis.ran=1'>`,
  `<!--]-->`,
];
const evil = hostile.join(' ');
const failure = {
  code: 'element_not_found' as const,
  message: evil,
  hint: evil,
  diagnostics: {
    url: `javascript:globalThis.ran=1`,
    title: evil,
    lookAlikes: [evil],
    console: [evil],
    candidates: [{ field: evil, value: evil, found: 0, left: 0 }],
  },
};

/** Every text of it is hostile, and every part of a report is there. */
const full = executionReport({
  status: 'failed',
  runbookTitle: evil,
  outcome: evil,
  startUrl: `javascript:globalThis.ran=1//${evil}`,
  requestedBy: evil,
  failed: 1,
  error: failure,
  missing: [evil],
  inputs: [
    { name: evil, value: evil },
    { name: 'password', value: null },
  ],
  memoryCollections: { [evil]: 3 },
  versions: { understudy: evil, browser: evil },
  notes: (['approval', 'restored', 'repeated', 'retried', 'kept', 'command', 'warning'] as const).map((kind) => ({
    at: after(3),
    kind,
    title: evil,
    detail: evil,
  })),
  steps: [
    stepResult(1, { description: evil, capturedValues: { [evil]: evil }, missedSelectors: [evil], matchedBy: evil, startedAt: after(1) }),
    stepResult(2, {
      container: 'loop',
      iterations: [{ index: 0, label: evil, status: 'failed', startedAt: after(2), message: evil }],
      approvals: [
        {
          approvalId: 'a',
          kind: 'step',
          ask: 1,
          askedAt: after(2),
          sentence: evil,
          digest: 'd'.repeat(64),
          answer: { verdict: 'void', actor: evil, at: after(3), comment: evil },
          changes: [
            { what: evil, was: evil, now: evil },
            { what: 'secret', was: null, now: null },
          ],
        },
      ],
    }),
    stepResult(3, {
      depth: 1,
      status: 'failed',
      error: evil,
      errorDetails: failure,
      troubles: [{ at: after(3), kind: 'console', text: evil }],
    }),
  ],
  artifacts: [
    artifact('p1', { stepId: 's1' }),
    artifact('p2', { stepId: 's3', detail: { because: 'failure', page: { url: 'x', title: evil }, iterations: [0] } }),
    artifact('p3', { detail: { because: 'end' } }),
    artifact('f1', { kind: 'download', name: `${evil}.pdf`, type: 'application/pdf' }),
  ],
});

test('nothing that a page or a runbook says gets out of its place: no script, no handler, no link, no address but pictures', async () => {
  const html = await render(full);
  const file = join(folder, 'hostile.html');
  // without its own policy: the document must be harmless by itself
  writeFileSync(file, html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''));
  expect(html).toContain('Content-Security-Policy');
  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href);
  const found = await page.evaluate(() => ({
    ran: 'ran' in globalThis,
    scripts: document.querySelectorAll('script, iframe, object, embed, link, base, form, a[href]').length,
    handlers: [...document.querySelectorAll('*')].filter((node) => [...node.attributes].some(({ name }) => name.startsWith('on'))).length,
    pictures: [...document.images].map((image) => image.getAttribute('src')),
    heading: document.querySelector('h1')?.textContent,
    language: document.documentElement.lang,
  }));
  expect(found).toEqual({
    ran: false,
    scripts: 0,
    handlers: 0,
    pictures: ['artifact:p1', 'artifact:p2', 'artifact:p3'],
    heading: evil,
    language: 'en',
  });
  expect(await page.title()).toContain(evil);
  await page.close();
});

test('a value that nobody may see is said to be masked', async () => {
  expect(await render(full)).toMatch(/password<\/dt><dd[^>]*>masked</);
});

/** A picture in the document, as whoever sends it puts it in. */
const pixel = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

test.each(['light', 'dark'] as const)('a reader with %s colours has it in them, and axe-core finds nothing wrong', async (colorScheme) => {
  const file = join(folder, 'kept.html');
  writeFileSync(file, (await render(full)).replaceAll(/artifact:\w+/g, pixel));
  const page = await browser.newPage({ colorScheme, viewport: { width: 390, height: 800 } });
  await page.goto(pathToFileURL(file).href);
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(17, 18, 21)',
  );
  expect(await page.evaluate(() => [...document.images].every(({ naturalWidth }) => naturalWidth === 1))).toBe(true);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await violations(page)).toEqual([]);
  await page.close();
});

test('it is printed on white paper, in pages', async () => {
  const file = join(folder, 'printed.html');
  const steps = Array.from({ length: 120 }, (_, i) => stepResult(i + 1, { startedAt: after(i) }));
  writeFileSync(file, await render(executionReport({ steps })));
  const page = await browser.newPage({ colorScheme: 'dark' });
  await page.goto(pathToFileURL(file).href);
  const pdf = (await page.pdf({ format: 'A4', printBackground: true, preferCSSPageSize: false })).toString('latin1');
  expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(2);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
  await page.close();
});
