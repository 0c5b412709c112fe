/** A table of data: each row is what one job is started with. */
import type { Runbook } from '../contract/runbook.ts';
import type { StartJobBody } from '../contract/start.ts';
import { columnOf } from '../domain/resolve-inputs.ts';
import type { Console } from './console.ts';
import { CsvError, parseCsv } from './csv.ts';
import { CommandError } from './exit.ts';
import { readText } from './read-text.ts';

export type DataRow = NonNullable<StartJobBody['data']>;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lists and objects within a row are handed on as JSON. */
const cell = (value: unknown): DataRow[string] =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value);

function fromJson(text: string, file: string): DataRow[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`--data ${file}: it is no valid JSON (${(error as Error).message})`, undefined, { cause: error });
  }
  const list = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
  return list.map((row, index) => {
    if (!isObject(row)) throw new CommandError(`--data ${file}: row ${index + 1} must be an object as {"column": "value"}`);
    return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, cell(value)]));
  });
}

function headOf(head: string[], file: string): string[] {
  const columns = head.map((column) => column.trim());
  const empty = columns.indexOf('');
  if (empty >= 0) throw new CommandError(`--data ${file}:1: column ${empty + 1} has no name; the first line names the columns`);
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new CommandError(`--data ${file}:1: two columns are called \`${twice}\``);
  return columns;
}

function fromCsv(text: string, file: string): DataRow[] {
  try {
    const { rows, lines } = parseCsv(text);
    const [head, ...body] = rows;
    if (!head) throw new CommandError(`--data ${file}: it is empty; the first line names the columns`);
    const columns = headOf(head, file);
    return body.map((row, index) => {
      if (row.length !== columns.length)
        throw new CommandError(
          `--data ${file}:${lines[index + 1] ?? 0}: ${row.length} values for ${columns.length} columns; put values with separators in quotes`,
        );
      return Object.fromEntries(columns.map((column, at) => [column, row[at] ?? '']));
    });
  } catch (error) {
    if (error instanceof CsvError) throw new CommandError(`--data ${file}:${error.line}: ${error.message}`, undefined, { cause: error });
    throw error;
  }
}

/** Rows of a file that ends with .json (a list of objects, or one), else of CSV with the columns' names in its first line. @throws CommandError */
export async function readRows(console: Console, file: string): Promise<DataRow[]> {
  const text = await readText(console, file);
  const rows = /\.json$/i.test(file) || /^\s*[[{]/.test(text) ? fromJson(text, file) : fromCsv(text, file);
  if (rows.length === 0) throw new CommandError(`--data ${file}: it has no row`);
  return rows;
}

/** The row that is meant: `number` counts from 1; without it the only one. @throws CommandError */
export function chooseRow(rows: DataRow[], number: number | undefined, file: string): DataRow {
  if (number === undefined && rows.length > 1)
    throw new CommandError(
      `--data ${file}: it has ${rows.length} rows, and a job takes one: choose with --row 1 to --row ${rows.length}, or start a job for each with --all-rows`,
    );
  const row = rows[(number ?? 1) - 1];
  if (!row) throw new CommandError(`--row ${number ?? 1}: ${file} has ${rows.length === 1 ? 'one row' : `rows 1 to ${rows.length}`}`);
  return row;
}

/** The row without the columns that no variable reads, and their names: tables have more than a job needs, and what is not needed is not sent. */
export function usedColumns(row: DataRow, runbook: Runbook): { row: DataRow; unused: string[] } {
  const wanted = new Set(Object.entries(runbook.variables).map(([name, variable]) => columnOf(name, variable, runbook)));
  const columns = Object.keys(row);
  return {
    row: Object.fromEntries(Object.entries(row).filter(([column]) => wanted.has(column))),
    unused: columns.filter((column) => !wanted.has(column)),
  };
}
