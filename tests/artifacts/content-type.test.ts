import { buffer } from 'node:stream/consumers';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { checkStream, checkType, promisedType } from '../../src/artifacts/content-type.ts';
import { sniffedBytes } from '../../src/artifacts/sniff.ts';

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
const login = '\n<!-- portal -->\n<!DOCTYPE html>\n<html><title>Log in</title><form action="/login">';
const svg = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

async function zipOf(entries: Record<string, string>, compress = true): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(entries)) zip.addBuffer(Buffer.from(content), path, { compress });
  zip.end();
  return buffer(zip.outputStream);
}

const typeOf = (name: string, bytes: string | Buffer): string => checkType(name, Buffer.from(bytes)).type;

test.each<[string, string, string | Buffer]>([
  ['a.pdf', 'application/pdf', '%PDF-1.7\n%âãÏÓ'],
  ['a.png', 'image/png', png],
  ['a.jpg', 'image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0])],
  ['a.webp', 'image/webp', Buffer.from('RIFF\x24\0\0\0WEBPVP8 ', 'latin1')],
  ['a.csv.gz', 'application/gzip', gzipSync('a,b')],
  ['a.webm', 'video/webm', Buffer.from('\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x82\x84webm', 'latin1')],
  ['a.mp4', 'video/mp4', Buffer.from('\0\0\0\x20ftypisom\0\0', 'latin1')],
  ['a.xls', 'application/vnd.ms-excel', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])],
  ['a.csv', 'text/csv', 'name,town\r\nZoë,"<html>"\r\n'],
  ['a.csv', 'text/csv', Buffer.from('name;Stra\xdfe\r\n', 'latin1')],
  ['a.csv', 'text/csv', utf16('näme,town\r\n')],
  ['a.csv', 'text/csv', utf16('näme,town\r\n').swap16()],
  ['a.csv', 'text/csv', 'MZ,Mozambique\r\n'],
  ['a.txt', 'application/json', '{"a": 1}'],
  ['a.log', 'text/plain', '[2026-11-24] started\n'.repeat(2_000).slice(0, sniffedBytes)],
  ['a.json', 'application/json', `\ufeff[${'{"a": 1},'.repeat(5_000)}`.slice(0, sniffedBytes)],
  ['a.jsonl', 'application/json', '{"a": 1}\n{"a": 2}\n'],
  ['a.xml', 'text/html', '<table><row/></table>'],
  ['a.xml', 'application/xml', '<?xml version="1.0"?><!DOCTYPE invoice [<!ENTITY a "b">]><invoice/>'],
  ['a.xml', 'application/xml', '<invoice/>'],
  ['a.svg', 'image/svg+xml', svg],
  ['a.html', 'text/html', login],
  ['data', 'application/octet-stream', Buffer.from([1, 2, 3])],
  ['data', 'text/plain', 'plain words'],
  ['data', 'application/vnd.microsoft.portable-executable', Buffer.from('MZ\x90\0\x03\0', 'latin1')],
  ['x.pdf.exe', 'application/pdf', '%PDF-1.7'],
])('the bytes of %s are of type %s (%#)', (name, type, bytes) => {
  expect(typeOf(name, bytes)).toBe(type);
});

const workbook = { '[Content_Types].xml': '<Types/>'.repeat(100), '_rels/.rels': '<Relationships/>', 'xl/workbook.xml': '<workbook/>' };
const sheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const document = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

test('documents in archives are told apart by what is in them', async () => {
  expect(checkType('rows.xlsx', await zipOf(workbook))).toEqual({ type: sheet });
  expect(checkType('rows.zip', await zipOf(workbook))).toEqual({ type: sheet });
  expect(checkType('data', await zipOf({ '[Content_Types].xml': '', 'word/document.xml': '' }))).toEqual({ type: document });
  // the folder of a document alone makes none
  expect(checkType('all.zip', await zipOf({ 'xl/a.csv': 'a' }))).toEqual({ type: 'application/zip' });
  const text = await zipOf({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': '<x/>' }, false);
  expect(typeOf('letter.odt', text)).toBe('application/vnd.oasis.opendocument.text');
  expect(checkType('letter.docx', text).note).toContain('not a Word document');
});

test.each<[string, string, string, string | Buffer]>([
  [
    'invoice.pdf',
    'invoice.pdf is a web page (HTML), not a PDF document; mostly that is a log-in or an error page that came',
    'text/html',
    login,
  ],
  ['logo.png', 'logo.png is an SVG picture, not a PNG picture.', 'image/svg+xml', svg],
  ['logo.png', 'logo.png is a GIF picture, not a PNG picture.', 'image/gif', 'GIF89a/*<script>alert(1)</script>*/'],
  ['rows.csv', 'rows.csv is a JSON document, not a table (CSV).', 'application/json', '{"error":"unauthorized"}'],
  ['rows.csv', 'rows.csv is a web page (HTML), not a table', 'text/html', utf16(login)],
  ['rows.xlsx', 'rows.xlsx is a PDF document, not an Excel workbook.', 'application/pdf', '%PDF-1.4'],
  ['rows.json', 'rows.json is a text, not a JSON document.', 'text/plain', 'no such report'],
  ['notes.txt', 'notes.txt is a file of an unknown kind, not a text.', 'application/octet-stream', Buffer.from([7])],
  ['all.zip', 'all.zip is a text, not a ZIP archive.', 'text/plain', Buffer.from([0x50])],
  ['invoice.pdf', 'invoice.pdf is empty: it has no bytes.', 'application/pdf', ''],
  ['export', 'export is empty: it has no bytes.', 'application/octet-stream', ''],
])('of %s is told: %s', (...[name, note, type, bytes]) => {
  expect(checkType(name, Buffer.from(bytes))).toEqual({ type, note: expect.stringContaining(note) as string });
});

test('a name that promises nothing is believed', () => {
  expect([promisedType('report'), promisedType('report.constructor'), promisedType('A.PDF')]).toEqual([
    undefined,
    undefined,
    'application/pdf',
  ]);
  expect(checkType('report.dat', Buffer.from(login))).toEqual({ type: 'text/html' });
});

test.each([
  ['<!--'.repeat(sniffedBytes / 4)],
  [`<!doctype x${' '.repeat(sniffedBytes)}`],
  [`<!doctype x [${']   '.repeat(sniffedBytes / 4)}`],
  ['[1,'.repeat(sniffedBytes / 3)],
  ['PK\x03\x04'.repeat(sniffedBytes / 4)],
  ['<?xml '.repeat(sniffedBytes / 6)],
])('hostile bytes cost no time (%#)', (text) => {
  const began = performance.now();
  checkType('a.html', Buffer.from(text).subarray(0, sniffedBytes));
  expect(performance.now() - began).toBeLessThan(500);
});

test('a stream is looked at while it goes by: all of it comes, and only its beginning is in memory', async () => {
  const chunk = Buffer.alloc(1_000_000, 'x');
  let given = 0;
  const stream = Readable.from(
    (function* () {
      for (; given < 300; given += 1) yield Buffer.from(chunk);
    })(),
  );
  const checked = await checkStream('big.txt', stream);
  expect(checked.type).toBe('text/plain');
  expect(given).toBeLessThan(40);
  let [length, most] = [0, 0];
  const before = process.memoryUsage().arrayBuffers;
  for await (const part of checked.stream) {
    length += (part as Buffer).length;
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(length).toBe(300_000_000);
  expect(most).toBeLessThan(150_000_000);
});

test('a stream of single bytes, an empty one and one that breaks are read as they are', async () => {
  const bytes = Buffer.from(`%PDF-${'a'.repeat(20_000)}`);
  const single = await checkStream(
    'a.pdf',
    Readable.from(
      [...bytes].map((byte) => Buffer.from([byte])),
      { objectMode: true },
    ),
  );
  expect(single).toMatchObject({ type: 'application/pdf' });
  expect(await buffer(single.stream)).toEqual(bytes);
  const empty = await checkStream('a.pdf', Readable.from([]));
  expect([empty.note, (await buffer(empty.stream)).length]).toEqual(['a.pdf is empty: it has no bytes.', 0]);
  const early = new PassThrough();
  early.destroy(new Error('the line went dead'));
  await expect(checkStream('a.pdf', early)).rejects.toThrow('the line went dead');
  const late = new PassThrough();
  late.write(Buffer.alloc(sniffedBytes));
  const { stream } = await checkStream('a.pdf', late);
  late.destroy(new Error('the line went dead late'));
  await expect(buffer(stream)).rejects.toThrow('went dead late');
});

test('whoever gives up what was looked at ends the stream behind it', async () => {
  const source = new PassThrough();
  source.write(Buffer.alloc(sniffedBytes));
  const { stream } = await checkStream('a.bin', source);
  for await (const part of stream) {
    expect(part).toHaveLength(sniffedBytes);
    break;
  }
  expect(source.destroyed).toBe(true);
});
