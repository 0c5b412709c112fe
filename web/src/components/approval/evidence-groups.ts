/** How the values of an approval are grouped: what is sent stands first, and nothing is said twice. Pure. */
import type { EvidenceValue } from '../../../../src/contract/approval.ts';

export type ValueGroup = { title: string; values: EvidenceValue[]; folded: boolean };

const mostOpen = 6;
const mostOpenBeside = 2;

/** A value of the job that a row above shows already tells there what it was in the last good run. */
function merged(values: readonly EvidenceValue[]): EvidenceValue[] {
  const carried = values.filter(({ from, value }) => from === 'job' && value !== null && value !== '');
  return values.map((value) => {
    if (value.from === 'job' || value.lastGoodRun !== undefined) return value;
    const twin = carried.find((one) => one.value === value.value && one.lastGoodRun !== undefined);
    return twin ? { ...value, lastGoodRun: twin.lastGoodRun } : value;
  });
}

/** Of what the job carries, only what differs from the last good run and is not shown above stands open. */
export function valueGroups(all: readonly EvidenceValue[]): ValueGroup[] {
  const values = merged(all);
  const of = (from: EvidenceValue['from']): EvidenceValue[] => values.filter((value) => value.from === from);
  const sent = [...of('step'), ...of('form')];
  const beside = sent.length > 0;
  const isSaid = ({ value }: EvidenceValue): boolean => sent.some((one) => one.value === value);
  const differs = of('job').filter((value) => beside && value.lastGoodRun !== undefined && !isSaid(value));
  const rest = of('job').filter((value) => !differs.includes(value));
  const groups: ValueGroup[] = [
    { title: 'What it will send', values: of('step'), folded: false },
    { title: of('step').length > 0 ? 'And the form it is in' : 'What it will send: the form', values: of('form'), folded: false },
    { title: 'Values of the job that differ from the last good run', values: differs, folded: false },
    {
      title: differs.length > 0 ? 'Other values of the job' : 'Values of the job',
      values: rest,
      folded: differs.length > 0 || rest.length > (beside ? mostOpenBeside : mostOpen),
    },
  ];
  return groups.filter((group) => group.values.length > 0);
}
