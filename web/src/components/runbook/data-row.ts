/** Rows for the run form, out of what people have: a table as CSV (or pasted from a sheet, with tabs), or JSON. */

export type DataRow = Record<string, string>;

/** JSON: one object, or a list of them. Else the first line names the columns. @returns empty when it is neither */
export function rowsOf(text: string): DataRow[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  return /^[[{]/.test(trimmed) ? rowsOfJson(trimmed) : rowsOfTable(trimmed);
}

function rowsOfJson(text: string): DataRow[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return (Array.isArray(parsed) ? parsed : [parsed]).filter(isObject).map(plainRow);
  } catch {
    return [];
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const plainRow = (row: Record<string, unknown>): DataRow =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plainValue(value)]));
const plainValue = (value: unknown): string => (value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));

function rowsOfTable(text: string): DataRow[] {
  const [head, ...lines] = cellsOf(text);
  if (!head) return [];
  return lines
    .filter((cells) => cells.some((cell) => cell !== ''))
    .map((cells) => Object.fromEntries(head.map((column, i) => [column.trim(), cells[i] ?? ''])));
}

/** The first line says what separates: tabs, semicolons, else commas. */
function separatorOf(text: string): string {
  const head = text.slice(0, text.search(/[\r\n]|$/));
  if (head.includes('\t')) return '\t';
  return head.includes(';') && !head.includes(',') ? ';' : ',';
}

/** Quotes as in RFC 4180. */
function cellsOf(text: string): string[][] {
  const separator = separatorOf(text);
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^${separator}\\r\\n]*))(${separator}|\\r\\n|\\r|\\n|$)`, 'gy');
  const lines: string[][] = [];
  let line: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(cell)) {
    line.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === separator) continue;
    lines.push(line);
    line = [];
    if (end === '') break;
  }
  return lines;
}

/** The values of one row for fields that read its columns; columns that differ only in case count, too. */
export function valuesFrom(row: DataRow, fields: readonly { name: string; column?: string }[]): Record<string, string> {
  const loose = new Map(Object.entries(row).map(([column, value]) => [column.trim().toLowerCase(), value]));
  return Object.fromEntries(
    fields.flatMap(({ name, column = name }) => {
      const value = row[column] ?? loose.get(column.toLowerCase());
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
