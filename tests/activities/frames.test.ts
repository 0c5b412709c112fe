import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Selector } from '../../src/contract/action.ts';
import { startSite, type Site } from '../site/server.ts';
import { openJob, startRig, type Rig, type TestJob } from './rig.ts';

let rig: Rig;
let job: TestJob;
let other: Site;
beforeAll(async () => {
  rig = await startRig();
  other = await startSite();
  job = await openJob(rig, await rig.startWorker(), [{ name: 'which', value: 'shop', sensitive: false }]);
});
afterAll(async () => {
  await other.close();
  await rig.close();
});

const inShop = (fields: Selector): Selector => ({ frame: 'iframe[name=shop]', ...fields });
const clickedInShop = () => job.read('document.querySelector("[name=shop]").contentDocument.querySelector("#log").textContent');

test.each<[string, Selector, string]>([
  ['id', { id: 'b' }, 'id'],
  ['ariaLabel', { ariaLabel: 'Basket' }, 'ariaLabel'],
  ['dataTestId', { dataTestId: 'basket' }, 'dataTestId'],
  ['dataAttributes', { dataAttributes: { kind: 'main' } }, 'dataAttributes'],
  ['cssSelector', { cssSelector: 'button[name]' }, 'cssSelector'],
  ['xPath', { xPath: '//button[@name]' }, 'xPath'],
  ['labelText', { labelText: 'Voucher' }, 'labelText'],
  ['innerText', { innerText: 'Basket of goods' }, 'innerText'],
  ['placeholder', { placeholder: 'Code' }, 'placeholder'],
  ['name', { name: 'basket' }, 'name'],
  ['rect', { rect: { x: 10, y: 10, width: 10, height: 10 } }, 'rect (position only)'],
  ['tagName', { cssSelector: '#b, #code', tagName: 'button' }, 'cssSelector'],
  ['role', { cssSelector: '#b, #code', role: 'searchbox' }, 'cssSelector'],
  ['inputType', { cssSelector: '#b, #code', inputType: 'search' }, 'cssSelector'],
  ['a shadow root', { id: 'shadowed' }, 'id'],
])('in a frame an element is found by %s', async (_, fields, matchedBy) => {
  await job.visit('/frames');
  const report = await job.done({ action: { type: 'click', selector: inShop(fields) } });
  expect(report.matchedBy).toBe(matchedBy);
  expect(await clickedInShop()).toMatch(/^(b|code|shadowed);/);
});

test('frames are named by templates, by lists and by their place', async () => {
  await job.visit('/frames');
  await job.done({ action: { type: 'click', selector: { frame: '[name={{which}}]', id: 'b' } } });
  await job.done({ action: { type: 'click', selector: { frame: 0, id: 'far' } } });
  expect(await clickedInShop()).toBe('b;far;');
  await job.done({ action: { type: 'click', selector: { frame: ['iframe[name=shop]', 0], id: 'deep' } } });
  expect(
    await job.read(
      'document.querySelector("[name=shop]").contentDocument.querySelector("iframe").contentDocument.querySelector("#deep").textContent',
    ),
  ).toBe('done');
  await job.done({ action: { type: 'hover', selector: { frame: '#second', innerText: 'Other' } } });
});

test('a frame of another site is worked in like one of its own', async () => {
  await job.visit(`/frames?other=${encodeURIComponent(other.url.replace('127.0.0.1', 'localhost'))}`);
  const report = await job.done({ action: { type: 'input', selector: inShop({ labelText: 'Voucher' }), value: 'X1' } });
  expect(report.matchedBy).toBe('labelText');
});

test('a frame that comes late is waited for as an element is', async () => {
  await job.visit('/frames?late=900');
  const report = await job.done({ action: { type: 'click', selector: { frame: 'iframe[name=late]', id: 'b' } } });
  expect(report.retries).toBeGreaterThanOrEqual(1);
});

test('a frame that is not there is named in the candidates, and the frame that has the element is told', async () => {
  await job.visit('/frames');
  const report = await job.fails({ action: { type: 'click', selector: { frame: 'iframe[name=gone]', id: 'other' } }, retries: 0 });
  expect(report.error).toMatchObject({
    code: 'element_not_found',
    message: expect.stringContaining('No frame matches iframe[name=gone]'),
    diagnostics: {
      candidates: [{ field: 'frame', value: 'iframe[name=gone]', found: 0, left: 0 }],
      lookAlikes: expect.arrayContaining([expect.stringContaining('iframe[id="second"]')]),
    },
  });
});

test('several frames that nothing tells apart are ambiguous; a frame that is no selector is a mistake', async () => {
  await job.visit('/frames');
  const several = await job.fails({ action: { type: 'click', selector: { frame: 'iframe', id: 'b' } } });
  expect(several.error).toMatchObject({ code: 'ambiguous', diagnostics: { candidates: [{ field: 'frame', found: 2, left: 2 }] } });
  const wrong = await job.fails({ action: { type: 'click', selector: { frame: '[[', id: 'b' } } });
  expect(wrong.error).toMatchObject({ code: 'action_failed', message: expect.stringContaining('frame') });
});

test('what lies over a frame is in the way of what is in it', async () => {
  await job.visit('/frames?cover');
  const report = await job.fails({ action: { type: 'click', selector: inShop({ id: 'b' }) }, timeout: 2_500 });
  expect(report.error).toMatchObject({ code: 'timeout', message: expect.stringContaining('cover') });
  expect(await clickedInShop()).toBe('');
});

test('what is approved in a frame is done in that very frame, and not when the frame has gone elsewhere', async () => {
  await job.visit('/frames');
  const input = { action: { type: 'click', selector: inShop({ id: 'b' }) } } as const;
  const look = async () => {
    const report = await job.run(job.task(input, { look: { runbook: null } }));
    if (report.outcome !== 'seen') throw new Error(JSON.stringify(report));
    return report.evidence;
  };
  const seen = await look();
  expect(seen.mark).toBeDefined();
  const approved = (digest = 'no digest') => ({ approved: { runbook: null, approvalId: 'a', digest } });
  expect(await job.run(job.task(input, approved(seen.digest)))).toMatchObject({ outcome: 'done' });
  expect(await clickedInShop()).toBe('b;');
  const again = await look();
  await job.done({ action: { type: 'extract', script: 'document.querySelector("[name=shop]").src = "/framed?elsewhere"' } });
  await job.done({
    action: {
      type: 'wait',
      script:
        'document.querySelector("[name=shop]").contentWindow.location.search === "?elsewhere" && document.querySelector("[name=shop]").contentDocument.readyState === "complete"',
    },
  });
  expect(await job.run(job.task(input, approved(again.digest)))).toMatchObject({ outcome: 'void' });
  // the generation is shut now: the next one begins with the next step
  await job.step({ action: { type: 'memory' } });
  expect(await clickedInShop()).toBe('');
});
