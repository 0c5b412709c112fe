import fc from 'fast-check';
import { stringify } from 'csv-stringify/sync';
import { expect, test } from 'vitest';
import { isReadable, shownOf } from '../../web/src/components/report/export-table.ts';
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

test('of many rows 200 are shown, and all are counted', () => {
  const shown = shownOf('x.csv', { text: `n\n${'1\n'.repeat(500)}`, whole: true });
  expect('table' in shown && [shown.table.rows.length, shown.table.total]).toEqual([200, 500]);
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
