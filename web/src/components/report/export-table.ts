/** Exports as tables. Pure. */
import type { TextStart } from '../../api/artifact-text.ts';
import { parseCsv } from '../../format/csv.ts';

/** `total`: of all rows, where the whole file was read; `rows` has as many as a page draws without a wait. */
export type Table = { columns: string[]; rows: string[][]; total: number | undefined };
/** What an export is shown as: rows and columns, or text as it stands. */
export type Shown = { table: Table } | { text: string };

const mostRows = 5_000;
/** cells, not rows, take the browser's time: the first rows are there at once, so many after about a second */
const mostCells = 60_000;
const mostText = 20_000;

const tableOf = (columns: string[], rows: string[][], whole: boolean): Shown => ({
  table: {
    columns,
    rows: rows.slice(0, Math.min(mostRows, Math.floor(mostCells / Math.max(1, columns.length)))),
    total: whole ? rows.length : undefined,
  },
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

/** East Asian signs take two places. */
const placesOf = (text: string): number => text.length + (text.match(/[\u1100-\uffdc]/g)?.length ?? 0);
const [leastPlaces, mostPlaces] = [3, 45];

/** How many signs of a column are shown: as many as its longest text has, within bounds. */
export function columnWidths(columns: readonly string[], rows: readonly (readonly string[])[]): number[] {
  return columns.map((column, c) =>
    rows.reduce(
      (most, row) => Math.max(most, Math.min(mostPlaces, placesOf((row[c] ?? '').slice(0, mostPlaces)))),
      // its font is not that of the cells: capitals are wider
      Math.min(mostPlaces, Math.max(leastPlaces, placesOf(column) + 1)),
    ),
  );
}

/** What is drawn together. */
export function portionsOf<Row>(rows: readonly Row[]): Row[][] {
  const size = 200;
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));
}

const rowCount = (count: number): string => `${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'}`;

/** "450 rows", or that there are more than were read. */
export const rowsWords = ({ total }: Table): string => (total === undefined ? 'more than can be shown' : rowCount(total));

/** What leads to the rows that can be shown: all, or how many they are. */
export function moreWords({ rows, total }: Table): string {
  if (total === rows.length) return `All ${rowCount(total)}`;
  return `The first ${rowCount(rows.length)}${total === undefined ? '' : ` of ${total.toLocaleString('en')}`}`;
}

/** Whether it can be looked at as a table or text: the others are for other programs. */
export const isReadable = (name: string): boolean => /\.(csv|json|jsonl|txt|md|xml|yaml|yml|html?|svg|log)$/i.test(name);
