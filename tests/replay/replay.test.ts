import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { expect, inject, test } from 'vitest';
import { quietTemporal } from '../support/quiet-temporal.ts';

quietTemporal();

const folder = fileURLToPath(new URL('./histories/', import.meta.url));
const cases = readdirSync(folder).filter((file) => file.endsWith('.json'));
type History = { events: { eventType: string }[] };
const read = (file: string) => JSON.parse(readFileSync(folder + file, 'utf8')) as History;
const replay = (history: History) =>
  Worker.runReplayHistory({ workflowBundle: { codePath: inject('workflowBundle') } }, history, 'replayed');

test('there are histories of every shape that a job has had', () => {
  expect(cases).toEqual(
    expect.arrayContaining([
      'cancelled.json',
      'completed.json',
      'continued.json',
      'continued-first-run.json',
      'failed.json',
      'paused-and-resumed.json',
      'store-away.json',
      'approved.json',
      'approved-again.json',
      'deadline-cancel.json',
      'lost-while-waiting.json',
      'parked-and-approved.json',
      'parked-and-resumed.json',
      'rerun.json',
      'resolved-again.json',
      'scheduled.json',
      'search-attributes.json',
    ]),
  );
});

test.each(cases)('today’s workflow code replays %s', async (file) => {
  await replay(read(file));
});

test('a history whose steps were dispatched in another order is refused', async () => {
  const history = read('completed.json');
  const scheduled = history.events.flatMap(({ eventType }, index) => (eventType === 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED' ? [index] : []));
  const [first, second] = scheduled.slice(1);
  const swapped = structuredClone(history);
  const attributes = 'activityTaskScheduledEventAttributes' as keyof History['events'][number];
  [swapped.events[first!]![attributes], swapped.events[second!]![attributes]] = [
    history.events[second!]![attributes],
    history.events[first!]![attributes],
  ];
  await expect(replay(swapped)).rejects.toThrow(DeterminismViolationError);
});
