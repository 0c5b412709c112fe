/** A runbook in the editor: the version that is looked at, what was changed, and saving it as the next version. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import type { Problem } from '../../../src/contract/error.ts';
import type { RunbookDetail, RunbookVersion } from '../../../src/contract/library.ts';
import { reasonOf, RequestError } from '../api/client.ts';
import { createRunbook, getRunbook, listVersions, saveRunbook } from '../api/runbooks.ts';

const example = `title: My first runbook
settings:
  baseUrl: https://example.com
variables: {}
steps:
  - description: Open the page
    action: { type: navigate, url: / }
`;

export type Saved = { runbook: RunbookDetail } | { runbook?: undefined; reason: string; errors: NonNullable<Problem['errors']> };

/** `id` undefined: a new runbook. `version` undefined: the newest. */
export function useRunbook(id: Ref<string | undefined>, version: Ref<number | undefined>) {
  const stored = shallowRef<RunbookDetail>();
  const versions = shallowRef<RunbookVersion[]>([]);
  const source = ref('');
  const missing = ref(false);
  const error = ref('');
  const saving = ref(false);

  async function load(): Promise<void> {
    if (id.value === undefined) {
      source.value = example;
      return;
    }
    try {
      const [runbook, all] = await Promise.all([getRunbook(id.value, version.value), listVersions(id.value)]);
      take(runbook);
      versions.value = all;
      error.value = '';
    } catch (e) {
      if (e instanceof RequestError && e.status === 404) missing.value = true;
      else error.value = reasonOf(e);
    }
  }
  function take(runbook: RunbookDetail): void {
    stored.value = runbook;
    source.value = runbook.source;
  }
  async function save(): Promise<Saved> {
    saving.value = true;
    try {
      const runbook = id.value === undefined ? await createRunbook(source.value) : await saveRunbook(id.value, source.value);
      take(runbook);
      versions.value = [{ version: runbook.version, createdAt: runbook.updatedAt }, ...versions.value];
      return { runbook };
    } catch (e) {
      return { reason: reasonOf(e), errors: e instanceof RequestError ? (e.problem?.errors ?? []) : [] };
    } finally {
      saving.value = false;
    }
  }

  watch([id, version], () => void load(), { immediate: true });
  const newest = computed(() => Math.max(0, ...versions.value.map((v) => v.version)));
  const readOnly = computed(() => stored.value !== undefined && stored.value.version < newest.value);
  const dirty = computed(
    () => !readOnly.value && source.value !== (stored.value?.source ?? (id.value === undefined ? example : source.value)),
  );
  return { stored, versions, source, missing, error, saving, newest, readOnly, dirty, load, save };
}
