import { afterEach, expect, test } from 'vitest';
import type { JobOptions } from '../../src/contract/evidence.ts';
import { askingStep, openBench, plannedStep, type Bench, type JobHandle } from './job-bench.ts';
import type { Script } from './stub-host.ts';

let bench: Bench;
const open = async (script?: Script) => (bench = await openBench(script));
afterEach(() => bench.close());

const two = ['one', 'two'].map((id) => plannedStep(id));
const start = (options: JobOptions, steps = two) => bench.start(steps, {}, { options });
const missingOf = async (job: JobHandle) =>
  (await bench.events(job)).flatMap((event) => (event.type === 'evidence.missing' ? [event.what] : []));

test('what is to be recorded is asked for with the browser, and told with the job', async () => {
  await open();
  const job = await start({ video: true, trace: true, screenshots: 'always', live: false });
  await job.result();
  expect(bench.host.opened[0]).toMatchObject({ record: { video: true, trace: true, live: false } });
  expect(await bench.header(job)).toMatchObject({ options: { video: true, screenshots: 'always' }, browser: 'Chromium 1' });
  expect(bench.host.tasks.map(({ screenshots }) => screenshots)).toEqual(['always', 'always']);
  expect(bench.host.ended[0]).toMatchObject({ screenshots: 'always' });
  await bench.record(job, 'recorded');
});

test('a job without options asks for nothing', async () => {
  await open();
  const job = await bench.start(two);
  await job.result();
  expect(bench.host.opened[0]).not.toHaveProperty('record');
  expect(bench.host.tasks[0]).not.toHaveProperty('screenshots');
  expect(await bench.header(job)).not.toHaveProperty('options');
});

test('a step has its own word on pictures', async () => {
  await open();
  const job = await start({ screenshots: 'failure' }, [plannedStep('one', { screenshot: 'never' }), plannedStep('two')]);
  await job.result();
  expect(bench.host.tasks.map(({ screenshots }) => screenshots)).toEqual(['never', 'failure']);
});

test('a step inside loops knows its iterations', async () => {
  await open({ all: '2/2', each: '2/2' });
  const loop = (id: string, body: ReturnType<typeof plannedStep>[]) =>
    plannedStep(id, { action: { type: 'memory' }, loop: { forEach: 'list', maxIterations: 10 }, bodies: [body] });
  const job = await bench.start([loop('all', [loop('each', [plannedStep('inside')])])]);
  await job.result();
  const inside = bench.host.tasks.filter(({ step }) => step.id === 'inside');
  expect(inside.map(({ iterations }) => iterations)).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
});

test('proof that is not there is told once, when the job begins, is parked and ends', async () => {
  await open();
  bench.host.missing = { open: ['no ffmpeg'], park: ['no trace of the first part'], close: ['the disk is full'] };
  const job = await bench.start([askingStep('one')], {}, { options: { video: true }, parkAfterMs: 0 });
  await bench.host.until(() => bench.host.projected.some(({ header }) => header.parked !== undefined));
  const { approval } = await bench.header(job);
  await job.signal('approve', { approvalId: approval?.approvalId });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(await missingOf(job)).toEqual([['no ffmpeg'], ['no trace of the first part'], ['the disk is full']]);
  await bench.record(job, 'evidence-missing');
});

test.each<[string, JobOptions, string]>([
  ['was not recorded', {}, 'Whether pictures are missing is not known: the browser could not be closed in time'],
  ['was recorded', { video: true }, 'What was recorded could not be stored'],
])('that the end of the browser fails is told with a job that %s, and does not fail it', async (_, options, what) => {
  await open();
  bench.host.unclosable = true;
  const job = await start(options);
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(await missingOf(job)).toEqual([[what]]);
  if (!options.video) await bench.record(job, 'unclosed');
});
