import { expect, test } from 'vitest';
import type { EvidenceValue } from '../../src/contract/approval.ts';
import { valueGroups } from '../../web/src/components/approval/evidence-groups.ts';

type Told = [name: string, text: string | null, lastGoodRun?: string];
const value = (from: EvidenceValue['from'], ...[name, text, lastGoodRun]: Told): EvidenceValue => ({
  name,
  value: text,
  from,
  ...(lastGoodRun !== undefined && { lastGoodRun }),
});

test('a form shows what its values were in the last good run, and they are not repeated below', () => {
  const groups = valueGroups([
    value('form', 'Amount', '€2'),
    value('form', 'Payee', 'Rope Works'),
    value('job', 'total', '€2', '€1'),
    value('job', 'run', 'PR-2', 'PR-1'),
    value('job', 'payee', 'Rope Works'),
  ]);
  expect(groups.map(({ title, folded }) => [title, folded])).toEqual([
    ['What it will send: the form', false],
    ['Values of the job that differ from the last good run', false],
    ['Other values of the job', true],
  ]);
  expect(groups[0]?.values).toEqual([value('form', 'Amount', '€2', '€1'), value('form', 'Payee', 'Rope Works')]);
  expect(groups[1]?.values.map(({ name }) => name)).toEqual(['run']);
});

test('masked values are never taken for one another', () => {
  const [form] = valueGroups([value('form', 'PIN', null), value('job', 'token', null, 'shown')]);
  expect(form?.values).toEqual([value('form', 'PIN', null)]);
});

test('a step without a form shows the values of the job', () => {
  const groups = valueGroups([value('job', 'total', '€2', '€1')]);
  expect(groups).toEqual([{ title: 'Values of the job', values: [value('job', 'total', '€2', '€1')], folded: false }]);
});
