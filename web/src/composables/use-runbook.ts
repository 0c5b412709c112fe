/** A runbook in the editor: the version that is looked at, what was changed, and saving it as the next version. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import type { Problem } from '../../../src/contract/error.ts';
import type { RunbookDetail, RunbookVersion } from '../../../src/contract/library.ts';
import { reasonOf, RequestError } from '../api/client.ts';
import { createRunbook, getRunbook, listVersions, saveRunbook } from '../api/runbooks.ts';
import { takeHandedText } from './use-handed-text.ts';
import { useVersions } from './use-versions.ts';

const example = `title: My first runbook
settings:
  baseUrl: https://example.com
variables: {}
steps:
  - description: Open the page
    action: { type: navigate, url: / }
`;

/** `conflict`: somebody saved this version meanwhile, and nothing was stored. `between`: how many others were saved at the very moment; -1: nothing was, the newest has this text. */
export type Saved =
  | { kind: 'saved'; runbook: RunbookDetail; between: number }
  | { kind: 'conflict'; version: RunbookVersion }
  | { kind: 'refused'; reason: string; errors: NonNullable<Problem['errors']> };

/** `id` undefined: a new runbook. `version` undefined: the newest. */
export function useRunbook(id: Ref<string | undefined>, version: Ref<number | undefined>) {
  const stored = shallowRef<RunbookDetail>();
  const source = ref('');
  const missing = ref(false);
  const error = ref('');
  const known = useVersions(stored, version);
  const { versions, readOnly } = known;
  const dirty = computed(
    () => !readOnly.value && source.value !== (stored.value?.source ?? (id.value === undefined ? example : source.value)),
  );

  function begin(): void {
    stored.value = undefined;
    versions.value = [];
    source.value = takeHandedText(undefined) ?? example;
  }
  async function load(): Promise<void> {
    missing.value = false;
    if (id.value === undefined) return begin();
    try {
      const [runbook, all] = await Promise.all([getRunbook(id.value, version.value), listVersions(id.value)]);
      versions.value = all;
      stored.value = runbook;
      source.value = takeHandedText(runbook.id) ?? runbook.source;
      error.value = '';
    } catch (e) {
      if (e instanceof RequestError && e.status === 404) missing.value = true;
      else error.value = reasonOf(e);
    }
  }
  watch([id, version], () => void load(), { immediate: true });
  return { id, stored, source, missing, error, dirty, load, ...known };
}

export type OpenRunbook = ReturnType<typeof useRunbook>;

export function useSave({ id, stored, source, newest, newer, add, refresh }: OpenRunbook) {
  const saving = ref(false);

  /** `over`: the newer version that the person knows of and saves over. */
  async function save(over = 0): Promise<Saved> {
    saving.value = true;
    try {
      return id.value === undefined ? await create() : await saveNext(id.value, over);
    } catch (e) {
      return { kind: 'refused', reason: reasonOf(e), errors: e instanceof RequestError ? (e.problem?.errors ?? []) : [] };
    } finally {
      saving.value = false;
    }
  }
  async function create(): Promise<Saved> {
    const runbook = await createRunbook(source.value);
    add(runbook);
    stored.value = runbook;
    return { kind: 'saved', runbook, between: 0 };
  }
  async function saveNext(to: string, over: number): Promise<Saved> {
    const text = source.value;
    await refresh(to);
    if (newer.value && newer.value.version > over) return { kind: 'conflict', version: newer.value };
    const before = newest.value;
    const runbook = await saveRunbook(to, text);
    add(runbook);
    stored.value = runbook;
    return { kind: 'saved', runbook, between: runbook.version - before - 1 };
  }
  return { saving, save };
}
