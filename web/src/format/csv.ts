/**
 * Reads CSV as RFC 4180 has it: commas, rows end with CRLF or LF, `""` inside quotes is a quote, and so are commas and line breaks.
 * A byte order mark is left out. A last row that is cut off inside quotes is given as far as it goes; a quote in the middle of an unquoted field is a character.
 */
export function parseCsv(text: string): string[][] {
  const field = /("([^"]*(?:""[^"]*)*)("|$)[^,\r\n]*|[^,\r\n]*)(,|\r\n|\n|\r|$)/gy;
  const rows: string[][] = [];
  let row: string[] = [];
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  field.lastIndex = 0;
  while (field.lastIndex < source.length || row.length > 0) {
    const match = field.exec(source);
    if (!match) break;
    row.push(match[2] === undefined ? (match[1] ?? '') : match[2].replaceAll('""', '"'));
    if (match[4] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
