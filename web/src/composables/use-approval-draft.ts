import { useSessionStorage } from '@vueuse/core';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';

/** Comments that are not sent yet, by question; kept as long as the tab is. */
const drafts = useSessionStorage<Record<string, string>>('understudy.comments', {});
const keptDrafts = 20;

function keep(approvalId: string, text: string): void {
  const others = Object.entries(drafts.value).filter(([id]) => id !== approvalId);
  drafts.value = Object.fromEntries([...others, [approvalId, text]].filter(([, kept]) => kept !== '').slice(-keptDrafts));
}
export const forgetDraft = (approvalId: string): void => keep(approvalId, '');

export function useApprovalDraft(approvalId: MaybeRefOrGetter<string>) {
  const comment = computed({
    get: () => drafts.value[toValue(approvalId)] ?? '',
    set: (text) => keep(toValue(approvalId), text),
  });
  return { comment };
}
