import { afterAll, beforeAll, expect, test } from 'vitest';
import { openJob, startRig, type Rig, type TestJob } from './rig.ts';

let rig: Rig;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
  job = await openJob(rig, await rig.startWorker(), [{ name: 'total', value: '12', sensitive: false }]);
  await job.visit('/uploads');
});
afterAll(() => rig.close());

const that = (check: object) => ({ action: { type: 'assert' as const, ...check }, timeout: 1_500 });

test.each([
  [{ selector: { id: 'zone' } }],
  [{ selector: { id: 'hidden' }, state: 'hidden' }],
  [{ url: '/uploads' }],
  [{ text: 'drop here' }],
  [{ condition: 'Number(total) > 10' }],
  [{ condition: '{{total}}' }],
  [{ script: 'document.title === "Uploads"' }],
])('%j holds', async (check) => {
  expect((await job.done(that(check))).outcome).toBe('done');
});

test.each([
  [{ selector: { id: 'none' } }, 'none is there'],
  [{ url: '/elsewhere' }, '/elsewhere was asked for'],
  [{ text: 'no such text' }, 'is not on the page'],
  [{ condition: 'Number(total) > 100' }, 'it gives "false"'],
  [{ text: 'no such text', message: 'Not {{total}}!' }, 'Not 12!'],
])('%j does not hold, and the error says what was there', async (check, words) => {
  const { error } = await job.fails(that(check));
  expect(error).toMatchObject({ code: 'assertion_failed', message: expect.stringContaining(words) });
});
