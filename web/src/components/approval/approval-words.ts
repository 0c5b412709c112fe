/** What an approval says to the person who decides. Pure. */
import type { Approval, ApprovalRecord, Verdict } from '../../../../src/contract/approval.ts';
import type { JobState, StepState } from '../../../../src/contract/job.ts';
import { deadlineActor } from '../../../../src/domain/reduce-waiting.ts';
import { containersOf, endOf } from '../../../../src/domain/nesting.ts';
import { countdown } from '../../format/countdown.ts';
import { iterationWords } from '../timeline/loop-words.ts';
import { loopsAround } from '../timeline/step-tree.ts';

/** What the job asks now, when it asks; an answered question is none. */
export const openQuestion = (job: JobState | undefined): Approval | undefined =>
  job?.status === 'waiting_for_approval' && job.approval && !job.approval.answer ? job.approval : undefined;

export const stepOf = (job: JobState, approval: Pick<Approval, 'stepId'>): StepState | undefined =>
  job.steps.find((step) => step.id === approval.stepId);

/** Two steps before and two after the one that is asked about; those of cases that were not taken are left out. */
export function placeOf(steps: readonly StepState[], stepId: string): StepState[] {
  const taken = steps.filter((step) => step.skippedBecause !== 'branch');
  const at = taken.findIndex((step) => step.id === stepId);
  return at < 0 ? [] : taken.slice(Math.max(0, at - 2), at + 3);
}

/** Which time through the innermost loop it is asked in: "Iteration 3 of 12: INV-204"; empty outside of loops. */
export function iterationOf(steps: readonly StepState[], stepId: string): string {
  const [innermost] = loopsAround(steps, stepId);
  return innermost ? iterationWords(innermost) : '';
}

/** What follows when the step counts as done: steps of other cases do not, and after the last one in a loop it goes around again. */
export function followsWords(steps: readonly StepState[], stepId: string): string {
  const at = steps.findIndex(({ id }) => id === stepId);
  const around = containersOf(steps, at).map((index) => ({ end: endOf(steps, index), loops: steps[index]?.container === 'loop' }));
  for (const { end, loops } of [...around, { end: steps.length, loops: false }]) {
    const next = steps.slice(at + 1, end).find(({ status }) => status !== 'skipped');
    if (next) return `the job goes on with step ${next.ordinal}`;
    if (loops) return 'the loop goes on';
  }
  return 'the job is completed';
}

/** Said on the picture, above the marked element. */
const marks: Record<string, string> = {
  click: 'Will click here',
  input: 'Will type here',
  select: 'Will choose here',
  hover: 'Will point here',
  key: 'Will press a key here',
  scroll: 'Will scroll here',
  wait: 'Will wait for this',
};
export const markLabel = (kind: Approval['kind'], action: string | undefined): string =>
  kind === 'outcome' ? 'It was about this' : (marks[action ?? ''] ?? 'It is about this');

/** "Click “Release payment”" → "click “Release payment”": as part of a sentence. */
export const inSentence = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

export const approveLabel = ({ evidence }: Pick<Approval, 'evidence'>): string => `Approve and ${inSentence(evidence.sentence)}`;

/** The first 64 bits in groups of four: "4f9c 27d1 b0e3 a21e". Enough to compare by eye. */
export const shortDigest = (digest: string): string => (digest.slice(0, 16).match(/.{1,4}/g) ?? []).join(' ');

const soonMs = 3_600_000;
/** What becomes of the question when nobody answers. `soon`: within the hour. */
export function deadlineWords({ deadline, onTimeout }: Pick<Approval, 'deadline' | 'onTimeout'>, now: number) {
  if (!deadline) return { left: '', then: 'It waits for as long as it takes', soon: false };
  const left = Date.parse(deadline) - now;
  const becomes = onTimeout === 'cancel' ? 'the job is cancelled' : 'it is rejected';
  if (left <= 0) return { left: '', then: `The time is over: ${becomes}`, soon: true };
  return { left: countdown(left), then: `left, then ${becomes}`, soon: left < soonMs };
}

export type OutcomeChoice = { outcome: 'done' | 'again' | 'failed'; label: string; sure?: string; consequence: string; icon: string };

/** The three answers to “did it happen?”, each with what follows. `sure` stands in the button's place and is pressed again. */
export function outcomeChoices(job: JobState, approval: Approval): OutcomeChoice[] {
  const goesOn = followsWords(job.steps, approval.stepId);
  const twice = approval.effect === 'once';
  return [
    { outcome: 'done', label: 'It happened', consequence: `The step counts as done; ${goesOn}.`, icon: 'i-lucide-check' },
    {
      outcome: 'again',
      label: 'Run it again',
      sure: twice ? 'Run it again, though it may happen twice' : undefined,
      consequence: twice ? 'If it did happen, it happens a second time.' : 'Repeating it gives the same again.',
      icon: 'i-lucide-rotate-cw',
    },
    { outcome: 'failed', label: 'It failed', consequence: 'The step fails; the runbook says whether the job goes on.', icon: 'i-lucide-x' },
  ];
}

const deeds: Record<Verdict, string> = {
  approved: 'approved:',
  rejected: 'rejected:',
  expired: 'answered in time:',
  void: 'approved, but the page had changed:',
  done: 'answered “it happened”:',
  again: 'answered “run it again”:',
  failed: 'answered “it failed”:',
};
/** "Mei Tanaka approved: Click “Book 6 places”", in two parts: who, and the rest. */
export function deedOf({ verdict, actor, sentence }: { verdict: Verdict; actor: string; sentence: string }): { who: string; did: string } {
  return { who: verdict === 'expired' ? 'Nobody' : actor, did: `${deeds[verdict]} ${sentence}` };
}

/** A name that a person gave; the deadline is none. */
export const isClaimed = (actor: string): boolean => actor !== deadlineActor;

/** How a question ended that was open a moment ago, for those who looked at it. */
export function endingOf(job: JobState, approvalId: string): string {
  const answer = recordOfId(job, approvalId)?.answer;
  if (answer) return endings[answer.verdict](answer.actor) + (answer.comment ? ` · “${answer.comment}”` : '');
  if (job.status === 'cancelled' || job.cancelling) return `The job was cancelled by ${job.lastCommand?.actor ?? 'somebody'}`;
  return 'It is not asked any more';
}
const recordOfId = (job: JobState, approvalId: string): ApprovalRecord | undefined =>
  job.steps.flatMap((step) => step.approvals ?? []).find((record) => record.approvalId === approvalId);

const endings: Record<Verdict, (actor: string) => string> = {
  approved: (actor) => `Approved by ${actor}`,
  rejected: (actor) => `Rejected by ${actor}`,
  expired: () => 'Nobody answered in time',
  void: () => 'The page was not the same any more; it is asked again',
  done: (actor) => `${actor} said that it happened`,
  again: (actor) => `${actor} runs it again`,
  failed: (actor) => `${actor} said that it failed`,
};
