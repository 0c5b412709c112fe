import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProduct, temporaryHome, type Product } from '../support/product.ts';
import { countingRunbook, startCountingSite, type CountingSite } from './counting-site.ts';

const buttons = 12;
const home = temporaryHome();
let product: Product;
let site: CountingSite;

beforeAll(async () => {
  site = await startCountingSite(buttons);
  product = await startProduct(home.path);
}, 180_000);

afterAll(async () => {
  await product.stop();
  await site.close();
  home.remove();
});

const everyButton = Array.from({ length: buttons }, (_, n) => `b${n}`);
const kill = (part: string) => process.kill(product.pid(part), 'SIGKILL');

/** Waits for the end. A kill between a press and its record leaves a step whose outcome nobody knows: a person is asked, and looks at what really happened. */
async function finished(jobId: string): Promise<void> {
  for (let seen = 0; ;) {
    const ends = ['job.finished', 'approval.requested'];
    const event = await product.until(jobId, ({ type, seq }) => seq > seen && ends.includes(type));
    seen = event.seq;
    if (event.type !== 'approval.requested') return;
    const { stepId, attempt } = event.approval;
    const step = (await product.job(jobId)).steps.find(({ id }) => id === stepId);
    const button = `b${step?.description.split(' ').at(-1)}`;
    const outcome = site.effects.includes(button) ? 'done' : 'again';
    const answer = await product.request('POST', `/api/jobs/${jobId}/resolve`, { stepId, attempt, outcome, actor: 'an operator' });
    expect(answer.status).toBe(200);
  }
}
/** Chromium processes whose profile or parent points into this installation's folder. */
const browserProcesses = (folder: string) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => isBrowserOf(pid, folder));
function isBrowserOf(pid: string, folder: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    return (
      environment.includes(`UNDERSTUDY_HOME=${folder}`) &&
      /headless|chrom/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? '')
    );
  } catch {
    return false;
  }
}
const begin = async () => {
  site.effects.length = 0;
  return product.startJob(countingRunbook(site.url, buttons, 50));
};

test('a job survives kills of its worker, and nothing is missing or done twice', async () => {
  const { id } = await begin();
  for (const at of [3, 12, 24]) {
    await product.until(id, (event) => event.type === 'step.succeeded' && event.seq >= at);
    const ready = product.line(/worker.*ready/);
    kill('worker');
    await ready;
  }
  await finished(id);
  expect((await product.job(id)).status).toBe('completed');
  expect(site.effects).toEqual(everyButton);
}, 90_000);

test.each(['orchestrator', 'api', 'postgres'])(
  'a job goes on when the %s is killed, and its story has no gap',
  async (part) => {
    const { id } = await begin();
    await product.until(id, (event) => event.type === 'step.succeeded' && event.seq >= 10);
    kill(part);
    await finished(id);
    const job = await product.job(id);
    expect(job).toMatchObject({ status: 'completed', counts: { total: buttons * 3 + 1, succeeded: buttons * 3 + 1 } });
    expect(site.effects).toEqual(everyButton);
  },
  90_000,
);

test('a job whose browser host is killed fails honestly and leaves no browser behind', async () => {
  const { id } = await begin();
  await product.until(id, (event) => event.type === 'step.succeeded' && event.seq >= 10);
  kill('host');
  await finished(id);
  const job = await product.job(id);
  expect(job.status).toBe('failed');
  expect(job.steps.find((step) => step.status === 'failed')?.error?.code).toBe('browser_crashed');
  expect(job.steps.at(-1)).toMatchObject({ status: 'skipped', skippedBecause: 'not_reached' });
  expect(new Set(site.effects).size).toBe(site.effects.length);
  await expect.poll(() => browserProcesses(home.path), { timeout: 10_000 }).toEqual([]);
}, 90_000);
