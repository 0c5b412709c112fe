import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Approval } from '../../src/contract/approval.ts';
import type { JobDetail } from '../../src/contract/job.ts';
import { findTemporal } from '../../bin/setup/temporal-executable.js';
import { startProduct, temporaryHome, type Product } from '../support/product.ts';
import { paymentRunbook, startPaymentSite, type PaymentSite } from './payment-site.ts';

const pin = 'canary-4711';
const home = temporaryHome();
let product: Product;
let site: PaymentSite;

beforeAll(async () => {
  site = await startPaymentSite();
  product = await startProduct(home.path, { UNDERSTUDY_PARK_AFTER: '1', UNDERSTUDY_BROWSERS: '2' });
}, 180_000);
beforeEach(() => {
  site.released.length = 0;
  site.amount = '100.00';
});
afterAll(async () => {
  await product.stop();
  await site.close();
  home.remove();
});

const start = (more?: string) => product.startJob(paymentRunbook(site.url, more), { inputs: { pin } });
const until = (id: string, type: string) => product.until(id, (event) => event.type === type);
async function asked(id: string): Promise<Approval> {
  const event = await until(id, 'approval.requested');
  if (event.type !== 'approval.requested') throw new Error('not asked');
  return event.approval;
}
const post = (id: string, action: string, body: object) => product.request('POST', `/api/jobs/${id}/${action}`, body);
const approve = (id: string, { approvalId }: Approval) => post(id, 'approve', { approvalId, actor: 'Ama', comment: 'fine' });
const finished = async (id: string): Promise<JobDetail> => {
  await until(id, 'job.finished');
  return product.job(id);
};
const browsers = async (): Promise<number> => {
  const system = (await (await product.request('GET', '/api/system')).json()) as { browsers: { used: number } | null };
  return system.browsers?.used ?? -1;
};
const temporal = (...args: string[]) =>
  promisify(execFile)(findTemporal() ?? 'temporal', [...args, '--address', product.temporalAddress], { encoding: 'utf8' });
const signal = (id: string, name: string, ...input: string[]) =>
  temporal('workflow', 'signal', '--workflow-id', id, '--name', name, ...input);

test('an approval shows its evidence without secrets, parks the browser, and is carried out once', async () => {
  const { id } = await start();
  const approval = await asked(id);
  expect(approval.evidence).toMatchObject({ sentence: expect.stringContaining('Release payment') as string, message: 'Reference TW-11' });
  expect(approval.evidence.values).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ from: 'form', value: '100.00' }),
      expect.objectContaining({ name: 'pin', value: null }),
    ]),
  );
  expect(JSON.stringify(approval)).not.toContain(pin);
  const picture = await product.request('GET', `/api/jobs/${id}/artifacts/${approval.evidence.screenshot}`);
  expect(picture.headers.get('content-type')).toBe('image/jpeg');
  await until(id, 'job.parked');
  await expect.poll(browsers).toBe(0);
  expect((await approve(id, approval)).status).toBe(200);
  const job = await finished(id);
  expect(job.status).toBe('completed');
  expect(site.released).toEqual(['100.00']);
  expect(job.steps.find((step) => step.id === 'release')?.approvals?.[0]?.answer).toMatchObject({
    verdict: 'approved',
    actor: 'Ama',
    comment: 'fine',
  });
}, 60_000);

test('an approval is void when the amount has changed, and is asked again with the difference', async () => {
  const { id } = await start();
  const first = await asked(id);
  await until(id, 'job.parked');
  site.amount = '9999.00';
  await approve(id, first);
  await until(id, 'approval.voided');
  const second = (await product.job(id)).approval;
  expect(second).toMatchObject({ ask: 2, changes: [expect.objectContaining({ was: '100.00', now: '9999.00' })] });
  expect(site.released).toEqual([]);
  expect((await approve(id, first)).status).toBe(409);
  await post(id, 'reject', { approvalId: second?.approvalId, comment: 'not that much' });
  const job = await finished(id);
  expect(job.status).toBe('failed');
  expect(job.steps.find((step) => step.id === 'release')?.error).toMatchObject({ code: 'rejected' });
  expect(site.released).toEqual([]);
}, 60_000);

test('a session that has expired meanwhile fails the step, and a rerun begins at the log-in', async () => {
  const { id } = await start();
  const approval = await asked(id);
  await until(id, 'job.parked');
  site.expireSessions();
  await approve(id, approval);
  const job = await finished(id);
  expect(job.steps.find((step) => step.id === 'release')?.error?.code).toBe('session_lost');
  expect(site.released).toEqual([]);
  const plan = (await (await product.request('GET', `/api/jobs/${id}/rerun`)).json()) as { suggestedFrom: { stepId: string } | null };
  expect(plan.suggestedFrom?.stepId).toBe('open');
  const again = await post(id, 'rerun', { secrets: { pin }, repeat: ['login'], requestedBy: 'Ama' });
  expect(again.status).toBe(201);
  const rerun = (await again.json()) as JobDetail;
  expect(rerun.rerunOf).toMatchObject({ jobId: id, attempt: 2 });
  await approve(rerun.id, await asked(rerun.id));
  expect((await finished(rerun.id)).status).toBe('completed');
  expect(site.released).toEqual(['100.00']);
}, 60_000);

test('an approval after the worker, the browser host and Temporal were killed still works', async () => {
  const { id } = await start();
  const approval = await asked(id);
  await until(id, 'job.parked');
  const ready = product.line(/worker.*ready/);
  for (const part of ['worker', 'host', 'temporal']) process.kill(product.pid(part), 'SIGKILL');
  await ready;
  await expect.poll(async () => (await approve(id, approval)).status, { timeout: 30_000 }).toBe(200);
  expect((await finished(id)).status).toBe('completed');
  expect(site.released).toEqual(['100.00']);
}, 90_000);

test('a browser host that is killed before the browser was parked costs nothing', async () => {
  const { id } = await start();
  const approval = await asked(id);
  process.kill(product.pid('host'), 'SIGKILL');
  await expect.poll(async () => (await approve(id, approval)).status, { timeout: 30_000 }).toBe(200);
  expect((await finished(id)).status).toBe('completed');
  expect(site.released).toEqual(['100.00']);
}, 90_000);

test('jobs that wait for a person hold no browser, however many they are', async () => {
  const jobs = await Promise.all(Array.from({ length: 4 }, () => start()));
  for (const { id } of jobs) await until(id, 'job.parked');
  await expect.poll(browsers).toBe(0);
  for (const { id } of jobs) await approve(id, await asked(id));
  for (const { id } of jobs) expect((await finished(id)).status).toBe('completed');
  expect(site.released).toHaveLength(4);
}, 120_000);

test('the five signals work with the Temporal CLI, bare and with an actor and a comment', async () => {
  const { id } = await start();
  await asked(id);
  await signal(id, 'approve', '--input', '{"actor":"ledger-sync","comment":"month end","more":1}');
  expect((await finished(id)).steps.find((step) => step.id === 'release')?.approvals?.[0]?.answer).toMatchObject({
    verdict: 'approved',
    actor: 'ledger-sync',
    comment: 'month end',
  });
  const second = await start();
  await asked(second.id);
  await signal(second.id, 'reject');
  expect((await finished(second.id)).status).toBe('failed');
  const third = await product.startJob(waiting);
  await until(third.id, 'job.started');
  await signal(third.id, 'pause');
  await until(third.id, 'job.paused');
  await signal(third.id, 'resume', '--input', '{"actor":"ledger-sync"}');
  await until(third.id, 'job.resumed');
  await signal(third.id, 'cancel', '--input', '{"comment":"enough"}');
  expect(await finished(third.id)).toMatchObject({
    status: 'cancelled',
    lastCommand: { action: 'cancel', actor: 'a signal', comment: 'enough' },
  });
}, 90_000);

const waiting = `title: Wait for a minute
steps:
  - { description: Wait, action: { type: wait, duration: 60000 } }
`;

test('pause interrupts a wait of a minute, and native cancellation ends the browser', async () => {
  const { id } = await product.startJob(waiting);
  await until(id, 'job.started');
  expect((await post(id, 'pause', { actor: 'Ama' })).status).toBe(200);
  await until(id, 'job.paused');
  expect((await post(id, 'pause', {})).status).toBe(409);
  await post(id, 'resume', {});
  await temporal('workflow', 'cancel', '--workflow-id', id);
  expect(await finished(id)).toMatchObject({ status: 'cancelled', lastCommand: { actor: 'Temporal' } });
  await expect.poll(browsers).toBe(0);
}, 60_000);

test('a terminated workflow and a deleted one are shown for what they are', async () => {
  const one = await product.startJob(waiting);
  const two = await start();
  await until(one.id, 'job.started');
  await until(two.id, 'job.parked');
  await temporal('workflow', 'terminate', '--workflow-id', one.id, '--reason', 'a test');
  await temporal('workflow', 'delete', '--workflow-id', two.id);
  // asking makes the api look at once; else the reconciler does within a minute
  await expect.poll(async () => (await post(one.id, 'pause', {})).status).toBe(409);
  await expect.poll(async () => (await post(two.id, 'cancel', {})).status).toBe(409);
  expect(await product.job(one.id)).toMatchObject({
    status: 'failed',
    error: { message: expect.stringContaining('terminated') as string },
  });
  expect(await product.job(two.id)).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('gone') as string } });
}, 90_000);
