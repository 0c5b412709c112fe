/**
 * Rows as CSV: RFC 4180, UTF-8 without a byte order mark (programs would take it for a part of the first column's name; spreadsheets ask for the encoding when they
 * import), lines ending with CR LF.
 */
import { Readable, type Transform } from 'node:stream';
import { stringify } from 'csv-stringify';
import { mask } from '../../domain/redact.ts';
import { asText } from './as-text.ts';
import { masked } from './sealed.ts';

type Redact = (text: string) => string;
type Row = Record<string, unknown>;

/** The column of rows that are plain values. */
const valueColumn = 'value';

/** The library quotes only for the end of line that it writes itself; readers end a line at each of these. */
const lineEnd = /[\n\v\f\r\u0085\u2028\u2029]/;

/**
 * The columns are the fields of all rows, in the order in which they appear; rows that are no objects go into a column `value`. Lists and objects within a row
 * are written as JSON. No rows: an empty file. An empty text alone in its line is quoted, since readers pass over empty lines.
 */
export function csvOf(rows: readonly unknown[], redact: Redact): Readable {
  const columns = columnsOf(rows);
  const stringifier: Transform = stringify({ record_delimiter: 'windows', quoted_match: lineEnd, quoted_empty: columns.length === 1 });
  const lines = Readable.from(linesOf(rows, { columns, redact }));
  lines.on('error', (error) => stringifier.destroy(error));
  return lines.pipe(stringifier);
}

function* linesOf(rows: readonly unknown[], { columns, redact }: { columns: string[]; redact: Redact }): Generator<string[]> {
  if (columns.length > 0) yield columns.map((name) => cell(name, redact));
  for (const row of rows) {
    const fields = fieldsOf(row);
    yield columns.map((name) => cell(Object.hasOwn(fields, name) ? fields[name] : undefined, redact));
  }
}

const columnsOf = (rows: readonly unknown[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(fieldsOf(row))))];

function fieldsOf(row: unknown): Row {
  const plain = masked(row, mask);
  return typeof plain === 'object' && plain !== null && !Array.isArray(plain) ? (plain as Row) : { [valueColumn]: plain };
}

const cell = (data: unknown, redact: Redact): string => inert(redact(asText(data)));

const plainNumber = /^[+-]?\d+(?:[.,]\d+)*$/;

/** What programs pass over at the beginning of a cell: blanks of all kinds, control characters, and what cannot be seen. */
const formula = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]/u;

/** Spreadsheets take such texts for formulas, which can run programs and send data away; pages can put them into a row. */
const inert = (text: string): string =>
  /^[\t\r\n]/.test(text) || (formula.test(text) && !plainNumber.test(text.trim())) ? `'${text}` : text;
