import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { stopSteps } from '../../src/activities/control.ts';
import type { Action } from '../../src/contract/action.ts';
import { changesBetween } from '../../src/domain/approval.ts';
import { approvedTask, evidenceOf, lookAt, release } from './asking.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  worker = await rig.startWorker();
  job = await openJob(rig, worker, [{ name: 'reference', value: 'TW-2026-11', sensitive: false }]);
  await job.visit('/payment');
  return () => rig.client.call('close', { jobId: job.jobId });
});

const script = (source: string) => job.done({ action: { type: 'extract', script: source } });
const remove = 'document.querySelector("#release").remove()';
const io = { heartbeat: () => undefined, signal: new AbortController().signal };

test('what is as it was approved is done, exactly once', async () => {
  const before = rig.site.acts();
  const { digest } = await lookAt(job, release);
  const task = approvedTask(job, release, { digest });
  const report = await job.run(task);
  expect(report).toMatchObject({ outcome: 'done', matchedBy: 'id', captures: [] });
  await expect.poll(() => rig.site.acts()).toBe(before + 1);
  expect(await job.run(task)).toEqual(JSON.parse(JSON.stringify(report)));
  expect(rig.site.acts()).toBe(before + 1);
});

test.each<[Action, read: string, expected: string]>([
  [{ type: 'input', selector: { id: 'reference' }, value: '{{ reference }}' }, '#reference', 'TW-2026-11'],
  [{ type: 'select', selector: { id: 'delivery' }, optionText: 'Standard' }, '#delivery', 's'],
  [{ type: 'key', selector: { id: 'note' }, key: 'a' }, '#note', 'a'],
  [{ type: 'extract', script: 'document.querySelector("#note").value = "{{ reference }}"' }, '#note', 'TW-2026-11'],
])('approved, %j is done as without approval', async (action, css, expected) => {
  const { digest } = await lookAt(job, action);
  expect(await job.run(approvedTask(job, action, { digest }))).toMatchObject({ outcome: 'done' });
  expect(await job.read(`document.querySelector("${css}").value`)).toBe(expected);
});

test.each<[Action]>([
  [{ type: 'navigate', url: '/links' }],
  [{ type: 'wait', duration: 10 }],
  [{ type: 'wait', selector: { id: 'release' } }],
  [{ type: 'scroll', selector: { id: 'back' } }],
  [{ type: 'scroll', to: 'bottom' }],
  [{ type: 'hover', selector: { id: 'release' } }],
])('approved, %j is done, and is void on another page', async (action) => {
  const { digest } = await lookAt(job, action);
  expect(await job.run(approvedTask(job, action, { digest }))).toMatchObject({ outcome: 'done' });
  await job.visit('/payment?amount=other');
  const { url, sentence } = evidenceOf(await job.run(approvedTask(job, action, { digest })), 'void');
  expect(url).toContain('amount=other');
  expect(sentence).not.toBe('');
});

test('another value in the form makes it void, with the new evidence, and nothing is done', async () => {
  const before = rig.site.acts();
  const approved = await lookAt(job, release);
  await script('document.querySelector("#amount").value = "9,999.00 EUR"');
  const task = approvedTask(job, release, { digest: approved.digest });
  const report = await job.run(task);
  const now = evidenceOf(report, 'void');
  expect(now).toMatchObject({ target: 'Button “Release payment”', screenshot: expect.any(String), mark: expect.any(Object) });
  expect(changesBetween(approved, now)).toEqual([{ what: 'Amount', was: '1,250.00 EUR', now: '9,999.00 EUR' }]);
  expect(await (await rig.startWorker()).runStep(task, io)).toEqual(JSON.parse(JSON.stringify(report)));
  expect(rig.site.acts()).toBe(before);
});

test.each<[what: string, action: Action, change: string, was: string, now: string]>([
  ['form', release, 'document.querySelector("#pay").action = "/steal?token=1"', '/send', '/steal'],
  [
    'button',
    release,
    'document.querySelector("#release").setAttribute("formaction", "http://elsewhere.test/send")',
    '/send',
    'http://elsewhere.test/send',
  ],
  ['link', { type: 'click', selector: { id: 'back' } }, 'document.querySelector("#back").href = "/steal"', '/list', '/steal'],
])('another address of the %s makes it void, and says so', async (_, ...[action, change, was, now]) => {
  const asked = { approval: { changingParameters: ['token'] } };
  await job.visit('/payment?action=/send;jsessionid=1?token=1%23a&href=/list?token=1');
  const approved = await lookAt(job, action, asked);
  await script('document.querySelector("#pay").action = "/send;jsessionid=2?token=2"');
  expect((await lookAt(job, action, asked)).digest).toBe(approved.digest);
  await script(change);
  const there = evidenceOf(await job.run(approvedTask(job, action, { digest: approved.digest, ...asked })), 'void');
  const full = (path: string) => new URL(path, rig.site.url).href;
  expect(changesBetween(approved, there)).toEqual([{ what: 'Leads to', was: full(was), now: full(now) }]);
});

test.each<[Action]>([
  [{ type: 'click', selector: { id: 'terms' } }],
  [{ type: 'click', selector: { cssSelector: 'label:has(#terms)' } }],
  [{ type: 'input', selector: { id: 'terms' }, value: 'false' }],
])('approved, %j unticks the box', async (action) => {
  const { digest } = await lookAt(job, action);
  expect(await job.run(approvedTask(job, action, { digest }))).toMatchObject({ outcome: 'done' });
  expect(await job.read('document.querySelector("#terms").checked')).toBe('false');
});

test('a page that changes after the last look, when the mouse arrives, is stopped in the very event', async () => {
  const before = rig.site.acts();
  const { digest } = await lookAt(job, release);
  await script('document.querySelector("#release").onmousemove = () => { document.querySelector("#amount").value = "9,999.00 EUR"; }');
  const { values } = evidenceOf(await job.run(approvedTask(job, release, { digest })), 'void');
  expect(values).toContainEqual({ name: 'Amount', value: '9,999.00 EUR', from: 'form' });
  const page = (await worker.pages.current(job.jobId))?.page();
  await page?.click('#outside');
  expect(rig.site.acts()).toBe(before);
  await page?.click('#release');
  await expect.poll(() => rig.site.acts()).toBe(before + 1);
});

test('a void step shuts its generation, and the new evidence can be approved in the next one', async () => {
  const before = rig.site.acts();
  const { digest } = await lookAt(job, release);
  await script('document.querySelector("#release").textContent = "Release all payments"');
  const task = approvedTask(job, release, { digest });
  const next = job.task({ action: { type: 'wait', duration: 0 } }, { after: task.instance });
  const [report, following] = await Promise.all([job.run(task), job.run(next)]);
  const now = evidenceOf(report, 'void');
  expect(now.sentence).toBe('Click “Release all payments”');
  expect(following).toEqual({ instance: next.instance, outcome: 'not_started' });
  const again = { ...approvedTask(job, release, { digest: now.digest }), instance: task.instance, gen: task.gen + 1 };
  expect(await job.run(again)).toMatchObject({ outcome: 'done', attempt: 2 });
  await expect.poll(() => rig.site.acts()).toBe(before + 1);
});

test('a target that is gone makes it void; once that was approved it is an element that is not found', async () => {
  const approved = await lookAt(job, release);
  await script(remove);
  const now = evidenceOf(await job.run(approvedTask(job, release, { digest: approved.digest })), 'void');
  expect(now).toMatchObject({ target: null, sentence: 'Click “release”', screenshot: expect.any(String) });
  expect(now.mark).toBeUndefined();
  expect(changesBetween(approved, now)[0]).toEqual({ what: 'target', was: 'Button “Release payment”', now: null });
  const task = approvedTask(job, release, { digest: now.digest, over: { gen: 5 } });
  expect(await job.run(task)).toMatchObject({ outcome: 'failed', error: { code: 'element_not_found' } });
});

test('two elements where there was one make it void', async () => {
  const action: Action = { type: 'click', selector: { cssSelector: '#pay button:not([disabled])' } };
  const { digest } = await lookAt(job, action);
  await script('document.querySelector("#release").after(document.querySelector("#release").cloneNode(true))');
  expect(evidenceOf(await job.run(approvedTask(job, action, { digest })), 'void').target).toBeNull();
});

test('the element that acts is the one that was looked at, whatever takes its place', async () => {
  const before = rig.site.acts();
  const { digest } = await lookAt(job, release);
  const { host } = worker.dependencies;
  worker.dependencies.host = {
    call: async (verb, body, signal) => {
      if (verb === 'acting') {
        const page = (await worker.pages.current(job.jobId))?.page();
        await page?.evaluate(() => {
          const old = document.querySelector('#release') as HTMLElement;
          const other = old.cloneNode(true) as HTMLElement;
          other.onclick = () => void fetch('/act', { method: 'POST' });
          old.replaceWith(other);
        });
      }
      return host.call(verb, body, signal);
    },
  };
  expect(await job.run(approvedTask(job, release, { digest }))).toMatchObject({ outcome: 'failed', error: { code: 'action_failed' } });
  expect(rig.site.acts()).toBe(before);
});

test('an expression that gives another value each time is never acted on with a value that nobody approved', async () => {
  const action: Action = { type: 'input', selector: { id: 'reference' }, value: 'r{{ Math.random() }}' };
  const approved = await lookAt(job, action);
  const now = evidenceOf(await job.run(approvedTask(job, action, { digest: approved.digest })), 'void');
  expect(changesBetween(approved, now).map(({ what }) => what)).toEqual(['what is done', 'value']);
  const page = (await worker.pages.current(job.jobId))?.page();
  expect(await page?.inputValue('#reference')).toBe('TW-1');
});

test('a stop between the last look and the effect prevents the effect', async () => {
  const before = rig.site.acts();
  const { digest } = await lookAt(job, release);
  const task = approvedTask(job, release, { digest });
  const { host } = worker.dependencies;
  worker.dependencies.host = {
    call: async (verb, body, signal) => {
      if (verb === 'acting') await host.call('stop', { jobId: job.jobId, gen: task.gen });
      return host.call(verb, body, signal);
    },
  };
  expect(await job.run(task)).toEqual({ instance: task.instance, outcome: 'interrupted' });
  expect(rig.site.acts()).toBe(before);
});

test('a pause interrupts an approved step that waits for its element', async () => {
  const { digest } = await lookAt(job, release);
  await script('document.querySelector("#release").disabled = true');
  const task = approvedTask(job, release, { digest });
  const report = job.run(task);
  await expect.poll(async () => (await rig.client.call('stat', {})).jobs.some(({ open }) => open.includes(task.instance))).toBe(true);
  await stopSteps({ jobId: job.jobId, gen: task.gen }, worker.dependencies, worker.running);
  expect(await report).toEqual({ instance: task.instance, outcome: 'interrupted' });
});
