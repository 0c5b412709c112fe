import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRunbook } from '../../src/language/parse-runbook.ts';

const folder = new URL('../../examples/runbooks/', import.meta.url);
const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

test('there are six examples', () => {
  expect(examples.sort()).toEqual([
    'check-invoice-status.yaml',
    'collect-invoices.yaml',
    'flaky-search.yaml',
    'order-supplies.yaml',
    'release-payments.yaml',
    'watch-the-harbour.yaml',
  ]);
});

test.each(examples)('%s has no mistakes, and finds the practice site by the address that is replaced', (name) => {
  const { runbook, errors } = parseRunbook(read(name));
  expect(errors).toEqual([]);
  expect(runbook?.settings.baseUrl).toBe('http://practice.invalid');
});

test('the first example needs nothing typed', () => {
  const variables = Object.values(parseRunbook(read('order-supplies.yaml')).runbook?.variables ?? {});
  expect(variables.map((v) => v.source)).not.toContain('prompt');
  expect(variables.filter((v) => v.sensitive)).toHaveLength(1);
});
