/** What the person is told about saving, and what is asked before somebody else's version is left behind. */
import { useToast } from '@nuxt/ui/composables/useToast';
import { ref, shallowRef } from 'vue';
import type { RunbookDetail, RunbookVersion } from '../../../src/contract/library.ts';
import type { RunbookMistake } from '../../../src/contract/runbook.ts';
import { useSave, type OpenRunbook } from './use-runbook.ts';

/** `onCreated`: the first version of a new runbook was stored. */
export function useSaving(open: OpenRunbook, onCreated: (runbook: RunbookDetail) => void) {
  const { stored, readOnly, dirty } = open;
  const { saving, save } = useSave(open);
  const toast = useToast();
  /** what the server found when it refused to store */
  const refused = shallowRef<RunbookMistake[]>([]);
  /** the version that the person must decide about */
  const conflict = shallowRef<RunbookVersion>();
  const asking = ref(false);

  async function onSave(over?: number): Promise<void> {
    if (readOnly.value || saving.value) return;
    if (stored.value && !dirty.value) {
      toast.add({ title: `Nothing to save: the text is that of version ${stored.value.version}`, icon: 'i-lucide-info', color: 'neutral' });
      return;
    }
    const isNew = stored.value === undefined;
    const answer = await save(over);
    if (answer.kind === 'conflict') {
      conflict.value = answer.version;
      asking.value = true;
    } else if (answer.kind === 'refused') {
      refused.value = answer.errors.map((e) => ({ path: e.path, message: e.message, line: e.line ?? 1, column: e.column ?? 1 }));
      toast.add({ title: 'It was not saved', description: answer.reason, icon: 'i-lucide-circle-alert', color: 'error' });
    } else {
      tellSaved(answer.runbook, answer.between);
      if (isNew) onCreated(answer.runbook);
    }
  }
  function tellSaved({ version }: RunbookDetail, between: number): void {
    const title = `Saved as version ${version}`;
    if (between < 0)
      return void toast.add({ title: `Version ${version} has this very text already`, icon: 'i-lucide-info', color: 'neutral' });
    if (between === 0) return void toast.add({ title, icon: 'i-lucide-check', color: 'success' });
    const description = `Somebody else saved version ${version - 1} at the same moment. Compare the two: what it changed is not in yours.`;
    toast.add({ title, description, icon: 'i-lucide-users-round', color: 'warning', duration: 20_000 });
  }
  return { saving, refused, conflict, asking, onSave };
}
