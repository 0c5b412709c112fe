import { afterEach, expect, test } from 'vitest';
import type { JobHeader } from '../../src/contract/job.ts';
import { askingStep, openBench, plannedStep, type Bench, type JobHandle } from './job-bench.ts';

let bench: Bench;
const open = async () => (bench = await openBench());
afterEach(() => bench.close());

const three = ['one', 'two', 'three'].map((id) => plannedStep(id));
const inAWhile = (ms: number) => new Date(Date.now() + ms).toISOString();
const stored = (type: string) =>
  bench.host.until(() => bench.host.projected.some((task) => task.events.some((event) => event.type === type)));
const startNow = (job: JobHandle) => job.executeUpdate<JobHeader, [object]>('start_now', { args: [{ actor: 'Ama' }] });
const typesOf = async (job: JobHandle) => (await bench.events(job)).map((event) => event.type);

test('a scheduled job waits for its time, then starts by itself', async () => {
  await open();
  const scheduledFor = inAWhile(1_500);
  const job = await bench.start(three, {}, { scheduledFor });
  await stored('job.scheduled');
  expect(await bench.header(job)).toMatchObject({ status: 'scheduled', scheduledFor });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect((await typesOf(job)).slice(0, 4)).toEqual(['job.created', 'job.scheduled', 'job.queued', 'job.started']);
  const started = (await bench.events(job)).find((event) => event.type === 'job.started');
  expect(Date.parse(started?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(scheduledFor));
  await bench.record(job, 'scheduled');
});

test('a scheduled job can be started now', async () => {
  await open();
  const job = await bench.start(three, {}, { scheduledFor: inAWhile(3_600_000) });
  await stored('job.scheduled');
  expect(await startNow(job)).toMatchObject({ status: 'queued', lastCommand: { action: 'start_now', actor: 'Ama' } });
  expect(await job.result()).toEqual({ status: 'completed' });
  await bench.record(job, 'started-now');
});

test('a scheduled job can be cancelled, and never takes a browser', async () => {
  await open();
  const job = await bench.start(three, {}, { scheduledFor: inAWhile(3_600_000) });
  await stored('job.scheduled');
  await job.signal('cancel');
  expect(await job.result()).toEqual({ status: 'cancelled' });
  expect(bench.host.began).toEqual([]);
});

test('a start time that has passed starts the job at once', async () => {
  await open();
  const job = await bench.start(three, {}, { scheduledFor: inAWhile(-5_000) });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(await typesOf(job)).not.toContain('job.scheduled');
});

test('a rerun from a step keeps those before it', async () => {
  await open();
  const of = { jobId: 'j-first', attempt: 2, from: 'two' };
  const job = await bench.start(three, {}, { rerun: { of, startAt: 'two', openAt: 'https://bank.example/pay' } });
  expect(await job.result()).toEqual({ status: 'completed' });
  expect(bench.host.began).toEqual(['two', 'three']);
  expect(bench.host.opened).toEqual([{ jobId: job.workflowId, openAt: 'https://bank.example/pay' }]);
  expect(await bench.header(job)).toMatchObject({ rerunOf: of, counts: { succeeded: 2, skipped: 1 } });
  expect((await bench.events(job)).find((event) => event.type === 'steps.skipped')).toMatchObject({ stepIds: ['one'], because: 'kept' });
  await bench.record(job, 'rerun');
});

test('the Temporal Web UI shows what is waited for, and a table of the steps', async () => {
  await open();
  const steps = [plannedStep('one', { description: 'Open <b>the</b> | page' }), askingStep('pay', { description: 'Release it' })];
  const job = await bench.start(steps, {}, { consoleUrl: 'https://console.example/jobs/1', searchAttributes: true });
  await stored('approval.requested');
  const { currentDetails } = await job.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  const { approval } = await bench.header(job);
  expect(currentDetails).toContain('**waiting for approval**');
  expect(currentDetails).toContain(`Question \`${approval?.approvalId}\``);
  expect(currentDetails).toContain('| 2 | Release it | **waits for a person** |');
  expect(currentDetails).toContain('[Open in the console](https://console.example/jobs/1)');
  expect(currentDetails).not.toContain('<b>');
  const found = async (query: string) => {
    const ids: string[] = [];
    for await (const { workflowId } of bench.client.workflow.list({ query })) ids.push(workflowId);
    return ids;
  };
  await expect.poll(() => found('NeedsApproval = true AND JobStatus = "waiting_for_approval"')).toContain(job.workflowId);
  await job.signal('approve');
  expect(await job.result()).toEqual({ status: 'completed' });
  await expect.poll(() => found(`WorkflowId = "${job.workflowId}" AND JobStatus = "completed"`)).toEqual([job.workflowId]);
  await bench.record(job, 'search-attributes');
});

test('every activity and timer has a summary, and activities have readable ids', async () => {
  await open();
  const job = await bench.start([askingStep('pay', { approval: { onTimeout: 'reject', timeoutMs: 60_000, changingParameters: [] } })]);
  await stored('approval.requested');
  await job.signal('approve');
  await job.result();
  const { events } = await bench.client.workflow.getHandle(job.workflowId).fetchHistory();
  const activities = (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes);
  expect(activities.map((event) => event.activityTaskScheduledEventAttributes?.activityId)).toEqual([
    'browser',
    '001-pay-look',
    '002-pay',
    'close',
  ]);
  const timed = (events ?? []).filter((event) => event.timerStartedEventAttributes);
  expect(timed.length).toBeGreaterThan(0);
  for (const event of [...activities, ...timed]) expect(event.userMetadata?.summary).toBeTruthy();
});
