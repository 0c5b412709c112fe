/** Questions to a person: what they are made of, what differs between two looks, and how they are told. */
import type { Approval, ApprovalBrief, ApprovalRecord, Change, Evidence, EvidenceValue } from '../contract/approval.ts';

/** A step that is void this often is given up: the page will not hold still. */
export const mostVoids = 2;

const hidden = 'a value that is not shown';

/** What a person would see as different; never empty when the digests differ. */
export function changesBetween(was: Evidence, now: Evidence): Change[] {
  const changes: Change[] = [
    ...differing('target', was.target, now.target),
    ...differing('address', was.url, now.url),
    ...differing('what is done', was.sentence, now.sentence),
    ...valueChanges(was.values, now.values),
  ];
  return changes.length > 0 || was.digest === now.digest ? changes : [{ what: hidden, was: null, now: null }];
}

const differing = (what: string, was: string | null, now: string | null): Change[] => (was === now ? [] : [{ what, was, now }]);

const keyOf = ({ from, name }: EvidenceValue): string => `${from} ${name}`;
const sameValue = (a: EvidenceValue, b: EvidenceValue): boolean => a.value === b.value && a.mac === b.mac;

function valueChanges(was: readonly EvidenceValue[], now: readonly EvidenceValue[]): Change[] {
  const before = new Map(was.map((value) => [keyOf(value), value]));
  const after = new Map(now.map((value) => [keyOf(value), value]));
  const gone = was.filter((value) => !after.has(keyOf(value))).map(({ name, value }) => ({ what: name, was: value, now: null }));
  const other = now.flatMap((value): Change[] => {
    const old = before.get(keyOf(value));
    if (old && sameValue(old, value)) return [];
    return [{ what: value.name, was: old?.value ?? null, now: value.value }];
  });
  return [...other, ...gone];
}

export function briefOf(approval: Approval | undefined): ApprovalBrief | null {
  if (!approval || approval.answer) return null;
  const { approvalId, kind, stepId, ordinal, ask, riskLevel, askedAt, deadline, onTimeout, evidence } = approval;
  const { sentence, screenshot } = evidence;
  return { approvalId, kind, stepId, ordinal, ask, riskLevel, askedAt, deadline, onTimeout, sentence, screenshot };
}

export function recordOf({ approvalId, kind, ask, askedAt, evidence, answer }: Approval, changes?: Change[]): ApprovalRecord {
  const { digest, screenshot, sentence } = evidence;
  return { approvalId, kind, ask, askedAt, digest, screenshot, sentence, answer, changes };
}
