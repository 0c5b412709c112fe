import fc from 'fast-check';
import { stringify } from 'csv-stringify/sync';
import { expect, test } from 'vitest';
import {
  columnWidths,
  isReadable,
  moreWords,
  portionsOf,
  rowsWords,
  shownOf,
  type Table,
} from '../../web/src/components/report/export-table.ts';
import { parseCsv } from '../../web/src/format/csv.ts';

test('CSV is read as RFC 4180 has it', () => {
  expect(parseCsv('\uFEFFa,b\r\n"1, one","say ""hi""\nthere"\r\n,\r\n')).toEqual([
    ['a', 'b'],
    ['1, one', 'say "hi"\nthere'],
    ['', ''],
  ]);
  expect(parseCsv('')).toEqual([]);
  expect(parseCsv('a')).toEqual([['a']]);
  expect(parseCsv('a,')).toEqual([['a', '']]);
  expect(parseCsv('5" pipe,"cut off')).toEqual([['5" pipe', 'cut off']]);
});

test('what is written as CSV is read again as it was', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', ' ', ';', '0') });
  const rows = fc
    .integer({ min: 1, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }));
  fc.assert(
    fc.property(rows, (table) => {
      expect(parseCsv(stringify(table, { quoted: true, quoted_empty: true }))).toEqual(table);
    }),
  );
});

test('a large field does not stop the reader', () => {
  const large = 'x"'.repeat(400_000);
  expect(parseCsv(`"${large.replaceAll('"', '""')}",1`)).toEqual([[large, '1']]);
});

test('a beginning of a CSV file shows no row that is cut', () => {
  expect(shownOf('x.csv', { text: 'n\n1\n2\n3', whole: true })).toEqual({
    table: { columns: ['n'], rows: [['1'], ['2'], ['3']], total: 3 },
  });
  expect(shownOf('x.csv', { text: 'n\n1\n2\n3', whole: false })).toEqual({
    table: { columns: ['n'], rows: [['1'], ['2']], total: undefined },
  });
});

function tableOf(rows: number, columns: number, whole = true): Table {
  const line = `${Array.from({ length: columns }, (_, i) => i).join(',')}\n`;
  const shown = shownOf('x.csv', { text: line.repeat(rows + 1), whole });
  if (!('table' in shown)) throw new Error('no table');
  return shown.table;
}

test('thousands of rows are shown, fewer where they are broad, and all are counted', () => {
  const shown = ([rows, columns]: readonly [number, number]) => tableOf(rows, columns).rows.length;
  expect(
    (
      [
        [450, 4],
        [5_000, 4],
        [5_001, 4],
        [5_000, 30],
      ] as const
    ).map(shown),
  ).toEqual([450, 5_000, 5_000, 2_000]);
  expect(tableOf(5_001, 4).total).toBe(5_001);
});

test('what leads to the rows says how many can be seen', () => {
  const words = (table: Table) => [rowsWords(table), moreWords(table)];
  expect(words(tableOf(1, 1))).toEqual(['1 row', 'All 1 row']);
  expect(words(tableOf(4_500, 2))).toEqual(['4,500 rows', 'All 4,500 rows']);
  expect(words(tableOf(6_000, 2))).toEqual(['6,000 rows', 'The first 5,000 rows of 6,000']);
  expect(words(tableOf(10, 2, false))).toEqual(['more than can be shown', 'The first 9 rows']);
});

test('a column is as wide as its longest text, within bounds, and rows come in portions', () => {
  expect(columnWidths(['n', 'name', 'long', '名'], [['1', 'Northwind', 'x'.repeat(90), '請求書'], ['22']])).toEqual([3, 9, 45, 6]);
  expect(portionsOf(Array.from({ length: 450 }, (_, i) => i)).map((portion) => portion.length)).toEqual([200, 200, 50]);
  expect(portionsOf([])).toEqual([]);
});

test('a JSON list of objects is a table with all columns, other JSON is text', () => {
  const text = '[{"a":1,"b":{"c":2}},{"a":null,"d":"x","__proto__":"y"}]';
  expect(shownOf('x.json', { text, whole: true })).toEqual({
    table: {
      columns: ['a', 'b', 'd', '__proto__'],
      rows: [
        ['1', '{"c":2}', '', ''],
        ['', '', 'x', 'y'],
      ],
      total: 2,
    },
  });
  expect(shownOf('x.json', { text: '{"a":[1]}', whole: true })).toEqual({ text: '{\n  "a": [\n    1\n  ]\n}' });
  expect(shownOf('x.json', { text: '[{"a":', whole: false })).toEqual({ text: '[{"a":' });
});

test('HTML can be looked at, as text', () => {
  expect(shownOf('x.html', { text: '<b>1</b>', whole: true })).toEqual({ text: '<b>1</b>' });
  expect([isReadable('a.PDF'), isReadable('a.csv'), isReadable('a.svg')]).toEqual([false, true, true]);
});
