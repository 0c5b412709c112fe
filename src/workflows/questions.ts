/** Questions to a person about a step, as they are asked. */
import { uuid4 } from '@temporalio/workflow';
import type { Approval, Change, Evidence } from '../contract/approval.ts';
import type { JobState, StepState } from '../contract/job.ts';
import type { PlannedStep, StepReport } from '../contract/step-task.ts';
import { changesBetween } from '../domain/approval.ts';

const newId = (): string => `a-${uuid4().replaceAll('-', '').slice(0, 12)}`;
const iso = (ms: number): string => new Date(ms).toISOString();
const stateOf = (state: JobState, step: PlannedStep): StepState | undefined => state.steps.find((one) => one.id === step.id);

/** How often the step's approval was void, in a row: in a loop a step is asked about again and again. */
export function voids(state: JobState, step: PlannedStep): number {
  const approvals = stateOf(state, step)?.approvals ?? [];
  const last = approvals.findLastIndex((one) => one.answer?.verdict !== 'void');
  return approvals.length - 1 - last;
}

/** Every ask about a step has its own number, whatever it was about. */
const nextAsk = (state: JobState, step: PlannedStep): number => (stateOf(state, step)?.approvals?.length ?? 0) + 1;

/** `before`: the approval that turned out void. */
export function approvalOf(state: JobState, step: PlannedStep, { evidence, before }: { evidence: Evidence; before?: Approval }): Approval {
  const { timeoutMs, onTimeout } = step.approval ?? {};
  const now = Date.now();
  return {
    approvalId: newId(),
    kind: 'step',
    stepId: step.id,
    ordinal: step.ordinal,
    ask: nextAsk(state, step),
    riskLevel: step.riskLevel,
    effect: step.effect,
    askedAt: iso(now),
    ...(timeoutMs !== undefined && { deadline: iso(now + timeoutMs), onTimeout: onTimeout ?? 'reject' }),
    evidence,
    ...(before && { changes: changesOf(before.evidence, evidence) }),
  };
}

/** A page that changed at the last moment may be as it was by the time of the new look. */
function changesOf(before: Evidence, now: Evidence): Change[] {
  const changes = changesBetween(before, now);
  return changes.length > 0 ? changes : [{ what: 'the page, for a moment, when the step was about to act', was: null, now: null }];
}

type Unknown = Extract<StepReport, { outcome: 'unknown' }>;
type Seen = { url: string; title: string; screenshot?: string };

/** Nobody knows whether the step has happened. `seen`: the page as it is now, as far as it could be looked at. */
export function outcomeQuestion(state: JobState, step: PlannedStep, { report, seen }: { report: Unknown; seen?: Seen }): Approval {
  const now = iso(Date.now());
  const where: Seen = seen ?? state.steps.findLast((one) => one.page)?.page ?? { url: '', title: '' };
  const evidence: Evidence = { takenAt: now, sentence: `Did “${step.description}” happen?`, target: null, values: [], ...where };
  return {
    approvalId: newId(),
    kind: 'outcome',
    stepId: step.id,
    ordinal: step.ordinal,
    ask: nextAsk(state, step),
    attempt: report.attempt,
    riskLevel: step.riskLevel,
    effect: step.effect,
    askedAt: now,
    evidence,
  };
}
