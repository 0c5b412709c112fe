import { describe, expect, it } from 'vitest';
import type { JobRow } from '../../src/contract/job.ts';
import { matches, mergePage, mergeRow, settle, type Rows } from '../../web/src/stream/merge-rows.ts';

function row(id: string, more: Partial<JobRow> = {}): JobRow {
  return {
    id,
    title: `Job ${id}`,
    runbook: { id: 'order-supplies', version: 1 },
    requestedBy: 'Ama',
    status: 'running',
    pausing: false,
    seq: 1,
    counts: { total: 2, succeeded: 0, failed: 0, skipped: 0, retries: 0 },
    createdAt: `2026-11-23T10:00:0${id}Z`,
    line: '',
    bar: 'rp',
    actions: [],
    approval: null,
    queuePlace: null,
    ...more,
  };
}
const ids = (rows: JobRow[]): string[] => rows.map((r) => r.id);
const list = (shown: JobRow[], more = false): Rows => ({ shown, waiting: [], more });

describe('a row that comes by the stream', () => {
  it('tells a new place in the queue, which is no event of the job', () => {
    const after = mergeRow(list([row('1', { status: 'queued', queuePlace: 3 })]), row('1', { status: 'queued', queuePlace: 2 }), {});
    expect(after.shown[0]?.queuePlace).toBe(2);
  });

  it('changes where it stands', () => {
    const after = mergeRow(list([row('3'), row('2'), row('1')]), row('2', { seq: 5, status: 'completed' }), {});
    expect(ids(after.shown)).toEqual(['3', '2', '1']);
    expect(after.shown[1]?.status).toBe('completed');
  });

  it('stays shown although it no longer matches the tab', () => {
    const after = mergeRow(list([row('1')]), row('1', { seq: 2, status: 'failed' }), { status: 'running' });
    expect(ids(after.shown)).toEqual(['1']);
  });

  it('is ignored when it is older than what is shown', () => {
    const shown = [row('1', { seq: 7, status: 'completed' })];
    expect(mergeRow(list(shown), row('1', { seq: 6 }), {}).shown).toEqual(shown);
  });

  it('waits above the list when it is new', () => {
    const after = mergeRow(mergeRow(list([row('1')]), row('2'), {}), row('3'), {});
    expect(ids(after.shown)).toEqual(['1']);
    expect(ids(after.waiting)).toEqual(['3', '2']);
  });

  it('waits no longer when it stops matching', () => {
    const waiting = mergeRow(list([]), row('2'), { status: 'running' });
    expect(mergeRow(waiting, row('2', { seq: 2, status: 'failed' }), { status: 'running' }).waiting).toEqual([]);
  });

  it('that belongs to an older page is not taken for a new job', () => {
    expect(mergeRow(list([row('5'), row('4')], true), row('2', { seq: 9 }), {}).waiting).toEqual([]);
    expect(ids(mergeRow(list([row('5'), row('4')], false), row('2', { seq: 9 }), {}).waiting)).toEqual(['2']);
  });
});

describe('settling', () => {
  it('lets new rows in, newest first, and takes out what no longer matches', () => {
    let rows = list([row('4', { status: 'completed', seq: 3 }), row('3')]);
    rows = mergeRow(rows, row('5'), { status: 'running' });
    expect(ids(settle(rows, { status: 'running' }).shown)).toEqual(['5', '3']);
    expect(settle(rows, { status: 'running' }).waiting).toEqual([]);
  });

  it('changes nothing when there is nothing to do', () => {
    const rows = list([row('1')]);
    expect(settle(rows, {})).toBe(rows);
  });
});

describe('a page that is fetched again', () => {
  it('is taken as it is at rest, but never with older rows than known', () => {
    const after = mergePage(
      list([row('1', { seq: 9 })]),
      { jobs: [row('2'), row('1', { seq: 8 })], more: true },
      { filter: {}, atRest: true },
    );
    expect(after.shown.map((r) => [r.id, r.seq])).toEqual([
      ['2', 1],
      ['1', 9],
    ]);
    expect(after.more).toBe(true);
  });

  it('moves nothing while somebody points at the list', () => {
    const after = mergePage(list([row('1')]), { jobs: [row('2'), row('1', { seq: 4 })], more: false }, { filter: {}, atRest: false });
    expect(after.shown.map((r) => [r.id, r.seq])).toEqual([['1', 4]]);
    expect(ids(after.waiting)).toEqual(['2']);
  });
});

describe('the filter', () => {
  it.each([
    [{ q: 'job 1' }, true],
    [{ q: ' AMA ' }, true],
    [{ q: 'order-sup' }, true],
    [{ q: 'nobody' }, false],
    [{ runbook: 'order-supplies' }, true],
    [{ runbook: 'order' }, false],
    [{ status: 'paused' as const }, false],
  ])('%j', (filter, expected) => expect(matches(row('1'), filter)).toBe(expected));
});
