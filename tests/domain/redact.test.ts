import { expect, test } from 'vitest';
import { createLiveRedactor, createRedactor } from '../../src/domain/redact.ts';
import { writtenForms } from '../../src/domain/secret-forms.ts';

const secret = `p&ss"w<o>r/d 'ü+\\1`;
const html = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

test.each([
  ['plain', secret],
  ['URL-encoded', encodeURIComponent(secret)],
  ['form-encoded', new URLSearchParams({ a: secret }).toString().slice(2)],
  ['as URL shows it', encodeURI(secret)],
  ['HTML text', html(secret)],
  ['HTML attribute', html(secret).replace(/"/g, '&quot;')],
  ['HTML with both quotes', html(secret).replace(/"/g, '&quot;').replace(/'/g, '&#39;')],
  ['JSON', JSON.stringify(secret).slice(1, -1)],
  ['JSON in JSON', JSON.stringify(JSON.stringify({ a: secret }))],
  ['base64', Buffer.from(secret).toString('base64')],
  ['base64url', Buffer.from(secret).toString('base64url')],
  ['hex', Buffer.from(secret).toString('hex')],
  ['hex in capitals', Buffer.from(secret).toString('hex').toUpperCase()],
])('a value is masked as %s', (_form, text) => {
  const masked = createRedactor([secret])(`before ${text} after`);
  expect(masked).toContain('•••');
  expect(masked).toMatch(/^before /);
  expect(masked).toMatch(/ after$/);
  expect(masked).not.toContain(text);
});

test.each(['user:', 'me:', 'a:'])('a value is masked in the base64 of more, as in an Authorization header (%j)', (before) => {
  const encoded = Buffer.from(`${before}harbour-42-long:more`).toString('base64');
  const masked = createRedactor(['harbour-42-long'])(`Basic ${encoded}`);
  expect(masked).toContain('•••');
  for (const part of masked.replace('Basic ', '').split('•••')) expect(Buffer.from(part, 'base64').toString()).not.toContain('harbour');
});

test('a value is masked in the hex of more', () => {
  const encoded = Buffer.from('before harbour-42-long after').toString('hex');
  const masked = createRedactor(['harbour-42-long'])(encoded);
  expect(masked).toBe(`${Buffer.from('before ').toString('hex')}•••${Buffer.from(' after').toString('hex')}`);
});

const umlauts = 'Müller-Passwort';
const asBytes: [string, Buffer][] = [
  ['UTF-8', Buffer.from(umlauts)],
  ['Latin-1', Buffer.from(umlauts, 'latin1')],
  ['UTF-16, the low byte first', Buffer.from(umlauts, 'utf16le')],
  ['UTF-16, the high byte first', Buffer.from(umlauts, 'utf16le').swap16()],
];
/** The characters of a base64 or hex that carry nothing but a zero byte, or bits of a neighbour, may stay. */
const onlyEdges = /^.{0,3}•••.{0,3}$/;

test.each(asBytes)('a value with a letter beyond ASCII is masked in base64 and hex of %s', (_charset, bytes) => {
  const redact = createRedactor([umlauts]);
  for (const form of [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex'), bytes.toString('hex').toUpperCase()])
    expect(redact(form)).toMatch(onlyEdges);
  expect(redact(bytes.toString('hex').replace(/..(?=.)/g, '$& '))).toMatch(/^(00 )?•••( 00)?$/);
  for (const before of [':', 'a:', 'me:']) {
    const around = Buffer.concat([Buffer.from(before), bytes, Buffer.from(':end')]).toString('base64');
    const left = redact(around).split('•••');
    expect(left).toHaveLength(2);
    expect((left[0] ?? '').length + (left[1] ?? '').length).toBeLessThan(around.length - Math.floor(((bytes.length - 1) * 8) / 6) + 2);
  }
});

test('a value with a letter beyond Latin-1, and one of ASCII, are masked in the base64 and hex of UTF-16', () => {
  for (const value of ['Zażółć-gęślą', 'harbour-42-long']) {
    const redact = createRedactor([value]);
    const little = Buffer.from(value, 'utf16le');
    for (const bytes of [little, Buffer.from(little).swap16()])
      for (const form of [bytes.toString('base64'), bytes.toString('hex')]) expect(redact(form)).toMatch(onlyEdges);
  }
});

test('what btoa makes of a name and a password is masked, as a page shows it', () => {
  const shown = createRedactor([umlauts])(`Basic ${btoa(`user:${umlauts}`)}`);
  expect(shown).toContain('•••');
  expect(shown).not.toContain('N/GxsZXItUGFzc3dvcn');
});

test.each([
  ['76 columns', 76, '\r\n'],
  ['64 columns', 64, '\n'],
  ['indented lines', 64, '\n  '],
  ['lines as JSON has them', 64, '\\n'],
  ['lines as an address has them', 76, '%0D%0A'],
])('a value is masked in the base64 of more that is broken into %s', (_name, columns, between) => {
  const value = `harbour-Wört-${'0123456789'.repeat(8)}`;
  for (let before = 40; before < 46; before += 1) {
    const whole = Buffer.from(`${'.'.repeat(before)}${value}${'.'.repeat(50)}`).toString('base64');
    const shown = createRedactor([value])(whole.replace(new RegExp(`.{${columns}}(?=.)`, 'g'), (line) => line + between));
    expect(shown.split('•••')).toHaveLength(2);
    // what base64 makes of the dots
    expect(shown.replaceAll(between, '')).toMatch(/^[Li4u]+.{0,2}•••.{0,2}[Li4u]+g?=*$/);
  }
});

test('a value that stood unencoded in the query of an address is masked as the page reads it', () => {
  const shown = createRedactor(['North Sea+7&harbour#5'])('North Sea 7 | harbour | North Sea+7 | 5');
  expect(shown).toBe('••• | ••• | ••• | 5');
});

test('the longest value wins', () => {
  expect(createRedactor(['abc', 'abcdef'])('abcdef abc')).toBe('••• •••');
});

test('values shorter than 3 characters are left alone, and no values change nothing', () => {
  expect(createRedactor(['ab', ''])('ab cab')).toBe('ab cab');
  expect(createRedactor([])('anything')).toBe('anything');
});

test('each line of a value of several lines is masked', () => {
  expect(createRedactor(['first line\nsecond line'])('first line | second line')).toBe('••• | •••');
});

test('half a surrogate pair does no harm', () => {
  expect(createRedactor(['abc\ud800'])('x abc\ud800')).toBe('x •••');
});

test('deep masks text anywhere in plain data, keys too, and leaves the original', () => {
  const data = { a: ['x secret', { secret: 1, b: null }], c: true };
  expect(createRedactor(['secret']).deep(data)).toEqual({ a: ['x •••', { '•••': 1, b: null }], c: true });
  expect(data.a[0]).toBe('x secret');
});

const addressed = [
  'pa|ss w0rd',
  "it's/a key",
  'a{b}c d',
  'pass[1] "w',
  '100% sure x',
  'pa+ss@1',
  `Kan4ri|Wacht w0ord'/7+x{1}`,
  'grüße^`\\<z>',
];
const asAddress = (value: string): Record<string, string> => {
  const address = new URL('http://h/');
  [address.search, address.hash, address.password, address.pathname] = [value, value, value, `/${value}`];
  return { query: address.search.slice(1), fragment: address.hash.slice(1), password: address.password, path: address.pathname.slice(1) };
};

test.each(addressed)('what the parts of an address make of %j is masked, in either case and twice encoded', (value) => {
  const redact = createRedactor([value]);
  const forms = [...Object.values(asAddress(value)), new URLSearchParams({ v: value }).toString().slice(2)];
  for (const form of forms) {
    expect(redact(`http://h/?p=${form}&q=1`)).toBe('http://h/?p=•••&q=1');
    expect(redact(form.replace(/%../g, (code) => code.toLowerCase()))).toBe('•••');
    expect(redact(`?next=${encodeURIComponent(form)}&more`)).toBe('?next=•••&more');
  }
});

test('what pictures look for is what the parts of an address make of a value', () => {
  for (const value of addressed) {
    const written = writtenForms(value).map((form) => form.toLowerCase());
    expect({ value, written }).toEqual({
      value,
      written: expect.arrayContaining(Object.values(asAddress(value)).map((form) => form.toLowerCase())),
    });
  }
  expect(writtenForms('kan4ri')).toEqual(['kan4ri']);
});

test.each([
  ['slashes as PHP writes them', 'a\\/b<c&d ü-9'],
  ['ASCII as Python writes it', 'a/b<c&d \\u00fc-9'],
  ['what Go escapes', 'a/b\\u003cc\\u0026d ü-9'],
  ['JSON in JSON', 'a\\\\/b<c&d \\\\u00fc-9'],
  ['names of HTML', 'a/b&lt;c&amp;d &uuml;-9'],
  ['numbers of HTML', 'a&#x2F;b&#60;c&#038;d&#160;&#252;-9'],
  ['the bytes of Latin-1', 'a/b<c%26d%20%FC-9'],
  ['HTML in an address', 'a%2Fb%26lt%3Bc%26amp%3Bd%20%C3%BC-9'],
  ['a file name', 'a_b_c&d ü-9'],
])('a value is masked with %s', (_form, text) => {
  expect(createRedactor(['a/b<c&d ü-9'])(`[${text}]`)).toBe('[•••]');
});

test('a value of at least 8 characters is masked in any case and however it is grouped, a shorter one in any case', () => {
  const redact = createRedactor(['4111111111111111', 'Geheim-Wort-77', 'harbour']);
  expect(redact('card 4111 1111 1111 1111 or 4111-1111-1111-1111.')).toBe('card ••• or •••.');
  expect(redact('GEHEIM-WORT-77, geheim wort 77')).toBe('•••, •••');
  expect(redact('HARBOUR, har bour')).toBe('•••, har bour');
});

test('base64 is masked only as it is', () => {
  const encoded = Buffer.from('harbour-42-long').toString('base64');
  expect(createRedactor(['harbour-42-long'])(encoded.toLowerCase())).toBe(encoded.toLowerCase());
});

test('what is spread over neighbouring texts is masked in the first of them', () => {
  const redact = createRedactor(['4111111111111111', 'kan4ri']);
  expect(redact.neighbours(['no ', '4111 1111', ' ', '1111 1111', ' more kan', '4', 'ri', '', ' kan4ri'])).toEqual([
    'no ',
    '•••',
    '',
    '',
    ' more •••',
    '',
    '',
    '',
    ' •••',
  ]);
  expect(redact.neighbours(['a', 'b'])).toEqual(['a', 'b']);
});

test('what is spread over places of a text that are shown side by side is masked in the first of them, and what stands elsewhere as ever', () => {
  const redact = createRedactor(['4111111111111111', 'kan4ri', 'i<b>n']);
  const text = '[4111 1111][ kan4ri ][1111][&nbsp;1111] kan4ri [!][kan][4ri][!][ka][n4][r][i<b>n][x]';
  const runs = [...text.matchAll(/\[([^\]]*)\]/g)].map(({ index, 1: inside = '' }): [number, number] => [
    index + 1,
    index + 1 + inside.length,
  ]);
  const joined = runs.filter(([start]) => !text.startsWith(' kan4ri ]', start));
  expect(redact.spread(text, joined)).toBe('[•••][ ••• ][][] ••• [!][•••][][!][•••][][][•••][x]');
  expect(redact.spread('[a][b]', [[1, 2]])).toBe('[a][b]');
});

test('a live redactor masks what it is told from then on, and forgets only what has long not been secret any more', () => {
  const redact = createLiveRedactor();
  redact.know(['password-of-the-job']);
  expect(redact('first-value')).toBe('first-value');
  redact.know(['first-value']);
  expect(redact('first-value password-of-the-job')).toBe('••• •••');
  const many = Array.from({ length: 3_000 }, (_, nth) => `part-number-${nth}`);
  for (let nth = 0; nth < 3_000; nth += 1) redact.renew(['password-of-the-job', `value-number-${nth}`]);
  expect(redact('first-value value-number-2999 value-number-2000 password-of-the-job')).toBe('first-value ••• ••• •••');
  redact.renew(many);
  expect(redact('part-number-0 part-number-2999')).toBe('••• •••');
});

test('thousands of values, and texts made to be slow, cost no more than the text is long', { timeout: 30_000 }, () => {
  const tokens = Array.from({ length: 4_000 }, (_, nth) => `token_${nth}_of_the_loop`);
  const redact = createRedactor([...tokens, 'a'.repeat(500_000), `${'1 '.repeat(400)}2`]);
  // one expression of so many alternatives would not compile, and one with room for separators would look at these for hours
  expect(redact(`token_3999_of_the_loop ${'token_ %25%25'.repeat(2_000)}`)).toMatch(/^••• token_/);
  expect(redact('1 - . '.repeat(20_000))).toBe('1 - . '.repeat(20_000));
  expect(redact(`${'a'.repeat(9_999)}b`)).toContain('•••');
});
