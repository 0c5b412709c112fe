/** Exports as tables. Pure. */
import type { TextStart } from '../../api/artifact-text.ts';
import { parseCsv } from '../../format/csv.ts';

/** `total`: of all rows, where the whole file was read; `rows` has at most 200. */
export type Table = { columns: string[]; rows: string[][]; total: number | undefined };
/** What an export is shown as: rows and columns, or text as it stands. */
export type Shown = { table: Table } | { text: string };

const mostRows = 200;
const mostText = 20_000;

const tableOf = (columns: string[], rows: string[][], whole: boolean): Shown => ({
  table: { columns, rows: rows.slice(0, mostRows), total: whole ? rows.length : undefined },
});

function csvTable({ text, whole }: TextStart): Shown {
  const [columns = [], ...rows] = parseCsv(text);
  // the last row of a beginning is cut somewhere
  return tableOf(columns, whole ? rows : rows.slice(0, -1), whole);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const cell = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

function jsonShown({ text, whole }: TextStart): Shown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { text: text.slice(0, mostText) };
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every(isRecord))
    return { text: JSON.stringify(value, null, 2).slice(0, mostText) };
  const columns = [...new Set(value.slice(0, mostRows).flatMap((row) => Object.keys(row)))];
  const rows = value.map((row) => columns.map((column) => cell(Object.hasOwn(row, column) ? row[column] : undefined)));
  return tableOf(columns, rows, whole);
}

/** `name`: of the file; what is neither CSV nor JSON is text. */
export function shownOf(name: string, start: TextStart): Shown {
  if (/\.csv$/i.test(name)) return csvTable(start);
  return /\.json$/i.test(name) ? jsonShown(start) : { text: start.text.slice(0, mostText) };
}

/** Whether it can be looked at as a table or text: the others are for other programs. */
export const isReadable = (name: string): boolean => /\.(csv|json|jsonl|txt|md|xml|yaml|yml|html?|svg|log)$/i.test(name);
