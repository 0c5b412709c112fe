/** Answering a question: one answer at a time, what was refused is said, and a comment is lost only when it has arrived. */
import { computed, onScopeDispose, ref, watch } from 'vue';
import type { Approval } from '../../../src/contract/approval.ts';
import type { Outcome } from '../../../src/contract/command.ts';
import type { JobAction } from '../../../src/contract/job.ts';
import { reasonOf, RequestError } from '../api/client.ts';
import { jobStatuses } from '../status/vocabulary.ts';
import { forgetDraft, useApprovalDraft } from './use-approval-draft.ts';
import type { Answering } from './use-job.ts';

export type Act = (action: JobAction, answer: Answering) => Promise<void>;
export type Choice = 'approve' | 'reject' | Outcome;

/** A question that has just come into the place of another cannot be answered by a press that was meant for what was there before. */
const restMs = 500;

export function useApprovalAnswer(asked: () => Approval, act: Act, onAnswered: (choice: Choice) => void) {
  const { comment } = useApprovalDraft(() => asked().approvalId);
  const busy = ref<Choice>();
  const refusal = ref('');
  const { resting } = useRest(() => asked().approvalId);
  watch(
    () => asked().approvalId,
    () => (refusal.value = ''),
    { flush: 'sync' },
  );

  async function answer(choice: Choice): Promise<void> {
    if (busy.value || resting.value) return;
    busy.value = choice;
    const approval = asked();
    const said = comment.value;
    try {
      await send(act, { choice, approval, comment: said.trim() || undefined });
      forgetDraft(approval.approvalId);
      onAnswered(choice);
    } catch (error) {
      refusal.value = refusalOf(error);
      if (comment.value === '') comment.value = said; // asked anew meanwhile: what was written still holds
    } finally {
      busy.value = undefined;
    }
  }
  return { comment, busy, refusal, answer, locked: computed(() => busy.value !== undefined || resting.value) };
}

function useRest(key: () => string) {
  const resting = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(
    key,
    () => {
      resting.value = true;
      clearTimeout(timer);
      timer = setTimeout(() => (resting.value = false), restMs);
    },
    { immediate: true },
  );
  onScopeDispose(() => clearTimeout(timer));
  return { resting };
}

type Said = { choice: Choice; approval: Approval; comment: string | undefined };

function send(act: Act, { choice, approval, comment }: Said): Promise<void> {
  if (choice === 'approve' || choice === 'reject') return act(choice, { approvalId: approval.approvalId, comment });
  return act('resolve', { stepId: approval.stepId, attempt: approval.attempt ?? 1, outcome: choice, comment });
}

/** Why an answer did not count, and what to do. */
export function refusalOf(error: unknown): string {
  if (!(error instanceof RequestError)) return `${reasonOf(error)}. Nothing was decided; your comment is kept.`;
  const { problem, status } = error;
  if (problem?.code === 'approval_superseded') return 'This question was not open any more. What is asked now is shown here: look again.';
  if (problem?.code === 'action_not_allowed')
    return `The job is ${wordOf(problem.jobStatus) ?? 'in another state'} now, so your answer did not count.`;
  if (status === 0 || status >= 500)
    return 'The server does not answer, so nobody knows whether your answer has arrived. Your comment is kept; what counts is shown once it answers.';
  return `${reasonOf(error)}. Nothing was decided; your comment is kept.`;
}

const wordOf = (status: string | undefined): string | undefined =>
  Object.entries(jobStatuses)
    .find(([name]) => name === status)?.[1]
    .word.toLowerCase();
