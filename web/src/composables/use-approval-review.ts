/** When a job's question opens by itself, and what is said when it closes by itself. */
import { useToast } from '@nuxt/ui/composables/useToast';
import { useSessionStorage } from '@vueuse/core';
import { computed, shallowRef, watch, type Ref } from 'vue';
import type { Approval } from '../../../src/contract/approval.ts';
import type { JobState } from '../../../src/contract/job.ts';
import { endingOf, openQuestion } from '../components/approval/approval-words.ts';
import { useAnnouncer } from './use-announcer.ts';
import type { Act } from './use-approval-answer.ts';

/** Questions that have opened by themselves in this tab: each does it once. */
const opened = useSessionStorage<string[]>('understudy.opened-approvals', []);
const keptIds = 200;

/** Somebody is writing, or another dialog or menu is open: then only the title and the status say that there is a question. */
const isBusy = (): boolean =>
  document.querySelector('[role=dialog], [role=menu], [role=listbox]') !== null ||
  Boolean(document.activeElement?.closest('input, textarea, select, [contenteditable]'));

/** `open`: whether the question is to be seen; a person sets it, and so does a new question. `answer` is `act` for answers that are given here. */
export function useApprovalReview(job: Ref<JobState>, open: Ref<boolean>, act: Act) {
  const toast = useToast();
  const { announce } = useAnnouncer();
  const question = computed(() => openQuestion(job.value));
  /** answered here, or told already: nobody needs to hear of it again */
  const known = new Set<string>();
  /** what the dialog shows: the question, and while it closes the one that was asked */
  const shown = shallowRef<Approval>();

  function onAsked(asked: Approval): void {
    shown.value = asked;
    if (opened.value.includes(asked.approvalId) || (!open.value && isBusy())) return;
    opened.value = [...opened.value, asked.approvalId].slice(-keptIds);
    open.value = true;
  }
  function tell(approvalId: string, seen: boolean): void {
    if (known.has(approvalId)) return;
    known.add(approvalId);
    const ending = endingOf(job.value, approvalId);
    if (seen) toast.add({ title: ending, description: shown.value?.evidence.sentence, icon: 'i-lucide-info', color: 'neutral' });
    else announce(ending);
  }
  function onEnded(approvalId: string): void {
    const seen = open.value;
    open.value = false;
    tell(approvalId, seen);
  }
  watch(
    () => question.value?.approvalId,
    (id, before) => {
      if (question.value) onAsked(question.value);
      else if (before && id === undefined) onEnded(before);
    },
    { immediate: true },
  );
  /** There is nothing to review: the button that asked for it is about to go. */
  watch(open, (is) => {
    if (is && !question.value) open.value = false;
  });
  /** The news of an answer may come before the answer's own reply. */
  const answer: Act = async (action, body) => {
    const id = shown.value?.approvalId ?? '';
    known.add(id);
    try {
      await act(action, body);
    } catch (error) {
      known.delete(id);
      if (question.value === undefined) tell(id, true);
      throw error;
    }
  };
  return { shown, answer };
}
