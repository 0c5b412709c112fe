import { expect, test } from 'vitest';
import type { JobEventBody } from '../../src/contract/event.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { toRow } from '../../src/domain/row.ts';
import { approval, created, numbered, succeeded } from './job-events.ts';

const started: JobEventBody[] = [created('one', 'two'), { type: 'job.queued' }, { type: 'job.started', host: 'local' }];
const after = (...bodies: JobEventBody[]) => reduceAll(numbered(...started, ...bodies))!;
const told = (...bodies: JobEventBody[]) => after(...bodies).notices.map((notice) => notice.text);
const answer = { approvalId: 'a-1', stepId: 'one', actor: 'Mei' };
const asked = (more: Parameters<typeof approval>[1] = {}): JobEventBody => ({
  type: 'approval.requested',
  approval: approval('one', more),
});
const changes = ['Amount', 'Payee', 'IBAN', 'Date'].map((what) => ({ what, was: '1', now: '2' }));

test('a job tells what happened beside its steps, in order, with who said it and why', () => {
  const texts = told(
    asked(),
    { type: 'job.parked', url: '' },
    { type: 'approval.approved', ...answer, comment: 'agreed' },
    { type: 'browser.restored', host: 'local', url: '' },
    { type: 'approval.voided', approvalId: 'a-1', stepId: 'one', changes },
    asked({ approvalId: 'a-2', ask: 2 }),
    { type: 'approval.expired', approvalId: 'a-2', stepId: 'one', onTimeout: 'reject' },
  );
  const sentence = approval('one').evidence.sentence;
  const ordinal = approval('one').ordinal;
  expect(texts).toEqual([
    `Asked at step ${ordinal}: ${sentence}`,
    'Parked: its browser is free for other jobs while it waits',
    'Approved by Mei · “agreed”',
    'Back on its page, on browser host local',
    'Not done: the page was not the one that was approved: Amount, Payee, IBAN and 1 more',
    `Asked again at step ${ordinal}: ${sentence}`,
    'Nobody answered in time',
  ]);
});

test('a pause that is taken back before it came is not told as a resume', () => {
  const pausing: JobEventBody = { type: 'job.pausing', actor: 'Mei' };
  const resumed: JobEventBody = { type: 'job.resumed', actor: 'Jo' };
  expect(told(pausing, resumed)).toEqual(['Pause asked by Mei', 'Pause taken back by Jo']);
  expect(told(pausing, { type: 'job.paused' }, resumed)).toEqual(['Pause asked by Mei', 'Paused', 'Resumed by Jo']);
});

test('what is told is bounded, in number and in length', () => {
  const pauses = Array.from({ length: 80 }, (): JobEventBody => ({ type: 'job.pausing', actor: 'Mei', comment: 'x'.repeat(900) }));
  const texts = told(...pauses);
  expect(texts).toHaveLength(50);
  expect(Math.max(...texts.map((text) => text.length))).toBe(300);
});

test('a completed rerun says how many of its steps were kept', () => {
  const kept: JobEventBody = { type: 'steps.skipped', stepIds: ['one'], because: 'kept' };
  expect(toRow(after(kept, succeeded('two'), { type: 'job.finished', status: 'completed' })).line).toMatch(/^2 steps, 1 of them kept · /);
});
