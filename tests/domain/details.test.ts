import { expect, test } from 'vitest';
import { detailsOf } from '../../src/domain/details.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { approval, created, failed, numbered, succeeded } from './job-events.ts';

const details = (...bodies: Parameters<typeof numbered>): string => {
  const state = reduceAll(numbered(...bodies));
  if (!state) throw new Error('no state');
  return detailsOf(state, 'https://console.example/jobs/j-test');
};
const begun = (...ids: string[]) => [created(...ids), { type: 'job.queued' } as const, { type: 'job.started', host: 'local' } as const];

test('says what is waited for and how to answer, with a table of the steps', () => {
  const text = details(...begun('one', 'pay'), succeeded('one'), { type: 'approval.requested', approval: approval('pay') });
  expect(text).toContain('**waiting for approval** — Click “Release payment”');
  expect(text).toContain('Question `a-1`');
  expect(text).toContain('by the signal approve or reject with `{"approvalId": "a-1"}`');
  expect(text).toContain('Possible now: approve, reject, cancel.');
  expect(text).toContain('| 1 | do one | succeeded | 2.0 s | 2 retries |');
  expect(text).toContain('[Open in the console](https://console.example/jobs/j-test)');
});

test('texts of runbooks and pages stay texts', () => {
  const hostile = created('one');
  if (hostile.type === 'job.created') hostile.steps[0]!.description = 'a | b\n![x](https://evil.example/p.png) <script>';
  const text = details(hostile);
  expect(text).not.toContain('![');
  expect(text).not.toContain('<script');
  expect(text.split('\n').filter((line) => line.startsWith('| 1 |'))).toHaveLength(1);
});

test('a long runbook shows the steps around the current one', () => {
  const ids = Array.from({ length: 300 }, (_, n) => `s${n}`);
  const text = details(...begun(...ids), ...ids.slice(0, 150).map(succeeded));
  expect(text).toContain('130 steps before');
  expect(text).toContain('| 151 |');
  expect(text.length).toBeLessThan(8_000);
});

test('a failed step says why', () => {
  expect(details(...begun('one'), failed('one'))).toContain('There is no “Save”');
});
