/** The jobs that wait for a person, kept up to date by rows and by whole answers, in whatever order they come. Pure. */
import type { ApprovalBrief } from '../../../../src/contract/approval.ts';
import type { JobRow } from '../../../../src/contract/job.ts';

export type WaitingRow = JobRow & { approval: ApprovalBrief };
export type InboxOrder = 'deadline' | 'age';
/** `seen`: the newest seq of every job that was heard of, so that an older answer brings no question back that is closed. */
export type Waiting = { rows: readonly WaitingRow[]; seen: ReadonlyMap<string, number> };

export const nobodyWaits: Waiting = { rows: [], seen: new Map() };

export const isWaiting = (row: JobRow): row is WaitingRow => row.status === 'waiting_for_approval' && row.approval !== null;

const stale = ({ seen }: Waiting, row: JobRow): boolean => (seen.get(row.id) ?? 0) > row.seq;

export function takeRow(known: Waiting, row: JobRow): Waiting {
  if (stale(known, row)) return known;
  const others = known.rows.filter((one) => one.id !== row.id);
  const wasHere = others.length !== known.rows.length;
  if (!isWaiting(row) && !wasHere && !known.seen.has(row.id)) return known;
  return { rows: isWaiting(row) ? [...others, row] : others, seen: new Map(known.seen).set(row.id, row.seq) };
}

/** Rows that are not in the answer wait no more, unless the stream has told of them since it was asked for (`since`: what was known then). */
export function takeList(known: Waiting, list: readonly JobRow[], since: Waiting): Waiting {
  const listed = new Set(list.map((row) => row.id));
  const newer = (row: WaitingRow): boolean => (since.seen.get(row.id) ?? 0) < row.seq;
  const kept: Waiting = { ...known, rows: known.rows.filter((row) => listed.has(row.id) || newer(row)) };
  return list.reduce(takeRow, kept);
}

const byAge = (a: WaitingRow, b: WaitingRow): number => Date.parse(a.approval.askedAt) - Date.parse(b.approval.askedAt);

/** Those without a deadline come after those with one. */
function byDeadline(a: WaitingRow, b: WaitingRow): number {
  const [first, second] = [a, b].map((row) => (row.approval.deadline ? Date.parse(row.approval.deadline) : Infinity));
  return first === second ? byAge(a, b) : (first ?? 0) - (second ?? 0);
}

/** `held`: the order of a list that somebody points at; it stays, and what is new comes below. */
export function inOrder(rows: readonly WaitingRow[], order: InboxOrder, held: readonly string[] = []): WaitingRow[] {
  const sorted = [...rows].sort(order === 'age' ? byAge : byDeadline);
  if (held.length === 0) return sorted;
  const place = (row: WaitingRow): number => (held.includes(row.id) ? held.indexOf(row.id) : held.length);
  return sorted.sort((a, b) => place(a) - place(b));
}
