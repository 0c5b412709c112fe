import { expect, test } from 'vitest';
import type { JobEventBody } from '../../src/contract/event.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { toRow } from '../../src/domain/row.ts';
import { created, failed, numbered, succeeded } from './job-events.ts';

const started: JobEventBody[] = [created('one', 'two', 'three'), { type: 'job.queued' }, { type: 'job.started', host: 'local' }];
const rowAfter = (...bodies: JobEventBody[]) => toRow(reduceAll(numbered(...bodies))!);
const pausing: JobEventBody = { type: 'job.pausing', actor: 'Mei' };

test.each<[string, JobEventBody[], string]>([
  ['queued', [created('one')], 'Waits for a free browser'],
  ['running', [...started, succeeded('one')], 'do two'],
  ['pausing', [...started, pausing], 'Pausing after “do one”'],
  ['paused', [...started, succeeded('one'), pausing, { type: 'job.paused' }], 'Paused by Mei before step 2'],
  ['cancelling', [...started, { type: 'job.cancelling', actor: 'Mei' }], 'Cancelling'],
  [
    'cancelled',
    [...started, { type: 'job.cancelling', actor: 'Mei', comment: 'wrong basket' }, { type: 'job.finished', status: 'cancelled' }],
    'Cancelled by Mei · “wrong basket”',
  ],
  ['failed', [...started, succeeded('one'), failed('two'), { type: 'job.finished', status: 'failed' }], 'Step 2 · There is no “Save”'],
  [
    'completed',
    [...started, succeeded('one'), succeeded('two'), succeeded('three'), { type: 'job.finished', status: 'completed' }],
    '3 steps · 3 values captured · 6 selector retries',
  ],
])('the line of a job that is %s says what it does, needs or ended with', (_, bodies, line) => {
  expect(rowAfter(...bodies).line).toBe(line);
});

test('the bar has a letter for each step', () => {
  expect(rowAfter(...started, succeeded('one'), failed('two')).bar).toBe('sfr');
  expect(rowAfter(...started, failed('one'), { type: 'steps.skipped', stepIds: ['two', 'three'], because: 'not_reached' }).bar).toBe('fkk');
});

test('the row says what is allowed now', () => {
  expect(rowAfter(...started).actions).toEqual(['pause', 'cancel']);
});

test('a job that could not start says why', () => {
  const error = { code: 'value_missing', message: 'The variable “day” has no value', hint: 'Give it one' } as const;
  expect(rowAfter(created('one'), { type: 'job.queued' }, { type: 'job.finished', status: 'failed', error }).line).toBe(
    'The variable “day” has no value',
  );
});
