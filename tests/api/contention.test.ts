/** Many who press different buttons at the same moment. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { JobEvent } from '../../src/contract/event.ts';
import { findEventsAfter } from '../../src/db/job-events.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';
import { listen, rising, seqsOf } from './sse-client.ts';

let bench: ApiBench;
beforeAll(async () => {
  bench = await openApiBench();
});
afterAll(() => bench.close());

const buttons = ['pause', 'resume', 'approve', 'reject', 'cancel', 'start-now', 'resolve', 'pause', 'resume', 'approve'];
const eventTypes: Record<string, string> = {
  pause: 'job.pausing',
  resume: 'job.resumed',
  cancel: 'job.cancelling',
  approve: 'approval.approved',
  reject: 'approval.rejected',
};

test.each([
  ['running', 'hold', 'last'],
  ['waiting_for_approval', 'ask', 'hold'],
])('ten clients press different buttons of a job that is %s: each is answered, and all see one history', async (status, step, last) => {
  const { id } = await bench.start('one', step, last);
  await vi.waitFor(async () => expect(await bench.job(id)).toMatchObject({ status, counts: { succeeded: 1 } }), { timeout: 10_000 });
  const approvalId = (await bench.job(id)).approval?.approvalId ?? 'none';
  const watchers = [listen(`${bench.url}/api/jobs/${id}/events`), listen(`${bench.url}/api/stream?jobs=${id}`)];
  await Promise.all(watchers.map((each) => each.until(() => each.of('snapshot').length > 0)));
  const press = (action: string, index: number) => {
    const extra = action === 'resolve' ? { stepId: step, attempt: 1, outcome: 'done' } : {};
    const answers = action === 'approve' || action === 'reject' ? { approvalId } : {};
    return bench.send('POST', `/api/jobs/${id}/${action}`, { actor: `client ${index}`, ...extra, ...answers });
  };
  const answers = await Promise.all(buttons.map(press));
  for (const [index, answer] of answers.entries()) {
    expect([200, 409], `${buttons[index]}: ${JSON.stringify(answer.body)}`).toContain(answer.status);
    if (answer.status === 409)
      expect(answer.body).toMatchObject({ jobStatus: expect.any(String) as string, allowed: expect.any(Array) as string[] });
  }
  await bench.send('POST', `/api/jobs/${id}/cancel`, {});
  await vi.waitFor(async () => expect(await bench.job(id)).toMatchObject({ status: 'cancelled' }), { timeout: 10_000 });

  const stored = await findEventsAfter(bench.deps.database.db, id, 0);
  expect(stored.map((event) => event.seq)).toEqual(rising(1, stored.length));
  const accepted = answers.flatMap((answer, index) =>
    answer.status === 200 ? [`${eventTypes[buttons[index] ?? '']} client ${index}`] : [],
  );
  const told = stored.flatMap((event) => ('actor' in event && event.actor.startsWith('client') ? [`${event.type} ${event.actor}`] : []));
  expect(told.sort()).toEqual(accepted.sort());
  for (const watcher of watchers) {
    await watcher.until((heard) => seqsOf(heard).at(-1) === stored.length);
    const first = seqsOf(watcher.heard)[0] ?? 0;
    expect(watcher.of('event').map(({ data }) => data.event as JobEvent)).toEqual(stored.slice(first));
    watcher.close();
  }
});
