import { expect, test } from 'vitest';
import { briefOf, changesBetween } from '../../src/domain/approval.ts';
import { toMs } from '../../src/domain/duration.ts';
import { approval, at, evidence } from './job-events.ts';

test('what has changed is named with the old and the new', () => {
  const now = evidence({
    digest: 'd2',
    target: null,
    url: 'https://bank.example/login',
    values: [{ name: 'Amount', value: '9.00', from: 'form' }],
  });
  expect(changesBetween(evidence(), now)).toEqual([
    { what: 'target', was: 'Button “Release payment”', now: null },
    { what: 'address', was: 'https://bank.example/pay', now: 'https://bank.example/login' },
    { what: 'Amount', was: '100.00', now: '9.00' },
  ]);
});

test('values that are new or gone are changes, too', () => {
  const now = evidence({ digest: 'd2', values: [{ name: 'Payee', value: 'Mallory', from: 'form' }] });
  expect(changesBetween(evidence(), now)).toEqual([
    { what: 'Payee', was: null, now: 'Mallory' },
    { what: 'Amount', was: '100.00', now: null },
  ]);
});

test('a sensitive value that has changed is named and not shown', () => {
  const pin = (mac: string) => evidence({ digest: mac, values: [{ name: 'PIN', value: null, from: 'form', mac }] });
  expect(changesBetween(pin('a'), pin('b'))).toEqual([{ what: 'PIN', was: null, now: null }]);
});

test('a digest that differs without a visible difference still says so', () => {
  expect(changesBetween(evidence(), evidence({ digest: 'd2' }))).toHaveLength(1);
  expect(changesBetween(evidence(), evidence())).toEqual([]);
});

test('a question that is answered is no open one', () => {
  expect(briefOf(approval('pay'))).toMatchObject({ approvalId: 'a-1', sentence: 'Click “Release payment”' });
  expect(briefOf(approval('pay', { answer: { verdict: 'approved', actor: 'Mei', at: at(7) } }))).toBeNull();
});

test.each<[number | string, number]>([
  [1_500, 1_500],
  ['30s', 30_000],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['3d', 259_200_000],
])('%j is %d ms', (duration, ms) => {
  expect(toMs(duration)).toBe(ms);
});
