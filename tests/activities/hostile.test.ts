import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StepErrorCode } from '../../src/contract/error.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
beforeAll(async () => {
  rig = await startRig();
  worker = await rig.startWorker();
});
afterAll(() => rig.close());

const inJob = async (work: (job: TestJob) => Promise<void>): Promise<void> => {
  const job = await openJob(rig, worker);
  try {
    await work(job);
  } finally {
    await rig.client.call('close', { jobId: job.jobId });
  }
};

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test.each<[string, string | (() => Promise<string>), [code: StepErrorCode, message: RegExp]]>([
  ['a server that never answers', '/never', ['navigation_timeout', /did not answer/]],
  ['redirects without end', '/redirects', ['navigation_failed', /redirects without end/]],
  ['a page that is not there', '/status?code=404', ['navigation_failed', /status 404/]],
  ['a server error', '/status?code=500', ['navigation_failed', /status 500/]],
  ['nobody listening', async () => `http://127.0.0.1:${await unusedPort()}/`, ['navigation_failed', /nothing answers/]],
  ['a name without a server', 'http://nowhere.invalid/', ['navigation_failed', /no server of that name|could not be looked up/]],
  ['a refusal of the guard', '/refused', ['blocked_address', /may not be opened/]],
  ['a file', 'file:///etc/passwd', ['blocked_address', /Only http/]],
  ['a script', 'javascript:alert(1)', ['blocked_address', /Only http/]],
  ['something that is no address', 'http://', ['navigation_failed', /not an address/]],
])('navigate to %s fails with the right code, within its time', (_, url, [code, message]) =>
  inJob(async (job) => {
    const started = Date.now();
    const report = await job.fails({ action: { type: 'navigate', url: typeof url === 'string' ? url : await url() }, timeout: 2_000 });
    expect(report.error.code).toBe(code);
    expect(report.error.message).toMatch(message);
    expect(Date.now() - started).toBeLessThan(4_500);
    await job.visit('/forms');
  }),
);

test('a page that never finishes loading is there as soon as its document is', () =>
  inJob(async (job) => {
    const report = await job.visit('/no-load');
    expect(Date.parse(report.finishedAt) - Date.parse(report.startedAt)).toBeLessThan(4_000);
    expect(await job.read('document.querySelector("#there").textContent')).toBe('there');
  }));

test('a page of 50 MB opens or fails within its time, and the next step works', () =>
  inJob(async (job) => {
    const report = await job.step({ action: { type: 'navigate', url: '/huge' }, timeout: 3_000 });
    if (report.outcome === 'failed') expect(report.error.code).toBe('navigation_timeout');
    else expect(report.outcome).toBe('done');
    await job.visit('/forms');
  }));

test('an alert loop costs at most its step, within its time', () =>
  inJob(async (job) => {
    await job.visit('/hostile?alerts');
    const started = Date.now();
    const report = await job.step({ action: { type: 'hover', selector: { id: 'alive' } }, timeout: 2_000 });
    expect(['done', 'failed']).toContain(report.outcome);
    expect(Date.now() - started).toBeLessThan(5_000);
  }));

test('a page that does not want to be left is left', () =>
  inJob(async (job) => {
    await job.visit('/hostile?unload');
    await job.done({ action: { type: 'click', selector: { id: 'leave' } } });
    await job.visit('/forms');
    expect(await job.read('document.title')).toBe('Forms');
  }));

test('a page that opens one window after the other gets a few, and the job can go elsewhere in the newest', () =>
  inJob(async (job) => {
    await job.visit('/hostile?popups');
    await job.done({ action: { type: 'wait', duration: 1_800 } });
    await job.visit('/forms');
    expect(await job.read('document.title')).toBe('Forms');
  }));

test('a page that blocks its main thread fails the step within its time, and the job can go elsewhere or end', () =>
  inJob(async (job) => {
    await job.visit('/hostile?freeze=200');
    await job.done({ action: { type: 'wait', duration: 400 } });
    for (const action of [
      { type: 'click', selector: { id: 'alive' } },
      { type: 'extract', script: '1' },
      { type: 'scroll', to: 'bottom' },
      { type: 'wait', text: 'alive' },
    ] as const) {
      const started = Date.now();
      const report = await job.fails({ action, timeout: 800 });
      expect(['timeout', 'action_failed']).toContain(report.error.code);
      expect(Date.now() - started).toBeLessThan(4_500);
    }
  }));

test('a click that freezes the page ends within its time', () =>
  inJob(async (job) => {
    await job.visit('/hostile');
    const started = Date.now();
    const report = await job.step({
      action: { type: 'click', selector: { id: 'freeze' } },
      timeout: 1_500,
      captures: [{ name: 'x', strategy: 'evaluate', expression: '1' }],
    });
    expect(report).toMatchObject({ outcome: 'failed', error: { code: expect.stringMatching(/action_failed|capture_failed/) } });
    expect(Date.now() - started).toBeLessThan(5_000);
  }));

test('a browser that dies in the middle of a step is lost, and the worker goes on', () =>
  inJob(async (job) => {
    await job.visit('/late');
    const ended = job.run(job.task({ action: { type: 'wait', selector: { id: 'late' } } }));
    await expect.poll(async () => (await rig.client.call('stat', {})).jobs.find((one) => one.jobId === job.jobId)?.open.length).toBe(1);
    await rig.client.call('close', { jobId: job.jobId });
    expect(await ended).toMatchObject({ outcome: 'lost' });
    await inJob(async (other) => void (await other.visit('/forms')));
  }));
