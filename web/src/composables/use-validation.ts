import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import type { Validation } from '../../../src/contract/library.ts';
import { reasonOf } from '../api/client.ts';
import { validateRunbook } from '../api/runbooks.ts';

const pause = 300;
const nothing: Validation = { kind: 'runbook', translation: null, errors: [], warnings: [], title: null, variables: {}, steps: [] };

/** The mistakes and the outline of a source, by the server's own parser, 300 ms after the last key. What was known stays until the next answer. */
export function useValidation(source: Ref<string>) {
  const result = shallowRef<Validation>(nothing);
  /** why the last check could not be made; empty: it was */
  const failure = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let request: AbortController | undefined;

  async function check(text: string): Promise<void> {
    request?.abort();
    const mine = new AbortController();
    request = mine;
    try {
      result.value = await validateRunbook(text, mine.signal);
      failure.value = '';
    } catch (error) {
      if (!mine.signal.aborted) failure.value = reasonOf(error);
    }
  }
  watch(
    source,
    (text) => {
      clearTimeout(timer);
      if (text.trim() === '') result.value = nothing;
      else timer = setTimeout(() => void check(text), pause);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(timer);
    request?.abort();
  });
  return { result, failure };
}
