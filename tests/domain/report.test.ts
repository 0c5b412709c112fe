import { expect, test } from 'vitest';
import type { Artifact } from '../../src/contract/artifact.ts';
import type { JobEventBody } from '../../src/contract/event.ts';
import type { JobState } from '../../src/contract/job.ts';
import { ExecutionReport } from '../../src/contract/report.ts';
import { Runbook } from '../../src/contract/runbook.ts';
import { planSteps } from '../../src/domain/plan.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { reportOf, startUrlOf } from '../../src/domain/report.ts';
import { at, created, failed, numbered, succeeded } from './job-events.ts';

const now = at(60);
const stateAfter = (...bodies: JobEventBody[]): JobState => reduceAll(numbered(...bodies)) as JobState;
const report = (...bodies: JobEventBody[]) => reportWith([], ...bodies);
const reportWith = (artifacts: Artifact[] | null, ...bodies: JobEventBody[]) =>
  ExecutionReport.parse(reportOf(stateAfter(...bodies), 'http://shop.test/', { now, artifacts, understudy: '0.1.0' }));
const file = (id: string, kind: Artifact['kind'], name: string): Artifact => ({
  ...{ id, jobId: 'j-test', stepId: null, kind, name, type: 'video/webm', bytes: 1, sha256: null, createdAt: at(5), detail: null },
});
const started = (...ids: string[]): JobEventBody[] => [created(...ids), { type: 'job.queued' }, { type: 'job.started', host: 'local' }];

test('a completed job is counted, timed and told step by step', () => {
  const told = report(...started('one', 'two'), succeeded('one'), succeeded('two'), { type: 'job.finished', status: 'completed' });
  expect(told).toMatchObject({
    jobId: 'j-test',
    status: 'completed',
    runbookTitle: 'A job',
    runbook: { id: 'a-runbook', version: 3 },
    startUrl: 'http://shop.test/',
    startedAt: at(3),
    finishedAt: at(6),
    totalDurationMs: 3_000,
    ...{ totalSteps: 2, executed: 2, succeeded: 2, failed: 0, skipped: 0, retries: 4, aborted: false, warnings: [] },
  });
  expect(told.steps[0]).toEqual({
    ...{ ordinal: 1, id: 'one', description: 'do one', depth: 0, status: 'succeeded', durationMs: 2_000, actionType: 'click' },
    ...{ retries: 2, attempts: 1, matchedBy: 'id', capturedValues: { n: '7' }, startedAt: at(10), finishedAt: at(12) },
  });
  expect(told).not.toHaveProperty('downloadedFiles');
});

test('a job that stopped at an error is aborted, and the step says why', () => {
  const skipped: JobEventBody = { type: 'steps.skipped', stepIds: ['two'], because: 'not_reached' };
  const told = report(...started('one', 'two'), failed('one'), skipped, { type: 'job.finished', status: 'failed' });
  expect(told).toMatchObject({ status: 'failed', executed: 1, failed: 1, skipped: 1, aborted: true });
  expect(told.steps[0]).toMatchObject({
    error: 'There is no “Save”',
    errorDetails: { code: 'element_not_found', hint: 'Look at the page' },
  });
  expect(told.steps[1]).toMatchObject({ status: 'skipped', skippedBecause: 'not_reached', durationMs: 0 });
});

test('a job that went on after an error, or left steps out by its own conditions, is not aborted', () => {
  const skipped: JobEventBody = { type: 'steps.skipped', stepIds: ['two'], because: 'condition' };
  expect(report(...started('one', 'two'), failed('one'), skipped, { type: 'job.finished', status: 'failed' }).aborted).toBe(false);
});

test('the report of a job that is not over runs until now', () => {
  const told = report(...started('one', 'two'), succeeded('one'));
  expect(told).toMatchObject({ status: 'running', finishedAt: null, totalDurationMs: 57_000, aborted: false, executed: 1 });
  expect(report(created('one'))).toMatchObject({ status: 'queued', startedAt: null, totalDurationMs: 0 });
});

test('sensitive values are masked; files, collections, dialogs and repairs are told', () => {
  const rich: JobEventBody = {
    ...(succeeded('one') as Extract<JobEventBody, { type: 'step.succeeded' }>),
    captures: [
      { name: 'pin', value: null },
      { name: 'list', value: '[1,', truncated: true },
    ],
    files: [{ artifactId: 'a-1', kind: 'download', name: 'invoice.pdf', bytes: 10 }],
    appended: { rows: 3 },
    missed: ['id "old"'],
    dialogs: [
      { type: 'confirm', message: 'Sure?', answer: 'dismissed', asked: false },
      { type: 'alert', message: 'Saved', answer: 'accepted', asked: true },
    ],
  };
  const told = report(...started('one'), rich, { type: 'job.finished', status: 'completed' });
  expect(told).toMatchObject({ memoryCollections: { rows: 3 } });
  expect(told.steps[0]).toMatchObject({
    ...{ capturedValues: { pin: '•••', list: '[1,' }, truncatedValues: ['list'] },
    missedSelectors: ['id "old"'],
  });
  expect(told.warnings).toEqual([
    'Step 1 (do one) was found by id; not by id "old"',
    'Step 1 (do one): a dialog (confirm) that the step does not mention was dismissed: Sure?',
  ]);
});

test('files are told by the list of artifacts: also those of a step that failed afterwards, and more than a loop remembers', () => {
  const files = Array.from({ length: 120 }, (_, n) => file(`d-${n}`, n % 2 ? 'export' : 'download', `file-${n}`));
  const told = reportWith([file('s-1', 'screenshot', 's.jpg'), ...files], ...started('one'), failed('one'));
  expect(told.downloadedFiles).toEqual(files.map(({ name }) => name));
});

test('while the list of artifacts cannot be read, the steps tell their files, and the report says that it is not all', () => {
  const kept: JobEventBody = {
    ...(succeeded('one') as Extract<JobEventBody, { type: 'step.succeeded' }>),
    files: [{ artifactId: 'a-1', kind: 'download', name: 'invoice.pdf', bytes: 10 }],
  };
  const told = reportWith(null, ...started('one'), kept);
  expect(told).toMatchObject({ downloadedFiles: ['invoice.pdf'], artifacts: [] });
  expect(told.missing).toEqual([expect.stringContaining('The list of files cannot be read now')]);
  expect(report(...started('one'), kept).missing).toEqual([]);
});

test('the videos of a job are told by the addresses at which they can be fetched', () => {
  const artifacts = [file('v-1', 'video', 'video.webm'), file('t-1', 'trace', 'trace.zip'), file('v-2', 'video', 'video-2.webm')];
  const told = reportOf(stateAfter(created('one')), '', { now, artifacts, understudy: '0.1.0' });
  expect(told.videoPaths).toEqual(['/api/jobs/j-test/artifacts/v-1', '/api/jobs/j-test/artifacts/v-2']);
});

const around: JobEventBody = {
  ...(created() as Extract<JobEventBody, { type: 'job.created' }>),
  steps: [
    { id: 'loop', ordinal: 1, description: 'each', action: 'loop', effect: 'read', container: 'loop' },
    { id: 'inside', ordinal: 2, description: 'do inside', action: 'click', effect: 'once', depth: 1 },
  ],
};
const iteration = (n: number): JobEventBody => ({ type: 'loop.iterated', stepId: 'loop', iteration: n, total: 2, label: `item ${n}` });

test('a loop tells its iterations, and the steps inside it how often they ran', () => {
  const twice = [iteration(0), succeeded('inside'), iteration(1), succeeded('inside')];
  const told = report(around, { type: 'job.started', host: 'local' }, ...twice, { type: 'loop.ended', stepId: 'loop', capped: true });
  expect(told).toMatchObject({ totalSteps: 1, succeeded: 1 });
  expect(told.steps[0]).toMatchObject({ depth: 0, iterations: [{ label: 'item 0', status: 'succeeded' }, { label: 'item 1' }] });
  expect(told.steps[1]).toMatchObject({ depth: 1, runs: { succeeded: 2, failed: 0, skipped: 0 } });
  expect(told.warnings).toEqual([expect.stringContaining('ended after 2 iterations, its maxIterations')]);
});

test('a job that ended within a loop is aborted', () => {
  const cut = [iteration(0), succeeded('inside'), { type: 'job.finished', status: 'failed' } as const];
  expect(report(around, { type: 'job.started', host: 'local' }, ...cut)).toMatchObject({ aborted: true });
});

const startUrl = (url: string, baseUrl?: string, inputs = [{ name: 'shop', value: 'a b' as string | null }]) => {
  const open = { id: 'a', ordinal: 0, description: 'd', action: { type: 'navigate', url } };
  const book = Runbook.parse({ title: 'A', settings: { baseUrl }, steps: [open] });
  return startUrlOf({ steps: planSteps(book), settings: book.settings, inputs });
};

test('the first address is told with its values, made whole by the base address', () => {
  expect(startUrl('http://x.test/{{shop}}')).toBe('http://x.test/a b');
  expect(startUrl('/{{ shop }}', 'http://x.test/app/')).toBe('http://x.test/a%20b');
  expect(startUrl('http://x.test/{{shop}}', undefined, [{ name: 'shop', value: null }])).toBe('http://x.test/•••');
  expect(startUrl('http://x.test/{{ shop.length }}')).toBe('http://x.test/{{ shop.length }}');
});
