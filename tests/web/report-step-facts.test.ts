import { expect, test } from 'vitest';
import { valuesOf } from '../../web/src/components/report/step-facts.ts';
import { stepResult } from './reports.ts';

test('of the values of a step those are known that were cut', () => {
  expect(valuesOf(stepResult(1, { capturedValues: { letter: 'x'.repeat(3), none: '' }, truncatedValues: ['letter'] }))).toEqual([
    { name: 'letter', text: 'xxx', cut: true },
    { name: 'none', text: '(empty)', cut: false },
  ]);
  expect(valuesOf(stepResult(1))).toEqual([]);
});
