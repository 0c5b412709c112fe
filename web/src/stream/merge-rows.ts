/** How news come into a list that somebody reads: rows change in place, new ones wait until they are let in. Pure. */
import type { JobRow, JobStatus } from '../../../src/contract/job.ts';

export type Filter = { status?: JobStatus; runbook?: string; q?: string };
export type Rows = {
  shown: JobRow[];
  /** new rows that wait above the list, newest first */
  waiting: JobRow[];
  /** there are older pages, so a row that is older than the last one shown is on one of them */
  more: boolean;
};

/** The server's own meaning of the filter, for rows that come by the stream. */
export function matches(row: JobRow, filter: Filter): boolean {
  if (filter.status && row.status !== filter.status) return false;
  if (filter.runbook && row.runbook?.id !== filter.runbook) return false;
  const q = filter.q?.trim().toLowerCase();
  if (!q) return true;
  return [row.title, row.id, row.runbook?.id ?? '', row.requestedBy].some((text) => text.toLowerCase().includes(q));
}

const newestFirst = (a: JobRow, b: JobRow): number =>
  a.createdAt === b.createdAt ? (a.id < b.id ? 1 : -1) : a.createdAt < b.createdAt ? 1 : -1;
/** The place in the queue changes without an event, so a row of the same seq may say something new. */
const replace = (rows: JobRow[], row: JobRow): JobRow[] => rows.map((r) => (r.id === row.id && r.seq <= row.seq ? row : r));

function onOlderPage(rows: Rows, row: JobRow): boolean {
  const last = rows.shown.at(-1);
  return rows.more && last !== undefined && newestFirst(row, last) > 0;
}

/**
 * One changed row. A shown row changes where it stands, even when it no longer matches: nothing moves under the pointer.
 * A row that is new to the list waits; one that is older than all shown belongs to another page.
 */
export function mergeRow(rows: Rows, row: JobRow, filter: Filter): Rows {
  if (rows.shown.some((r) => r.id === row.id)) return { ...rows, shown: replace(rows.shown, row) };
  const others = rows.waiting.filter((r) => r.id !== row.id);
  if (!matches(row, filter) || onOlderPage(rows, row)) return others.length === rows.waiting.length ? rows : { ...rows, waiting: others };
  return { ...rows, waiting: [...others, row].sort(newestFirst) };
}

/** Lets the waiting rows in and takes those out that no longer match. */
export function settle(rows: Rows, filter: Filter): Rows {
  const kept = rows.shown.filter((row) => matches(row, filter));
  if (rows.waiting.length === 0 && kept.length === rows.shown.length) return rows;
  return { ...rows, shown: [...rows.waiting, ...kept].sort(newestFirst), waiting: [] };
}

/** A page that was fetched again. At rest it is taken as it is; else known rows change in place and new ones wait. */
export function mergePage(
  rows: Rows,
  page: { jobs: JobRow[]; more: boolean },
  { filter, atRest }: { filter: Filter; atRest: boolean },
): Rows {
  if (!atRest) return page.jobs.reduce((merged, row) => mergeRow(merged, row, filter), rows);
  const known = new Map(rows.shown.map((row) => [row.id, row]));
  return { shown: page.jobs.map((row) => newer(known.get(row.id), row)), waiting: [], more: page.more };
}

/** The answer of a request may be older than what the stream said meanwhile. */
const newer = (known: JobRow | undefined, row: JobRow): JobRow => (known && known.seq > row.seq ? known : row);
