import { describe, expect, it } from 'vitest';
import type { JobRow } from '../../src/contract/job.ts';
import { toRow } from '../../src/domain/row.ts';
import { inOrder, isWaiting, nobodyWaits, takeList, takeRow, type WaitingRow } from '../../web/src/components/approval/waiting-rows.ts';
import { asked, askingJob, by, question } from './approvals.ts';

/** Rows of one moment: the question, and after its answer. */
const waits = (id: string, over: Parameters<typeof question>[0] = {}): JobRow => ({ ...toRow(askingJob(asked(question(over)))), id });
const answered = (id: string): JobRow => ({ ...toRow(askingJob(asked(), { type: 'approval.approved', ...by })), id });
const ids = (rows: readonly JobRow[]): string[] => rows.map((row) => row.id);
const waitingRow = (row: JobRow): WaitingRow => {
  if (!isWaiting(row)) throw new Error('it does not wait');
  return row;
};

describe('what waits for a person', () => {
  it('comes and goes by rows', () => {
    const one = takeRow(nobodyWaits, waits('j-1'));
    expect(ids(one.rows)).toEqual(['j-1']);
    expect(ids(takeRow(one, answered('j-1')).rows)).toEqual([]);
  });

  it('does not come back by an older row', () => {
    const gone = takeRow(takeRow(nobodyWaits, waits('j-1')), answered('j-1'));
    expect(ids(takeRow(gone, waits('j-1')).rows)).toEqual([]);
  });

  it('does not come back by an answer that was asked for before it ended', () => {
    const since = takeRow(nobodyWaits, waits('j-1'));
    const gone = takeRow(since, answered('j-1'));
    expect(ids(takeList(gone, [waits('j-1')], since).rows)).toEqual([]);
  });

  it('stays when it came after the answer was asked for, and goes when the answer does not have it', () => {
    const since = takeRow(nobodyWaits, waits('j-old'));
    const meanwhile = takeRow(since, waits('j-new'));
    expect(ids(takeList(meanwhile, [], since).rows)).toEqual(['j-new']);
  });

  it('keeps nothing of jobs that never asked', () => {
    expect(takeRow(nobodyWaits, answered('j-1'))).toBe(nobodyWaits);
  });
});

describe('the order of the inbox', () => {
  const rows = [
    waits('none-old', { askedAt: '2026-11-23T08:00:00Z' }),
    waits('late', { askedAt: '2026-11-23T09:00:00Z', deadline: '2026-11-25T00:00:00Z' }),
    waits('soon', { askedAt: '2026-11-23T10:00:00Z', deadline: '2026-11-24T00:00:00Z' }),
    waits('none-new', { askedAt: '2026-11-23T11:00:00Z' }),
  ].map(waitingRow);

  it('puts the next deadline first and those without one last, oldest first', () => {
    expect(ids(inOrder([...rows].reverse(), 'deadline'))).toEqual(['soon', 'late', 'none-old', 'none-new']);
  });

  it('puts the oldest first when asked by age', () => {
    expect(ids(inOrder([...rows].reverse(), 'age'))).toEqual(['none-old', 'late', 'soon', 'none-new']);
  });

  it('stays as it is while somebody points at it; what is new comes below', () => {
    expect(ids(inOrder(rows, 'deadline', ['none-old', 'late']))).toEqual(['none-old', 'late', 'soon', 'none-new']);
  });
});
