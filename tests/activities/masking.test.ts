/** What a step learns to be secret while it runs, and what earlier ones have known. */
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HostValue } from '../../src/host/protocol.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

const card = '4111111111111111';
const values: HostValue[] = [
  { name: 'token', value: 'none', sensitive: true },
  { name: 'card', value: card, sensitive: true },
];
let rig: Rig;
let worker: Worker;
let job: TestJob;
const verbs: string[] = [];
beforeAll(async () => {
  rig = await startRig();
  worker = await rig.startWorker();
  const { host } = worker.dependencies;
  worker.dependencies.host = {
    call(verb, body, signal) {
      verbs.push(verb);
      return host.call(verb, body, signal);
    },
  };
  job = await openJob(rig, worker, values);
});
afterAll(() => rig.close());

const script = (code: string) => ({ action: { type: 'extract' as const, script: code }, effect: 'idempotent' as const });
const captured = (value: string) => ({ name: 'token', strategy: 'expression' as const, expression: JSON.stringify(value) });

test('what a step captures as sensitive is masked in its own event', async () => {
  await job.visit('/links');
  const shown =
    "document.title = 'for learned-77'; history.replaceState(null, '', '?t=learned-77'); console.error('no learned-77'); alert('hello learned-77')";
  const report = await job.done({
    ...script(`${shown}; return 1`),
    captures: [
      { name: 'before', strategy: 'expression', expression: '"Basic learned-77"' },
      captured('learned-77'),
      { name: 'line', strategy: 'expression', expression: 'Bearer {{token}}' },
      { name: 'plain', strategy: 'expression', expression: '"nothing"' },
    ],
  });
  expect(report.captures).toEqual([
    { name: 'before', value: null },
    { name: 'token', value: null },
    { name: 'line', value: null },
    { name: 'plain', value: 'nothing' },
  ]);
  expect(report.page?.title).toBe('for •••');
  expect(report.dialogs?.[0]?.message).toBe('hello •••');
  expect(JSON.stringify(report)).not.toContain('learned');
});

test('a step that fails after a sensitive capture tells the host of it before its picture is taken, and masks it', async () => {
  await job.visit('/links');
  verbs.length = 0;
  const report = await job.fails({
    ...script("document.title = 'half-known-88'; document.body.append('half-known-88'); return 1"),
    captures: [captured('half-known-88'), { name: 'must', strategy: 'expression', expression: '""', required: true }],
  });
  expect(report.page?.title).toBe('•••');
  expect(verbs.indexOf('mask')).toBeGreaterThan(0);
  expect(verbs.indexOf('mask')).toBeLessThan(verbs.indexOf('picture'));
  const row = rig.rows.findLast(({ jobId, kind }) => jobId === job.jobId && kind === 'snapshot');
  const stored = row && (await rig.store.open(row.id));
  expect(stored && (await text(stored.stream))).not.toContain('half-known');
  expect((await job.done(script('return 1'))).page?.title).toBe('•••');
});

test('a new worker masks what was replaced before it came', async () => {
  await job.done({ ...script("document.title = 'replaced-99'; return 1"), captures: [captured('replaced-99')] });
  await job.done({ ...script('return 1'), captures: [captured('other-00')] });
  const next = await rig.startWorker();
  const task = job.task(script('return 1'));
  const report = await next.runStep(task, { heartbeat: () => undefined, signal: new AbortController().signal });
  expect(report).toMatchObject({ outcome: 'done', page: { title: '•••' } });
  worker.dependencies.epoch = next.dependencies.epoch;
});

test('a secret that the page groups or spreads over elements is masked in the event and in the document', async () => {
  await job.visit('/links');
  const grouped =
    "document.title = '4111 1111 1111 1111'; document.body.innerHTML = '<p id=card><b>41111111</b><i>11111111</i></p><input value=\"4111-1111-1111-1111\">'";
  await job.done(script(`${grouped}; return 1`));
  const report = await job.fails({ action: { type: 'click', selector: { id: 'not-there' } }, timeout: 300, retries: 0 });
  expect(report.page?.title).toBe('•••');
  const row = rig.rows.findLast(({ jobId, kind }) => jobId === job.jobId && kind === 'snapshot');
  const stored = row && (await rig.store.open(row.id));
  const html = (stored && (await text(stored.stream))) ?? '';
  expect(html).toContain('<p id="card"><b>•••</b><i></i></p>');
  expect(html).not.toMatch(/1111/);
});

test('elements that match alike are described with secrets masked before they are cut', async () => {
  await job.visit('/links');
  const long = `${'x'.repeat(392)}${card}`;
  await job.done(script(`document.body.innerHTML = '<b class=twice>${long}</b><b class=twice title=2>${long}</b>'; return 1`));
  const report = await job.fails({ action: { type: 'click', selector: { cssSelector: '.twice' } }, timeout: 2_000, retries: 0 });
  expect(report.error.code).toBe('ambiguous');
  expect(report.error.diagnostics?.matches?.[0]).toContain('xxx•••');
  expect(JSON.stringify(report)).not.toContain('4111');
});

test('the name of an export is masked before it is cut', async () => {
  const { files } = await job.done({ action: { type: 'export', exportCollection: 'none', path: `${card}${'x'.repeat(190)}.csv` } });
  expect(files?.[0]?.name).toMatch(/^•••x+\.csv$/);
});
