import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Selector } from '../../src/contract/action.ts';
import { openJob, startRig, type Rig, type TestJob } from './rig.ts';

let rig: Rig;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
  job = await openJob(rig, await rig.startWorker(), [{ name: 'which', value: 'first', sensitive: false }]);
});
afterAll(() => rig.close());

/** which element a selector finds, and by which field */
async function find(selector: Selector): Promise<{ id: string | null | undefined; matchedBy: string | undefined; retries: number }> {
  const report = await job.done({ action: { type: 'hover', selector }, retries: 0 });
  const id = await job.read(
    '(() => { let e = [...document.querySelectorAll(":hover")].at(-1); if (e && e.shadowRoot) e = e.shadowRoot.querySelector(":hover"); return e ? e.id : null; })()',
  );
  return { id, matchedBy: report.matchedBy, retries: report.retries };
}

test.each<[string, Selector, [id: string, matchedBy: string]]>([
  ['id', { id: 'first' }, ['first', 'id']],
  ['id with a template', { id: '{{which}}' }, ['first', 'id']],
  ['id with a quote in it', { id: 'quo"te' }, ['quo"te', 'id']],
  ['data-testid', { dataTestId: 't1' }, ['row7', 'dataTestId']],
  ['other data attributes', { dataAttributes: { row: '8' } }, ['row8', 'dataAttributes']],
  ['CSS', { cssSelector: 'button.save[name=b]' }, ['second', 'cssSelector']],
  ['XPath', { xPath: '//button[@name="b"]' }, ['second', 'xPath']],
  ['the text of its label', { labelText: 'E-mail address' }, ['mail', 'labelText']],
  ['its text, spaces put in order', { innerText: 'Pay the bill' }, ['spaced', 'innerText']],
  ['a part of its text when no whole text matches', { innerText: 'the next page' }, ['partial', 'innerText (contains)']],
  ['the name', { name: 'a' }, ['first', 'name']],
  ['the first field that matches, in the documented order', { name: 'a', cssSelector: '#second', id: 'gone' }, ['second', 'cssSelector']],
  ['a text in an open shadow root', { innerText: 'Shadow button' }, ['in-shadow', 'innerText']],
  ['CSS in an open shadow root', { cssSelector: 'x-card button' }, ['in-shadow', 'cssSelector']],
  ['tagName as a filter', { cssSelector: '.mixed', tagName: 'A' }, ['mixed-link', 'cssSelector']],
  ['role as a filter', { cssSelector: '.mixed', role: 'button' }, ['mixed-link', 'cssSelector']],
  ['inputType as a filter, text being the default', { cssSelector: '.typed', inputType: 'text' }, ['typed-text', 'cssSelector']],
  ['inputType as a filter', { cssSelector: '.typed', inputType: 'email' }, ['typed-mail', 'cssSelector']],
  ['the innermost of nested elements with the same text', { innerText: 'Nested text', tagName: 'div' }, ['innermost', 'innerText']],
  ['several narrowed by another field', { cssSelector: '.save', name: 'b' }, ['second', 'cssSelector']],
  ['several narrowed by visibility', { cssSelector: '.one' }, ['visible-one', 'cssSelector']],
])('an element is found by %s', async (_, selector, [id, matchedBy]) => {
  await job.visit('/selectors');
  expect(await find(selector)).toEqual({ id, matchedBy, retries: 0 });
});

test('a place on the page is the last resort, and says so', async () => {
  await job.visit('/selectors');
  const rect = JSON.parse(
    (await job.read(
      '(() => { const r = document.querySelector("#second").getBoundingClientRect(); return { x: r.x, y: r.y, width: r.width, height: r.height }; })()',
    )) ?? '',
  ) as Selector['rect'];
  expect(await find({ id: 'gone', rect })).toEqual({ id: 'second', matchedBy: 'rect (position only)', retries: 0 });
  expect(await find({ rect, role: 'button', tagName: 'button' })).toMatchObject({ id: 'second' });
  const none = await job.fails({ action: { type: 'hover', selector: { rect, role: 'textbox' } }, retries: 0 });
  expect(none.error.code).toBe('element_not_found');
});

test('several that nothing tells apart are an error that lists them', async () => {
  await job.visit('/selectors');
  const report = await job.fails({ action: { type: 'click', selector: { innerText: 'Save', tagName: 'button' } } });
  expect(report.error).toMatchObject({
    code: 'ambiguous',
    diagnostics: { title: 'Selectors', candidates: [{ field: 'innerText', found: 3, left: 3 }] },
  });
  expect(report.error.diagnostics?.matches).toEqual([
    expect.stringContaining('id="first"'),
    expect.stringContaining('id="second"'),
    expect.stringContaining('id="third"'),
  ]);
  expect(await job.read('document.querySelector("#log").textContent')).toBe('');
});

test.each<[string, Selector, string]>([
  ['CSS', { cssSelector: '[[' }, 'cssSelector'],
  ['CSS that only the browser refuses', { cssSelector: 'div:foo(1)' }, 'cssSelector'],
  ['XPath', { xPath: '//[' }, 'xPath'],
  ['XPath that gives no elements', { xPath: 'count(//a)' }, 'xPath'],
  ['a tag', { id: 'first', tagName: 'a > b' }, 'tagName'],
])('a mistake in %s is named', async (_, selector, field) => {
  await job.visit('/selectors');
  const report = await job.fails({ action: { type: 'click', selector } });
  expect(report.error).toMatchObject({ code: 'action_failed', message: expect.stringContaining(field) });
  expect(report.retries).toBe(0);
});

test('an element that comes late is found by a retry, which is counted', async () => {
  await job.visit('/late?after=1200');
  const report = await job.done({ action: { type: 'click', selector: { id: 'late' } } });
  expect(report.retries).toBeGreaterThanOrEqual(1);
  expect(report.matchedBy).toBe('id');
});

test('a change of the page ends the wait of a retry early', async () => {
  await job.visit('/late?after=700');
  const before = Date.now();
  const report = await job.done({ action: { type: 'hover', selector: { id: 'late' } } });
  expect(report.retries).toBeLessThanOrEqual(2);
  expect(Date.now() - before).toBeLessThan(2_500);
});

test('the last retry scrolls, for pages that load as they are scrolled', async () => {
  await job.visit('/late?scroll');
  const report = await job.done({ action: { type: 'click', selector: { id: 'late' } }, retries: 1 });
  expect(report.retries).toBe(1);
});

test('a page that changes all the time does not use up the retries at once', async () => {
  await job.visit('/late?clock&after=1500');
  const report = await job.done({ action: { type: 'click', selector: { id: 'late' } } });
  expect(report.retries).toBeLessThanOrEqual(3);
});

test('nothing found says what was tried, how often, and where', async () => {
  await job.visit('/late');
  const report = await job.fails({ action: { type: 'click', selector: { id: 'gone', innerText: 'Gone' } }, retries: 1 });
  expect(report).toMatchObject({
    retries: 1,
    error: {
      code: 'element_not_found',
      hint: expect.stringContaining('selector'),
      diagnostics: {
        url: `${rig.site.url}/late`,
        candidates: [
          { field: 'id', value: 'gone', found: 0, left: 0 },
          { field: 'innerText', value: 'Gone' },
          { field: 'innerText (contains)' },
        ],
      },
    },
  });
  const row = rig.rows.find((one) => one.id === report.screenshot);
  expect(row).toMatchObject({ kind: 'screenshot', type: 'image/jpeg', jobId: job.jobId, stepId: 'step' });
});

test('a page that was rebuilt meanwhile is told from one that stayed as it was', async () => {
  await job.visit('/late?rebuild=900');
  const report = await job.fails({ action: { type: 'click', selector: { id: 'gone' } }, retries: 2 });
  expect(report.error.code).toBe('page_structure_changed');
});

test('an element that is replaced all the time is clicked, or reported as stale: never clicked twice', async () => {
  await job.visit('/late?replace');
  const before = rig.site.acts();
  const report = await job.step({ action: { type: 'click', selector: { id: 'late' } }, timeout: 4_000 });
  if (report.outcome === 'failed') expect(['element_stale', 'action_failed', 'timeout']).toContain(report.error.code);
  else expect(report.outcome).toBe('done');
  expect(rig.site.acts() - before).toBeLessThanOrEqual(1);
});

test("a page that bends the DOM's own functions cannot mislead the search", async () => {
  await job.visit('/hostile?lies');
  const report = await job.done({ action: { type: 'hover', selector: { innerText: 'alive' } } });
  expect(report.matchedBy).toBe('innerText');
});
