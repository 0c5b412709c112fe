import { expect, test } from 'vitest';
import { createRedactor } from '../../src/domain/redact.ts';

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
