/** Tables as text: RFC 4180, with any of the usual ends of lines. */

export type CsvTable = { rows: string[][]; lines: number[] };
/** `line` counts from 1. */
export class CsvError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** What a field that begins here may be: text in quotes, in which a quote is written twice, or text without quotes up to the separator or the end of the line. */
const quotedField = /"((?:[^"]|"")*)"/y;
const plainField = (separator: string): RegExp => new RegExp(`[^${separator}\\r\\n]*`, 'y');
const lineEnd = /\r\n|\r|\n/y;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const linesIn = (text: string): number => text.split(/\r\n|\r|\n/).length - 1;

type Field = { value: string; length: number };

function fieldAt(text: string, at: number, { unquoted, line }: { unquoted: RegExp; line: number }): Field {
  if (text[at] !== '"') {
    const value = matchAt(unquoted, text, at)?.[0] ?? '';
    if (value.includes('"'))
      throw new CsvError(line, 'a quote in the middle of a value: put the whole value in quotes, and write its own quotes twice');
    return { value, length: value.length };
  }
  const found = matchAt(quotedField, text, at);
  if (!found) throw new CsvError(line, 'a quote is opened here and never closed');
  return { value: (found[1] ?? '').replaceAll('""', '"'), length: found[0].length };
}

const separatorOf = (head: string): string =>
  [',', ';', '\t'].reduce((best, one) => (head.split(one).length > head.split(best).length ? one : best));

type Record = { row: string[]; at: number; line: number };

/** From the beginning of a record to behind its end of line. */
function recordAt(text: string, from: Omit<Record, 'row'>, { separator, unquoted }: { separator: string; unquoted: RegExp }): Record {
  const row: string[] = [];
  let { at, line } = from;
  for (;;) {
    const { value, length } = fieldAt(text, at, { unquoted, line });
    row.push(value);
    line += linesIn(text.slice(at, at + length));
    at += length;
    if (text[at] !== separator) break;
    at += 1;
  }
  const end = matchAt(lineEnd, text, at)?.[0];
  if (end === undefined && at < text.length) throw new CsvError(line, 'text behind a closing quote: write quotes within a value twice');
  return { row, at: at + (end?.length ?? 0), line: line + 1 };
}

/**
 * All records with the lines on which they begin; empty lines are left out. The separator is the one of `,` `;` and tab that the first line has most of.
 * @throws CsvError
 */
export function parseCsv(text: string): CsvTable {
  const separator = separatorOf(/^[^\r\n]*/.exec(text)?.[0] ?? '');
  const way = { separator, unquoted: plainField(separator) };
  const table: CsvTable = { rows: [], lines: [] };
  for (let at = 0, line = 1; at < text.length;) {
    const record = recordAt(text, { at, line }, way);
    const isEmpty = record.row.length === 1 && /^[\r\n]/.test(text.slice(at, at + 1));
    if (!isEmpty) {
      table.rows.push(record.row);
      table.lines.push(line);
    }
    ({ at, line } = record);
  }
  return table;
}
